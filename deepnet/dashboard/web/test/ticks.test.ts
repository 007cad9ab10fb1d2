import assert from "node:assert/strict";
import { test } from "node:test";
import { figure, plain } from "../src/parts/numbers.ts";
import { logTicks } from "../src/parts/ticks.ts";

test("an axis of powers of ten has round marks, whether it is long or short", () => {
  assert.deepEqual(logTicks(0.0178, 0.3162), [0.02, 0.05, 0.1, 0.2]);
  assert.deepEqual(logTicks(0.001, 1000), [0.001, 0.01, 0.1, 1, 10, 100, 1000]);
  assert.deepEqual(logTicks(2.1, 4.9), [3, 4]);
  for (const [low, high] of [[1e-30, 1e30], [0.5, 0.6], [3e-7, 8e4], [99, 101]] as const) {
    const ticks = logTicks(low, high);
    assert.ok(ticks.length >= 2 && ticks.length <= 9, `${low} ${high}: ${ticks}`);
    assert.ok(ticks.every((tick) => tick >= low * 0.999 && tick <= high * 1.001));
  }
  assert.deepEqual(logTicks(0, 1), []);
});

test("numbers are written as people write them, and for programs as programs read them", () => {
  assert.equal(figure(-0.5), "−0.5");
  assert.equal(figure("-inf"), "−∞");
  assert.equal(figure("inf"), "∞");
  assert.equal(figure(1e6), "1,000,000");
  assert.equal(figure(1.5e-7), "1.50e−7");
  assert.equal(figure(1234567.5), "1.23e6");
  assert.equal(figure(null), "–");
  assert.equal(plain(-1.5e-7), "-1.50e-7");
});
