import assert from "node:assert/strict";
import { test } from "node:test";
import type { Epoch, Happening } from "../src/api/types.ts";
import { epochAt, marksOf } from "../src/screens/overview/marks.ts";
import { ruleText, thresholdOf } from "../src/state/rules.ts";

const epochs = [1, 2, 4].map((number) => ({ epoch: number, step: 10 * number }) as Epoch);
const event = (kind: string, step: number, more: object = {}): Happening =>
  ({ id: step, time: 0, kind, network: "a", run: "a-1", address: null, step, who: null, data: {}, ...more });

test("a step lies between the epochs around it", () => {
  assert.equal(epochAt(10, epochs), 1);
  assert.equal(epochAt(5, epochs), 0.5);
  assert.equal(epochAt(30, epochs), 3);
  assert.equal(epochAt(99, epochs), 4);
});

test("deaths and changes are marked; pauses, and what happened to another run, are not", () => {
  const marks = marksOf(
    [
      event("neuron_died", 10),
      event("intervened", 20, { data: { kind: "set" } }),
      event("intervened", 25, { data: { kind: "pause" } }),
      event("neuron_died", 30, { run: "a-0" }),
    ],
    epochs,
    "a-1",
  );
  assert.deepEqual(marks, [{ x: 1, kind: "death" }, { x: 2, kind: "change" }]);
});

test("the threshold of a stop rule is found, also within a rule of rules", () => {
  assert.equal(thresholdOf({ kind: "until", mean_squared_error: 0.02 }), 0.02);
  assert.equal(thresholdOf({ kind: "any", rules: [{ kind: "until", epochs: 5 }, { kind: "until", below: { loss: 0.1 } }] }), 0.1);
  assert.equal(thresholdOf({ kind: "until", epochs: 5 }), null);
});

test("a stop rule is told in words, without what is not set", () => {
  const rule = { kind: "until", mean_squared_error: 0.02, epochs: 10_000, steps: null, below: { loss: 0.5 } };
  assert.equal(ruleText(rule), "mean squared error < 0.02, epochs 10000, loss < 0.5");
});
