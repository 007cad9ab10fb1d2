import assert from "node:assert/strict";
import { test } from "node:test";
import { blockOf, centre, hit, layOut } from "../src/draw/layout.ts";
import { addressOf, INPUTS, neurons, placeOf, size, type Model } from "../src/draw/model.ts";
import { move } from "../src/draw/moving.ts";

function modelOf(...sizes: number[]): Model {
  const [inputs = 1, ...layers] = sizes;
  return {
    inputs,
    layers: layers.map((count, layer) => ({
      address: `dense_${layer}`,
      inputs: sizes[layer] ?? 1,
      neurons: count,
      activation: "tanh",
    })),
  };
}

const MODELS = [
  [1, 1],
  [3, 3, 3, 3],
  [2, 16, 16, 1],
  [64, 32, 10],
  [784, 150, 50],
  [5, 100, 100],
  [400, 5000, 5000, 10],
  [3, 300, 7, 900],
].map((sizes) => modelOf(...sizes));
const WIDTHS = [320, 368, 700, 1000, 1800];

function* cases() {
  for (const model of MODELS)
    for (const width of WIDTHS)
      yield {
        model,
        layout: layOut(model, width, 560),
        name: `${JSON.stringify(model.layers.map((l) => l.neurons))} at ${width}`,
      };
}

test("whoever is pointed at in the middle is the one that is there", () => {
  for (const { model, layout, name } of cases()) {
    for (let layer = INPUTS; layer < model.layers.length; layer++) {
      const block = blockOf(layout, layer);
      assert.ok(block !== undefined);
      const stride = Math.max(1, Math.floor(size(model, layer) / 97)) * block.per;
      for (let index = 0; index < block.count; index += stride) {
        const first = index - (index % block.per);
        assert.deepEqual(hit(layout, ...centre(block, index)), { layer, index: first }, name);
      }
    }
  }
});

test("no two layers overlap, and all are on the picture", () => {
  for (const { layout, name } of cases()) {
    for (const [place, block] of layout.blocks.entries()) {
      assert.ok(
        block.x >= 0 &&
          block.y >= 0 &&
          block.x + block.width <= layout.width + 1 &&
          block.y + block.height <= layout.height,
        name,
      );
      const next = layout.blocks[place + 1];
      if (next === undefined) continue;
      if (layout.stacked) assert.ok(block.y + block.height < next.y, name);
      else assert.ok(block.x + block.width < next.x, name);
    }
  }
});

test("cells are whole pixels at whole places", () => {
  for (const { layout } of cases()) {
    for (const block of layout.blocks) {
      if (block.kind === "cells") assert.ok([block.x, block.y, block.pitch].every(Number.isInteger));
    }
  }
});

test("a network of at most 200 neurons is nodes, a larger one cells; where it is narrow layers are below each other", () => {
  assert.equal(layOut(modelOf(5, 100, 100), 1000, 560).detailed, true);
  assert.equal(layOut(modelOf(5, 100, 101), 1000, 560).detailed, false);
  assert.equal(layOut(modelOf(3, 3), 380, 560).stacked, true);
  assert.equal(layOut(modelOf(3, 3), 900, 560).stacked, false);
});

test("ten thousand neurons have a cell each on a usual screen, and fit a narrow one", () => {
  const model = modelOf(400, 5000, 5000, 10);
  assert.ok(layOut(model, 720, 520).blocks.every((block) => block.per === 1 && block.pitch >= 3));
  assert.ok(layOut(model, 368, 520).width <= 368);
});

test("a million neurons share cells", () => {
  const layout = layOut(modelOf(10, 1_000_000, 10), 1000, 560);
  const block = blockOf(layout, 0);
  assert.ok(block !== undefined && block.per > 1 && block.height <= 560);
  assert.deepEqual(hit(layout, ...centre(block, 999_999))?.layer, 0);
});

test("a picture of nodes is as wide as it must be, and scrolls where that is more than there is", () => {
  const deep = modelOf(...Array.from({ length: 30 }, () => 4));
  assert.ok(layOut(deep, 700, 560).width > 700);
});

test("nothing is between the neurons, and no neuron in what is left of a last line", () => {
  const layout = layOut(modelOf(400, 5003), 1000, 560);
  assert.equal(hit(layout, 0, 0), null);
  const block = blockOf(layout, 0);
  assert.ok(block !== undefined);
  const corner = hit(layout, block.x + block.width - 1, block.y + block.height - 1);
  assert.ok(corner === null || corner.index < 5003);
});

test("arrow keys reach every neuron from any other, and never leave the network", () => {
  for (const { model, layout } of cases()) {
    if (neurons(model) > 250) continue;
    const seen = new Set<string>();
    const next = [{ layer: 0, index: 0 }];
    for (let place = next.pop(); place !== undefined; place = next.pop()) {
      const name = addressOf(model, place);
      if (seen.has(name)) continue;
      seen.add(name);
      assert.ok(place.index >= 0 && place.index < size(model, place.layer));
      for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"] as const)
        next.push(move(layout, place, key));
    }
    const blocks = layout.blocks.reduce((sum, block) => sum + Math.ceil(block.count / block.per), 0);
    assert.equal(seen.size, blocks);
  }
});

test("from nowhere a key leads to the first neuron, Home and End to the ends of a layer", () => {
  const layout = layOut(modelOf(3, 5, 2), 900, 560);
  assert.deepEqual(move(layout, null, "ArrowDown"), { layer: 0, index: 0 });
  assert.deepEqual(move(layout, { layer: 0, index: 2 }, "End"), { layer: 0, index: 4 });
  assert.deepEqual(move(layout, { layer: 0, index: 2 }, "Home"), { layer: 0, index: 0 });
  assert.deepEqual(move(layout, { layer: 1, index: 0 }, "PageDown"), { layer: 1, index: 0 });
  assert.equal(move(layout, { layer: 1, index: 0 }, "PageUp").layer, 0);
});

test("to the side leads to the neuron at about the same height", () => {
  const layout = layOut(modelOf(3, 9, 9), 900, 560);
  assert.deepEqual(move(layout, { layer: 0, index: 6 }, "ArrowRight"), { layer: 1, index: 6 });
  assert.deepEqual(move(layout, { layer: 1, index: 6 }, "ArrowLeft"), { layer: 0, index: 6 });
});

test("an address is found again, and one of nobody is nowhere", () => {
  const model = modelOf(3, 5, 2);
  assert.deepEqual(placeOf(model, addressOf(model, { layer: 1, index: 1 })), { layer: 1, index: 1 });
  for (const address of ["dense_1/2", "dense_7/0", "dense_0", "dense_0/x", "", "dense_0/-1"])
    assert.equal(placeOf(model, address), null);
});
