import assert from "node:assert/strict";
import { test } from "node:test";
import type { Summary } from "../src/api/types.ts";
import { current, networks } from "../src/state/network.ts";
import { setParams } from "../src/state/view.ts";

globalThis.history ??= { replaceState: () => undefined } as unknown as History;
const told = (states: Record<string, string>) =>
  Object.entries(states).map(([name, state]) => ({ name, state }) as Summary);

test("without a name in the address the network that learns is looked at, and stays so when another one learns", () => {
  networks.value = told({ a: "idle", b: "running", c: "running" });
  assert.equal(current.value, "b");
  networks.value = told({ a: "running", b: "paused", c: "running" });
  assert.equal(current.value, "b");
});

test("a network that was named stays when the address names none any more, until it is gone", () => {
  networks.value = told({ a: "running", b: "paused", c: "idle" });
  setParams({ net: "c" });
  assert.equal(current.value, "c");
  setParams({ net: "" });
  assert.equal(current.value, "c");
  networks.value = told({ a: "idle", b: "running" });
  assert.equal(current.value, "b");
});
