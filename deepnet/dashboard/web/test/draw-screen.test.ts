import assert from "node:assert/strict";
import { test } from "node:test";
import type { Happening } from "../src/api/types.ts";
import type { Tensors } from "../src/api/safetensors.ts";
import { FROZEN, LESIONED, type Model } from "../src/draw/model.ts";
import { agesAt, withEvents } from "../src/screens/network/ages.ts";
import { parts } from "../src/screens/network/fans.ts";
import { readActivity, readColumns, readSurvey } from "../src/screens/network/frames.ts";
import { healsAfter, lastCourse } from "../src/screens/network/healing.ts";
import { Scales } from "../src/screens/network/looks.ts";
import { pointsOf } from "../src/screens/network/plane.tsx";

const model: Model = { inputs: 2, layers: [{ address: "dense_0", inputs: 2, neurons: 3, activation: "tanh" }] };
const tensors = (
  arrays: Record<string, [number[], Float32Array | Uint8Array]>,
  about: Record<string, string> = {},
): Tensors => ({
  arrays: new Map(Object.entries(arrays).map(([name, [shape, data]]) => [name, { shape, data }])),
  about,
});
const event = (id: number, kind: string, time: number, address: string | null): Happening => ({
  id,
  time,
  kind,
  network: "a",
  run: "a-1",
  address,
  step: id,
  who: null,
  data: { reason: "killed" },
});
const DEATH = [
  event(5, "neuron_died", 10, "dense_0/1"),
  event(6, "neuron_restarted", 10.0005, "dense_0/1"),
  event(7, "step_replayed", 10.001, null),
];

test("a frame without a run has biases only, and no rows", () => {
  const seen = readActivity(
    tensors({ "dense_0.bias": [[3], Float32Array.from([1, 2, 3])] }, { step: "4", epoch: "2", rows: "0" }),
    model,
    ["output", "bias"],
  );
  assert.deepEqual([seen.step, seen.rows, seen.input], [4, 0, undefined]);
  assert.deepEqual(seen.fields["output"], [undefined]);
  assert.deepEqual([...(seen.fields["bias"]?.[0] ?? [])], [1, 2, 3]);
});

test("who is held at a number, even 0, is lesioned; who is not is told of as nan", () => {
  const columns = readColumns(
    tensors({
      "dense_0.restarts": [[3], Float32Array.from([0, 2, 0])],
      "dense_0.frozen": [[3], Uint8Array.from([1, 0, 0])],
      "dense_0.lesioned": [[3], Float32Array.from([Number.NaN, 0, Number.NaN])],
    }),
    model,
  );
  assert.deepEqual([...(columns.marks[0] ?? [])], [FROZEN, LESIONED, 0]);
});

test("each neuron has its own surface, in its own range", () => {
  const survey = readSurvey(
    tensors(
      {
        "dense_0.outputs": [[3, 2, 2], Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])],
        "dense_0.range": [[3, 2], Float32Array.from([-1, 1, 0, 2, 5, 5])],
      },
      { size: "2", x0: "-1", x1: "1", y0: "-2", y1: "2" },
    ),
    model,
  );
  assert.deepEqual([...(survey.surfaces[0]?.[1]?.levels ?? [])], [4, 5, 6, 7]);
  assert.deepEqual([survey.surfaces[0]?.[1]?.high, survey.bounds.y1], [2, 2]);
});

test("a death and its healing are seen once each, the replayed step where somebody died", () => {
  const heals = healsAfter(0, DEATH, model);
  assert.deepEqual(
    heals.map(({ kind, place }) => [kind, place.index]),
    [
      ["died", 1],
      ["healed", 1],
      ["replayed", 1],
    ],
  );
  assert.deepEqual(
    healsAfter(6, DEATH, model).map(({ kind }) => kind),
    ["replayed"],
  );
  assert.deepEqual(healsAfter(7, DEATH, model), []);
});

test("the course of a death is told in milliseconds, and of somebody who never died nothing is", () => {
  const course = lastCourse(DEATH, "dense_0/1");
  assert.equal(course?.reason, "killed");
  assert.ok(Math.abs((course?.restarted ?? 0) - 0.5) < 1e-3 && Math.abs((course?.replayed ?? 0) - 1) < 1e-3);
  assert.equal(lastCourse(DEATH.slice(0, 1), "dense_0/1")?.restarted, null);
  assert.equal(lastCourse(DEATH, "dense_0/0"), null);
});

test("a neuron is as old as its last restart, all others as the network", () => {
  const births = withEvents({ network: 4, neurons: new Map() }, DEATH);
  assert.deepEqual(
    [...(agesAt(14.0005, births, model)[0] ?? [])].map((age) => Math.round(age)),
    [10, 4, 10],
  );
});

test("a line of a matrix is fetched in parts that leave nothing out", () => {
  for (const count of [1, 256, 257, 5000, 100_000]) {
    const found = parts(count);
    assert.equal(found[0]?.[0], 0);
    assert.equal(found.at(-1)?.[1], count);
    found.slice(1).forEach(([first], place) => assert.equal(first, found[place]?.[1]));
  }
});

test("outputs that cannot leave -1 to 1 have a scale that stays; others follow", () => {
  const scales = new Scales();
  assert.equal(scales.scaleOf("output", model, [Float32Array.from([0.1])]).most, 1);
  assert.ok(scales.scaleOf("delta", model, [Float32Array.from([0.1, -0.2])]).most < 0.3);
  assert.equal(scales.scaleOf("restarts", model, [Float32Array.from([9])]).most, 9);
});

test("rows are coloured by where their target lies among all of them", () => {
  const data = tensors({
    inputs: [[3, 2], Float32Array.from([1, 2, 3, 4, 5, 6])],
    targets: [[3, 1], Float32Array.from([10, 20, 15])],
  });
  assert.deepEqual([...(pointsOf(data, { layer: 0, index: 0 }, 0)?.wanted ?? [])], [0, 1, 0.5]);
});
