import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tensors } from "../src/api/safetensors.ts";
import type { Happening, LayerShape, Neuron } from "../src/api/types.ts";
import { glanceOf } from "../src/screens/neuron/glance.ts";
import { backOf } from "../src/screens/tree/back.ts";

const layer = (address: string, inputs: number, neurons: number): LayerShape =>
  ({ address, inputs, neurons, activation: "sigmoid", parameters: 0 });
const LAYERS = [layer("dense_0", 2, 2), layer("dense_1", 2, 1)];
const neuron = { weights: [0.5, -1], bias: 0.25, step: 7, history: [] } as unknown as Neuron;
const told = (about: Record<string, string>): Tensors => ({
  about,
  arrays: new Map(Object.entries({
    input: [3, 4], "dense_0.output": [0.5, 0.75], "dense_0.sum": [0, -2.25], "dense_0.delta": [0.5, 0.125],
    "dense_1.output": [0.375], "dense_1.sum": [-0.25], "dense_1.delta": [0.5],
  }).map(([name, values]) => [name, { shape: [values.length], data: Float32Array.from(values) }])),
});

test("a neuron of the first layer is shown the row, and one of the next the outputs before it", () => {
  const now = told({ rows: "1", step: "7" });
  const [first, next] = LAYERS.map((each) => glanceOf(now, { address: `${each.address}/0`, layer: each, index: 0 }, LAYERS, neuron));
  assert.deepEqual(first?.terms.map((each) => each.input), [3, 4]);
  assert.deepEqual(next?.terms.map((each) => each.input), [0.5, 0.75]);
  assert.deepEqual(next?.terms.map((each) => each.gradient), [0.25, 0.375]);
  assert.deepEqual([next?.sum, next?.output, next?.delta], [-0.25, 0.375, 0.5]);
});

test("of no rows, and of another step, nothing is told", () => {
  const place = { address: "dense_1/0", layer: LAYERS[1] as LayerShape, index: 0 };
  assert.equal(glanceOf(told({ rows: "0", step: "7" }), place, LAYERS, neuron), null);
  assert.equal(glanceOf(told({ rows: "1", step: "8" }), place, LAYERS, neuron), null);
});

let id = 0;
const event = (kind: string, step: number | null, more: Partial<Happening> = {}): Happening =>
  ({ id: ++id, time: id, kind, network: "a", run: "a-1", address: null, step, who: null, data: {}, ...more });

test("a vault begins again at the newest checkpoint, or at a change made since", () => {
  const [begun, saved] = [event("run_started", null), event("checkpoint_saved", 600)];
  const set = event("intervened", 620, { data: { kind: "set" } });
  const kill = event("intervened", 651, { data: { kind: "kill" }, address: "vault" });
  const death = event("neuron_died", 652, { address: "vault" });
  assert.deepEqual(backOf(death, [kill, saved, begun]), { who: "vault", time: death.time, from: 651, to: 600 });
  assert.equal(backOf(death, [kill, set, saved, begun]).to, 620);
  assert.equal(backOf(death, [kill, begun]).to, 0);
  assert.equal(backOf(death, []).to, null);
});

test("where the run is over nothing is played again", () => {
  const earlier = [event("run_ended", null), event("checkpoint_saved", 40), event("run_started", null)];
  assert.deepEqual(backOf(event("neuron_died", 52, { address: "vault" }), earlier), { who: "vault", time: id, from: 51, to: 51 });
});

test("the death of a whole network tells where it began again, and the wish where it was", () => {
  const kill = event("intervened", 631, { data: { kind: "kill" }, address: "network" });
  const death = event("neuron_died", 604, { address: "network" });
  assert.deepEqual(backOf(death, [kill]), { who: "network", time: death.time, from: 631, to: 603 });
  assert.equal(backOf(death, []).from, null);
});
