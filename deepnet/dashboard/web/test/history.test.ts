import assert from "node:assert/strict";
import { test } from "node:test";
import type { Epoch } from "../src/api/types.ts";
import { type Epochs, joined, MOST } from "../src/state/history.ts";

const epoch = (number: number): Epoch =>
  ({ epoch: number, step: 10 * number, loss: 1 / number, metrics: {}, validation: {}, learning_rate: 0.1, seconds: number });
const epochs = (first: number, last: number, stride = 1) =>
  Array.from({ length: Math.floor((last - first) / stride) + 1 }, (_, index) => epoch(first + index * stride));

test("all records of a short run are kept", () => {
  const { records } = joined(null, { run: "a-1", after: 0, records: epochs(1, 50) });
  assert.deepEqual(records.map((each) => each.epoch), Array.from({ length: 50 }, (_, index) => index + 1));
});

test("a long run is evenly thinned however its records come, and the last is there", () => {
  let kept: Epochs | null = joined(null, { run: "a-1", after: 0, records: epochs(8, 4000, 8) });
  for (let from = 4001; from < 12_000; from += 40) kept = joined(kept, { run: "a-1", after: from - 1, records: epochs(from, from + 39) });
  const numbers = kept.records.map((each) => each.epoch);
  assert.ok(numbers.length <= MOST + 1, `${numbers.length} are kept`);
  assert.equal(numbers.at(-1), 12_000);
  const gaps = numbers.slice(1, -1).map((each, index) => each - (numbers[index] ?? 0));
  assert.ok(Math.max(...gaps) <= 2 * Math.min(...gaps), `gaps of ${Math.min(...gaps)} to ${Math.max(...gaps)}`);
});

test("a run that began anew leaves nothing of the one before", () => {
  const before = joined(null, { run: "a-1", after: 0, records: epochs(1, 50) });
  const { records, run } = joined(before, { run: "a-2", after: 0, records: epochs(1, 3) });
  assert.equal(run, "a-2");
  assert.equal(records.length, 3);
});
