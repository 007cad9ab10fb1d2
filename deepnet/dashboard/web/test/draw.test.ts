import assert from "node:assert/strict";
import { test } from "node:test";
import { makePalette } from "../src/draw/palette.ts";
import { mix, parse, ramp, UNKNOWN } from "../src/draw/colours.ts";
import { fan, strandsOf } from "../src/draw/edges.ts";
import { few, numbersIn, travelOf } from "../src/draw/journeys.ts";
import { layOut } from "../src/draw/layout.ts";
import type { Model } from "../src/draw/model.ts";
import { pool, strongest, threshold } from "../src/draw/pooling.ts";
import { CalmMost, colourInto, nice, robustMost, step, ticks } from "../src/draw/scale.ts";
import { levelsToSteps, middleOf } from "../src/draw/surfaces.ts";
import { rounds } from "../src/draw/plane.ts";
import { exact, short, span } from "../src/draw/words.ts";

const model: Model = {
  inputs: 3,
  layers: [
    { address: "dense_0", inputs: 3, neurons: 2, activation: "tanh" },
    { address: "dense_1", inputs: 2, neurons: 2, activation: "sigmoid" },
  ],
};

test("one number far from the others does not set the scale", () => {
  const values = Float32Array.from({ length: 1000 }, (_, index) => (index % 100) / 100);
  values[17] = 1e9;
  assert.ok(robustMost([values]) <= 1);
  assert.equal(robustMost([new Float32Array([Number.NaN, Number.NaN])]), 0);
  assert.equal(robustMost([]), 0);
});

test("a robust scale of very many numbers, in unequal parts, is about that of all of them", () => {
  const parts = [7, 30_000, 1].map((count) => Float32Array.from({ length: count }, (_, index) => Math.sin(index)));
  assert.ok(Math.abs(robustMost(parts) - 1) < 0.02);
});

test("round numbers are never below what they stand for", () => {
  for (const value of [1e-9, 0.0123, 0.99, 1, 1.1, 7.5, 999, 123_456]) {
    assert.ok(nice(value) >= value * (1 - 1e-9));
    assert.ok(nice(value) <= value * 1.5);
  }
  assert.equal(nice(0), 1);
});

test("the end of a scale rises at once, and does not flicker with small changes", () => {
  const calm = new CalmMost();
  assert.equal(calm.follow(0.9), 1);
  assert.equal(calm.follow(0.8), 1);
  assert.equal(calm.follow(0.95), 1);
  assert.equal(calm.follow(3.7), 4);
  const after = Array.from({ length: 60 }, () => calm.follow(0.1));
  assert.ok((after.at(-1) ?? 9) < 0.2, "it follows down in the end");
  assert.ok(new Set(after).size < 12, "in few steps");
});

test("0 is in the middle of a diverging ramp and at the beginning of the others", () => {
  assert.equal(step({ kind: "diverging", most: 2 }, 0), 128);
  assert.equal(step({ kind: "diverging", most: 2 }, -2), 0);
  assert.equal(step({ kind: "diverging", most: 2 }, 99), 255);
  assert.equal(step({ kind: "sequential", most: 2 }, 0), 0);
  assert.equal(step({ kind: "logarithmic", most: 1000 }, 1000), 255);
  assert.equal(step({ kind: "diverging", most: 2 }, Number.NaN), UNKNOWN);
});

test("colouring all at once gives what colouring one by one gives", () => {
  const { words } = ramp(["#000000", "#ffffff"], "#123456");
  const values = Float32Array.from([-5, -1, -0.3, 0, 0.2, 1, 7, Number.NaN]);
  for (const kind of ["diverging", "sequential", "logarithmic"] as const) {
    const pixels = new Uint32Array(values.length);
    colourInto(pixels, values, values.length, { kind, most: 1 }, words);
    values.forEach((value, place) =>
      assert.equal(pixels[place], words[step({ kind, most: 1 }, value)], `${kind} ${value}`),
    );
  }
});

test("the numbers at a legend go up, from one end to the other", () => {
  for (const scale of [
    { kind: "diverging", most: 0.5 },
    { kind: "sequential", most: 4 },
    { kind: "logarithmic", most: 90_000 },
  ] as const) {
    const places = ticks(scale).map(({ place }) => place);
    assert.equal(places[0], 0);
    assert.ok(Math.abs((places.at(-1) ?? 0) - 1) < 1e-9);
    assert.deepEqual(
      places,
      [...places].sort((one, other) => one - other),
    );
  }
});

test("a ramp goes through its stops, and the middle of both palettes is near their ground", () => {
  assert.equal(ramp(["#102030", "#405060"], "#000000").css[0], "#102030");
  assert.equal(ramp(["#102030", "#405060"], "#000000").css[255], "#405060");
  assert.equal(mix("#000000", "#ffffff", 0), "#000000");
  for (const palette of [makePalette(false), makePalette(true)]) {
    const ground = parse(palette.background);
    const zero = parse(palette.diverging.css[128] ?? "");
    ground.forEach((part, place) => assert.ok(Math.abs(part - (zero[place] ?? 0)) < 30));
  }
});

test("pooling keeps the largest size with its sign, and what nobody knows only where nobody knows anything", () => {
  assert.deepEqual([...pool([1, -3, 2, 0, Number.NaN, Number.NaN, 5], 2)], [-3, 2, Number.NaN, 5]);
  assert.deepEqual([...pool([1, 2], 1)], [1, 2]);
});

test("a threshold lets through about as many as wanted, and never more", () => {
  const parts = [
    Float32Array.from({ length: 900 }, (_, index) => Math.sin(index * 7)),
    undefined,
    Float32Array.from([5, -6]),
  ];
  const least = threshold(parts, 100);
  const count = parts.reduce((sum, part) => sum + (part?.filter((value) => Math.abs(value) >= least).length ?? 0), 0);
  assert.ok(count <= 100 && count > 0, String(count));
  assert.equal(threshold(parts, 1000), 0);
});

test("the strongest come first", () => {
  assert.deepEqual(strongest([1, -3, Number.NaN, 2], 2), [
    { index: 1, weight: -3 },
    { index: 3, weight: 2 },
  ]);
});

test("every weight is a connection between the neurons that it belongs to", () => {
  const strands = strandsOf(model, [Float32Array.from([1, 2, 3, 4, 5, -6]), Float32Array.from([0.1, 0.2, 0.3, 0.4])]);
  assert.equal(strands.length, 10);
  assert.deepEqual(strands.at(-1), { from: { layer: -1, index: 2 }, to: { layer: 0, index: 1 }, weight: -6 });
  assert.equal(strandsOf(model, [Float32Array.from([1, 2, 3, 4, 5, -6])], 2).length <= 2, true);
});

test("the fan of a neuron is what comes in and what goes out, the weakest first", () => {
  const strands = fan({ layer: 0, index: 1 }, [3, Number.NaN, -1], [2, 0.5], 3);
  assert.deepEqual(
    strands.map(({ weight }) => weight),
    [-1, 2, 3],
  );
  assert.deepEqual(strands[1]?.to, { layer: 1, index: 0 });
});

const ground = { model, layout: layOut(model, 900, 400) };
const told = (sender: string, receiver: string, kind: string, text: string) => ({
  number: 1,
  sender,
  receiver,
  kind,
  text,
});

test("the numbers of a message are those of its first row", () => {
  assert.deepEqual(numbersIn("dense_0 -> dense_1  Forward: 0.33, -1e-05, inf"), [0.33, -1e-5, Infinity]);
  assert.deepEqual(numbersIn("dense_2 -> dense_1  Backward: dL/da = 0.065, -0.038; 1, 2"), [0.065, -0.038]);
  assert.deepEqual(numbersIn("a -> b  Learnt"), []);
});

test("what a neuron is told arrives along all its inputs", () => {
  const travel = travelOf(
    ground,
    told("dense_0", "dense_0/1", "Activate", "dense_0 -> dense_0/1  Activate: 1, 0, 0.5"),
  );
  assert.equal(travel.back, false);
  assert.deepEqual(travel.neurons, [{ layer: 0, index: 1 }]);
  assert.deepEqual(
    travel.journeys.map(({ label }) => label),
    ["1", "0", "0.50"],
  );
});

test("errors come back from the next layer, and to the last one from outside", () => {
  const inner = travelOf(
    ground,
    told("dense_0", "dense_0/1", "Correct", "dense_0 -> dense_0/1  Correct: dL/da = -0.25"),
  );
  assert.equal(inner.back, true);
  assert.equal(inner.journeys.length, 2);
  assert.deepEqual(
    inner.journeys.map(({ label }) => label).filter((label) => label !== ""),
    ["−0.25"],
  );
  assert.equal(travelOf(ground, told("dense_1", "dense_1/0", "Correct", "x  Correct: dL/da = 1")).journeys.length, 1);
});

test("an answer goes from a neuron to its layer, forwards or back", () => {
  const there = travelOf(
    ground,
    told("dense_1/0", "dense_1", "Answer", "dense_1/0 -> dense_1  z = 0.9636, a = 0.7238"),
  );
  assert.deepEqual([there.back, there.journeys[0]?.label, there.layers], [false, "a = 0.72", [1]]);
  const back = travelOf(
    ground,
    told("dense_1/0", "dense_1", "Answer", "dense_1/0 -> dense_1  Correct: delta = 0.013, gradient = 0.004"),
  );
  assert.deepEqual([back.back, back.journeys[0]?.label], [true, "δ = 0.01"]);
});

test("a message that nobody knows, or to somebody who is not there any more, breaks nothing", () => {
  assert.deepEqual(
    travelOf(ground, told("trainer", "dense_0", "Apply", "trainer -> dense_0  Apply: scale = 1")).journeys,
    [],
  );
  assert.deepEqual(travelOf(ground, told("dense_9", "dense_9/4", "Activate", "")).journeys, []);
});

test("of very many dots some are shown, at even distances", () => {
  assert.equal(few(5).length, 5);
  assert.equal(few(5000).length, 60);
  assert.equal(new Set(few(61)).size, 60);
});

test("shares are coloured about a half, all else about 0", () => {
  assert.deepEqual(middleOf("sigmoid", { low: 0, high: 1 }), { middle: 0.5, reach: 0.5 });
  const steps = levelsToSteps({ low: -3, high: 1 }, middleOf("relu", { low: -3, high: 1 }));
  assert.equal(steps[0], 0);
  assert.ok(Math.abs((steps[Math.round((255 * 3) / 4)] ?? 0) - 128) <= 1);
});

test("the axes of a plane have a few round numbers within it", () => {
  assert.deepEqual(rounds(-1.1, 1.1), [-0.6, 0, 0.6]);
  assert.deepEqual(rounds(0, 0), []);
  for (const [low, high] of [
    [-0.0031, 0.02],
    [5, 1000],
  ] as const) {
    const found = rounds(low, high);
    assert.ok(found.length >= 2 && found.length <= 6 && found.every((value) => value >= low && value <= high));
  }
});

test("numbers are short, with a real minus", () => {
  assert.deepEqual([0, 1, -1, 0.5, -0.125, 12.34, 123.4, 12_345, 1e-7, Number.NaN, -Infinity].map(short), [
    "0",
    "1",
    "−1",
    "0.50",
    "−0.13",
    "12.3",
    "123",
    "12k",
    "1e−7",
    "–",
    "−∞",
  ]);
  assert.equal(exact(-0.123456), "−0.1235");
  assert.deepEqual([5, 200, 7300, 1e6].map(span), ["5 s", "3 min", "2 h", "12 d"]);
});
