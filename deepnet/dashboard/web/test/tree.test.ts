import assert from "node:assert/strict";
import { test } from "node:test";
import type { TreeNode } from "../src/api/types.ts";
import { census, rowsOf, type Shape, wayTo } from "../src/screens/tree/rows.ts";

const node = (name: string, kind: string, ...children: TreeNode[]): TreeNode =>
  ({ name, kind, strategy: null, restarts: 0, limit: null, mailbox: 0, children });
const crowd = (number: number) => Array.from({ length: number }, (_, index) => node(`dense_0/${index}`, "neuron"));
const small = node("network:cars", "supervisor", node("vault", "vault"), node("layers", "supervisor", ...crowd(2)), node("trainer", "trainer"));
const large = node("network:big", "supervisor", node("layers", "supervisor", ...crowd(250)));
const shape = (more: Partial<Shape> = {}): Shape => ({ opened: new Map(), shown: new Map(), text: "", ...more });
const names = (root: TreeNode, more: Partial<Shape> = {}) => rowsOf(root, shape(more)).map((row) => (row.more > 0 ? `… ${row.more}` : row.node.name));

test("a small tree is open, and each row knows its place", () => {
  const rows = rowsOf(small, shape());
  assert.deepEqual(rows.map(({ node: { name }, level, place, size }) => [name, level, place, size]), [
    ["network:cars", 1, 1, 1],
    ["vault", 2, 1, 3],
    ["layers", 2, 2, 3],
    ["dense_0/0", 3, 1, 2],
    ["dense_0/1", 3, 2, 2],
    ["trainer", 2, 3, 3],
  ]);
  assert.deepEqual([...new Set(rows.map((row) => row.network))], ["cars"]);
});

test("a crowd is closed at first, and comes by the hundred", () => {
  assert.deepEqual(names(large), ["network:big", "layers"]);
  const opened = new Map([["network:big layers", true]]);
  assert.deepEqual(names(large, { opened }).slice(-2), ["dense_0/99", "… 150"]);
  assert.deepEqual(names(large, { opened, shown: new Map([["network:big layers", 300]]) }).length, 252);
});

test("a filter leaves those of that name and who is above them", () => {
  assert.deepEqual(names(large, { text: "249" }), ["network:big", "layers", "dense_0/249"]);
  assert.deepEqual(names(large, { text: "nobody" }), ["network:big"]);
});

test("networks below the service are closed, and their rows know of which they are", () => {
  const service = node("service", "supervisor", node("networks", "supervisor", small, large), node("http", "part"));
  assert.deepEqual(names(service), ["service", "networks", "network:cars", "network:big", "http"]);
  const rows = rowsOf(service, shape({ opened: new Map([["service networks network:cars", true]]) }));
  assert.deepEqual(rows.filter((row) => row.network === "cars").length, 6);
});

test("the way to somebody is all who are above", () => {
  assert.deepEqual(wayTo(small, "dense_0/1"), ["network:cars", "network:cars layers", "network:cars layers dense_0/1"]);
  assert.equal(wayTo(small, "dense_9/1"), null);
  assert.equal(census(large).get("neuron"), 250);
});
