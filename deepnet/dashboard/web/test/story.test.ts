import assert from "node:assert/strict";
import { test } from "node:test";
import type { Epoch, Happening } from "../src/api/types.ts";
import { compare, lossAround, type Point } from "../src/screens/neuron/comparing.ts";
import { nearest, storiesOf, together } from "../src/screens/neuron/story.ts";

let id = 0;
const event = (kind: string, time: number, more: Partial<Happening> = {}): Happening =>
  ({ id: ++id, time, kind, network: "a", run: "a-1", address: "dense_0/3", step: null, who: null, data: {}, ...more });
const kill = (time: number, address = "dense_0/3") => event("intervened", time, { address, who: "admin@socket", data: { kind: "kill" } });
const death = (time: number, step: number, address = "dense_0/3") => event("neuron_died", time, { address, step, data: { reason: "killed" } });
const back = (time: number, restarts: number, address = "dense_0/3") => event("neuron_restarted", time, { address, data: { restarts } });
const replay = (time: number, step: number) => event("step_replayed", time, { address: null, step, data: { attempt: 2 } });

test("a story is asked, died, restarted, replayed, with the times of its events", () => {
  const [story, ...others] = storiesOf("dense_0/3", [kill(10), death(10.004, 51), back(10.005, 1), replay(10.006, 51)]);
  assert.equal(others.length, 0);
  assert.deepEqual(story, {
    id: id - 2,
    address: "dense_0/3",
    run: "a-1",
    step: 51,
    reason: "killed",
    asked: { time: 10, who: "admin@socket" },
    died: 10.004,
    restarted: { time: 10.005, restarts: 1 },
    replayed: { time: 10.006, attempt: 2 },
  });
});

test("a wish that is written down just after the death was not later, and one of long after is of another", () => {
  assert.equal(storiesOf("dense_0/3", [death(10, 51), kill(10.02)])[0]?.asked?.time, 10);
  assert.equal(storiesOf("dense_0/3", [death(10, 51), kill(12)])[0]?.asked, null);
});

test("the replay of another step is none of this death", () => {
  const [story] = storiesOf("dense_0/3", [death(10, 51), back(10.1, 1), replay(11, 60)]);
  assert.equal(story?.replayed, null);
});

test("what is there of a second death is not of the first", () => {
  const [first, second] = storiesOf("dense_0/3", [kill(1), death(1.1, 5), back(1.2, 1), kill(2), death(2.1, 9), back(2.2, 2), replay(2.3, 9)]);
  assert.deepEqual([first?.asked?.time, first?.restarted?.restarts, first?.replayed], [1, 1, null]);
  assert.deepEqual([second?.asked?.time, second?.restarted?.restarts, second?.replayed?.time], [2, 2, 2.3]);
});

test("where a layer computes its neurons the layer dies for them", () => {
  const [story] = storiesOf("dense_0", [kill(1, "dense_0/3"), death(1.1, 5, "dense_0"), back(1.2, 4, "dense_0")]);
  assert.equal(story?.asked?.time, 1);
  assert.equal(story?.restarted?.restarts, 4);
});

test("a link to any event of a death leads to its story", () => {
  const events = [kill(1), death(1.1, 5), back(1.2, 1), kill(2), death(2.1, 9), back(2.2, 2)];
  const stories = storiesOf("dense_0/3", events);
  assert.equal(nearest(stories, events[3]?.id ?? 0), stories[1]);
  assert.equal(nearest(stories, events[2]?.id ?? 0), stories[0]);
  assert.equal(nearest(stories, 0), undefined);
});

test("events of several lists come once, and in order", () => {
  const [one, two] = [kill(1), death(2, 3)];
  assert.deepEqual(together([two], [one, two]), [one, two]);
});

const point = (step: number, before: unknown[], after: unknown[]): Point =>
  ({ step, output: 0, sum: 0, delta: 0, bias: 0, before, after });

test("what one step has left is compared with what the next began with", () => {
  const points = [point(50, [1, 2], [3, 4]), point(51, [3, 4], [5, 6])];
  assert.deepEqual(compare(51, points, []), { same: true, count: 2, step: 50 });
  assert.deepEqual(compare(51, [point(50, [1], [3]), point(51, [3.0000002], [5])], []), { same: false, count: 1, step: 50 });
});

test("where nothing learns the neuron before is compared with the one after", () => {
  const reading = (restarts: number, first: number, last = first) => ({ step: 50, restarts, first: [first], last: [last] });
  assert.equal(compare(51, [], [reading(0, 1, 2), reading(1, 2, 7)])?.same, true);
  assert.equal(compare(51, [], [reading(0, 1), reading(1, 2)])?.same, false);
});

test("what was not seen is not claimed", () => {
  assert.equal(compare(51, [point(49, [1], [3]), point(53, [3], [5])], []), null);
  assert.equal(compare(51, [], [{ step: 50, restarts: 1, first: [1], last: [1] }]), null);
});

const epochs = (...losses: number[]) => losses.map((loss, index) => ({ epoch: index + 1, step: 10 * (index + 1), loss }) as Epoch);

test("a loss that moves as it did before is calm, one that jumps is not", () => {
  const calm = lossAround(55, epochs(10, 9, 8, 7, 6, 5, 4));
  assert.deepEqual([calm?.before, calm?.during, calm?.after, calm?.calm, calm?.isOver], [6, 5, 4, true, true]);
  assert.equal(lossAround(55, epochs(10, 9, 8, 7, 6, 50, 4))?.calm, false);
});

test("before the epoch is over nothing is said about its loss", () => {
  assert.equal(lossAround(75, epochs(3, 2, 1)), null);
  assert.equal(lossAround(25, epochs(3, 2, 1))?.isOver, false);
});
