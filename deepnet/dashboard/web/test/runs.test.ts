import assert from "node:assert/strict";
import { test } from "node:test";
import type { Epoch } from "../src/api/types.ts";
import { historyCsv } from "../src/screens/runs/csv.ts";
import { align, bestOf, equalEpochs, figuresOf } from "../src/screens/runs/series.ts";
import { optionText } from "../src/screens/runs/words.ts";

const record = (epoch: number, loss: Epoch["loss"], more: Partial<Epoch> = {}): Epoch =>
  ({ epoch, step: 3 * epoch, loss, metrics: {}, validation: {}, learning_rate: 0.1, seconds: epoch / 10, ...more });

test("runs with epochs of their own are laid over one axis, and a curve ends where its run does", () => {
  const { x, values } = align([[record(1, 4), record(3, 2)], [record(2, 1)]], "epoch", "loss");
  assert.deepEqual(x, [1, 2, 3]);
  assert.deepEqual(values, [[4, 3, 2], [null, 1, null]]);
});

test("equal runs come to equal curves", () => {
  const records = [record(1, 4), record(2, 3), record(4, 2.5)];
  const { values } = align([records, records], "step", "loss");
  assert.deepEqual(values[0], values[1]);
});

test("what is no number is no point", () => {
  const { x, values } = align([[record(1, "nan"), record(2, 1), record(3, "inf")]], "epoch", "loss");
  assert.deepEqual([x, values], [[2], [[1]]]);
});

test("the best epoch is that of the rows held out, where there are any", () => {
  assert.equal(bestOf([record(1, 2), record(2, 1), record(3, 5)])?.record.epoch, 2);
  const held = [record(1, 2, { validation: { loss: 1 } }), record(2, 1, { validation: { loss: 3 } })];
  assert.equal(bestOf(held)?.record.epoch, 1);
  assert.equal(bestOf([]), null);
});

test("figures are those that were measured", () => {
  assert.deepEqual(figuresOf([[record(1, 1, { metrics: { r2: 0 }, validation: { loss: 2 } })], []]), ["loss", "validation_loss", "r2"]);
});

test("a history is a table in which nothing is made up", () => {
  const csv = historyCsv([record(1, 0.5), record(2, "nan", { metrics: { r2: 0.25 } })]);
  assert.equal(csv, "epoch,step,loss,learning_rate,seconds,r2\n1,3,0.5,0.1,0.1,\n2,6,nan,0.1,0.2,0.25\n");
});

test("options that do nothing are not told", () => {
  assert.equal(optionText({ name: "sgd", learning_rate: 0.01, momentum: 0, nesterov: false }), "sgd, learning rate 0.01");
  assert.equal(optionText({ clip_value: null, l1: 0 }), "");
});

test("runs that came to the same bits are told from those that came near", () => {
  const first = [record(1, 4), record(2, 0.1), record(3, "nan")];
  assert.equal(equalEpochs(first, [record(1, 4), record(2, 0.1)]), 2);
  assert.equal(equalEpochs(first, [record(1, 4), record(2, 0.10000000000000002)]), 0);
  assert.equal(equalEpochs(first, []), 0);
});
