// The neuron that is looked at, as it learns: its newest record, and what it did at the last steps that were watched.

import { batch, type Signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Activity, Neuron } from "../../api/types.ts";
import { toNumber } from "../../parts/numbers.ts";
import { summary } from "../../state/network.ts";
import { useListener } from "../../state/topic.ts";
import type { Point, Reading } from "./comparing.ts";

const MOST = 120;
/** So many numbers are kept at most; of a neuron with many inputs fewer steps. */
const MOST_NUMBERS = 400_000;
/** So often, in a second, something new is shown. */
const RATE = 5;
/** Below the first, in steps a second, each step is looked at; above the second, as many as can be seen. */
const [SLOW, FAST] = [50, 70];
/** Frames a second that it takes for each step to be looked at, up to 80 a second. */
const CLOSE_RATE = 20;

export interface Followed {
  readonly neuron: Signal<Neuron | null>;
  readonly problem: Signal<string>;
  readonly points: Signal<readonly Point[]>;
  readonly readings: Signal<readonly Reading[]>;
  /** Whether each step is looked at. */
  readonly isClose: boolean;
}

export function useNeuron(network: string, address: string): Followed {
  const neuron = useSignal<Neuron | null>(null);
  const problem = useSignal("");
  const points = useSignal<readonly Point[]>([]);
  const readings = useSignal<readonly Reading[]>([]);
  const of = useRef("");
  const isClose = useRef(true);
  const speed = summary.value?.steps_per_second ?? 0;
  isClose.current = isClose.current ? speed < FAST : speed < SLOW;
  const whole = { topic: "neuron", network, address } as const;
  const wish = isClose.current ? { ...whole, rate: CLOSE_RATE, every: 1 } : { ...whole, rate: RATE };
  useListener(wish, () => {
    const name = `${network} ${address}`;
    if (of.current !== name) [of.current, neuron.value, points.value, readings.value] = [name, null, [], []];
    problem.value = "";
    let waiting: Neuron[] = [];
    const show = () => {
      const [all, last] = [waiting, waiting.at(-1)];
      waiting = [];
      if (last === undefined || of.current !== name) return;
      const activity = all.findLast((told) => told.history.length > 0)?.history.at(-1);
      batch(() => {
        points.value = all.reduce((known, told) => joined(known, told.history), points.value);
        readings.value = all.reduce(noted, readings.value);
        neuron.value = { ...last, history: activity === undefined ? lastOf(neuron.value, last) : [activity] };
        problem.value = "";
      });
    };
    return {
      onFrame(data) {
        waiting.push(data as Neuron);
        if (neuron.value === null) show();
        else if (waiting.length === 1) setTimeout(show, 1000 / RATE);
      },
      onProblem(detail) {
        problem.value = detail;
      },
    };
  });
  return { neuron, problem, points, readings, isClose: isClose.current };
}

/** The last step that was watched before, unless the neuron has gone back behind it. */
function lastOf(before: Neuron | null, now: Neuron): Activity[] {
  const last = before?.history.at(-1);
  return last !== undefined && last.step <= now.step && now.weights.length === before?.weights.length ? [last] : [];
}

function joined(before: readonly Point[], history: readonly Activity[]): readonly Point[] {
  const first = history[0];
  if (first === undefined) return before;
  const newest = before.at(-1)?.step ?? 0;
  const last = history.at(-1) ?? first;
  // Where it stands before what is known, somebody has put the run back: nothing after that step has happened.
  const kept = last.step < newest ? before.filter((each) => each.step < first.step) : before;
  const reached = kept.at(-1)?.step ?? 0;
  const more = history.filter((each) => each.step > reached).map(pointOf);
  const room = Math.max(4, Math.min(MOST, Math.floor(MOST_NUMBERS / (2 * first.row.length))));
  return more.length === 0 && kept === before ? before : [...kept, ...more].slice(-room);
}

function pointOf(activity: Activity): Point {
  const after = activity.numbers[0] ?? [];
  const mean = (values: Activity["sum"]) => values.reduce<number>((sum, each) => sum + toNumber(each), 0) / values.length;
  return {
    step: activity.step,
    output: mean(activity.output),
    sum: mean(activity.sum),
    delta: mean(activity.delta),
    bias: toNumber(after.at(-1)),
    before: activity.row,
    after,
  };
}

/** The newest reading of this one and of its predecessors. */
function noted(before: readonly Reading[], { step, restarts, weights, bias }: Neuron): readonly Reading[] {
  const numbers = [...weights, bias];
  const last = before.at(-1);
  if (last?.step === step && last.restarts === restarts) return [...before.slice(0, -1), { ...last, last: numbers }];
  return [...before.slice(-3), { step, restarts, first: numbers, last: numbers }];
}
