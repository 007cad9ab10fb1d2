// Whether anything was lost: what can be compared is compared, and what cannot is not claimed.

import type { Epoch } from "../../api/types.ts";
import { toNumber } from "../../parts/numbers.ts";

/** What is kept of a step that was watched. */
export interface Point {
  readonly step: number;
  readonly output: number;
  readonly sum: number;
  readonly delta: number;
  readonly bias: number;
  /** Weights, then the bias: as the step began, and as it left them. */
  readonly before: readonly unknown[];
  readonly after: readonly unknown[];
}

/** A neuron as it was read at a sealed step. */
export interface Reading {
  readonly step: number;
  readonly restarts: number;
  /** As it was first read, and as it was last read there: somebody may have set them in between. */
  readonly first: readonly unknown[];
  readonly last: readonly unknown[];
}

export interface Comparison {
  readonly same: boolean;
  readonly count: number;
  /** The step after which both were taken. */
  readonly step: number;
}

/**
 * Compare what the one that died has left with what its successor began with; null if not both were seen.
 *
 * Numbers come as text that says each of them exactly, so equal here is equal in every bit.
 */
export function compare(died: number, points: readonly Point[], readings: readonly Reading[]): Comparison | null {
  const [left, begun] = [points.find((each) => each.step === died - 1)?.after, points.findLast((each) => each.step === died)?.before];
  if (left !== undefined && begun !== undefined) return { ...equal(left, begun), step: died - 1 };
  const sealed = readings.filter((each) => each.step === died - 1);
  const [first, last] = [sealed[0], sealed.at(-1)];
  if (first === undefined || last === undefined || first.restarts === last.restarts) return null;
  return { ...equal(first.last, last.first), step: died - 1 };
}

function equal(one: readonly unknown[], other: readonly unknown[]): { same: boolean; count: number } {
  return { same: one.length === other.length && one.every((each, index) => Object.is(each, other[index])), count: one.length };
}

export interface LossAround {
  /** Of the last epoch that was over before, of the one of the death, and of the next. */
  readonly before: number;
  readonly during: number;
  readonly after: number;
  /** Whether it moved by no more than it had moved from epoch to epoch before. */
  readonly calm: boolean;
  readonly records: readonly Epoch[];
  readonly isOver: boolean;
}

/** So many epochs on either side are shown. */
export const AROUND = 40;
const EARLIER = 20;

/** The loss near the step *died*; null while that epoch is not over. */
export function lossAround(died: number, records: readonly Epoch[]): LossAround | null {
  const at = records.findIndex((each) => each.step >= died);
  if (at < 0) return null;
  const loss = records.map((each) => toNumber(each.loss));
  const [during, before, after] = [loss[at] ?? NaN, loss[at - 1] ?? NaN, loss[at + 1] ?? NaN];
  const moves = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, each) => Math.abs((loss[from + each + 1] ?? NaN) - (loss[from + each] ?? NaN)));
  const usual = Math.max(...moves(Math.max(0, at - EARLIER), at - 1).filter(Number.isFinite), 0);
  const moved = Math.max(...moves(Math.max(0, at - 1), Math.min(at + 1, loss.length - 1)).filter(Number.isFinite), 0);
  return {
    before,
    during,
    after,
    calm: Number.isFinite(during) && moved <= 1.5 * usual,
    records: records.slice(Math.max(0, at - AROUND), at + AROUND + 1),
    isOver: at + 1 < records.length,
  };
}
