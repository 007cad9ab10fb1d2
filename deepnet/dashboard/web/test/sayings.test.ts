import assert from "node:assert/strict";
import { test } from "node:test";
import type { Happening } from "../src/api/types.ts";
import { lately } from "../src/screens/overview/lately.ts";
import { t } from "../src/i18n/index.ts";
import { saying } from "../src/state/sayings.ts";

const done = { address: "run", step: 3, old: null, new: null };

test("what somebody has done is told in a sentence, and what was edited from old to new", () => {
  assert.equal(saying({ ...done, kind: "pause", old: "running", new: "paused" }), "Paused after step 3");
  assert.equal(saying({ ...done, kind: "resume", step: 0 }), "Learning has begun");
  assert.equal(saying({ ...done, kind: "step", old: 3, new: 4 }), "Stepped to step 4");
  assert.equal(saying({ ...done, kind: "set", old: { learning_rate: 0.05 }, new: { learning_rate: 0.1 } }), "learning rate 0.05 → 0.1");
  assert.equal(saying({ ...done, kind: "set", address: "dense_0/1", old: { frozen: false }, new: { frozen: true } }), "dense_0/1: frozen no → yes");
  assert.equal(saying({ ...done, kind: "undo", old: { bias: -0.5 }, new: { bias: 0.1 } }), "Taken back: bias −0.5 → 0.1");
});

test("of steps in a row the last is told, and nothing twice, in whatever order they are heard of", () => {
  const event = (id: number, kind: string, what = "") => ({ id, kind, data: { kind: what } }) as unknown as Happening;
  const told = [event(3, "intervened", "step"), event(4, "epoch_ended"), event(5, "neuron_died"), event(1, "intervened", "pause")];
  const ids = lately([...told, event(2, "intervened", "step"), event(5, "neuron_died")], 8).map(({ id }) => id);
  assert.deepEqual(ids, [1, 3, 5]);
});

test("one neuron is one neuron", () => {
  assert.equal(t("weights.size", { rows: 1, columns: 3 }), "1 neuron × 3 inputs");
});
