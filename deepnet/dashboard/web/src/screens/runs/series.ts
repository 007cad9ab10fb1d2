// Curves of several runs over one axis: each has epochs of its own, so they are laid over each other.

import type { Epoch } from "../../api/types.ts";
import { toNumber } from "../../parts/numbers.ts";

export const AXES = ["epoch", "step", "time"] as const;
export type Axis = (typeof AXES)[number];

/** Where on the axis a record stands. */
export function placeOf(record: Epoch, axis: Axis): number {
  if (axis === "time") return toNumber(record.seconds);
  return axis === "step" ? record.step : record.epoch;
}

/** A figure of a record: "loss", the name of a metric, or validation_ and one of these. */
export function valueOf(record: Epoch, name: string): number {
  if (name === "loss") return toNumber(record.loss);
  if (name.startsWith("validation_")) return toNumber(record.validation[name.slice("validation_".length)]);
  return toNumber(record.metrics[name]);
}

/** The figures that are in any of these records; "loss" comes first. */
export function figuresOf(histories: readonly (readonly Epoch[])[]): string[] {
  const names = new Set(["loss"]);
  for (const [first] of histories) {
    if (first === undefined) continue;
    for (const name of Object.keys(first.validation)) names.add(`validation_${name}`);
    for (const name of Object.keys(first.metrics)) names.add(name);
  }
  return [...names];
}

export interface Aligned {
  readonly x: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
}

/** Bring curves to a common axis: between two of its own points a curve is a straight line, and outside it is not. */
export function align(histories: readonly (readonly Epoch[])[], axis: Axis, figure: string): Aligned {
  const curves = histories.map((records) =>
    records
      .map((record): [number, number] => [placeOf(record, axis), valueOf(record, figure)])
      .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)));
  const x = [...new Set(curves.flatMap((points) => points.map(([at]) => at)))].sort((a, b) => a - b);
  return { x, values: curves.map((points) => over(points, x)) };
}

function over(points: readonly [number, number][], x: readonly number[]): (number | null)[] {
  let next = 0;
  return x.map((at) => {
    while (next < points.length && (points[next]?.[0] ?? Infinity) < at) next++;
    const after = points[next];
    if (after === undefined) return null;
    if (after[0] === at) return after[1];
    const before = points[next - 1];
    if (before === undefined) return null;
    return before[1] + ((after[1] - before[1]) * (at - before[0])) / (after[0] - before[0]);
  });
}

/** The epoch with the smallest loss, on the rows held out if there are any. */
export function bestOf(records: readonly Epoch[]): { record: Epoch; figure: string; value: number } | null {
  const figure = records[0]?.validation["loss"] === undefined ? "loss" : "validation_loss";
  let best: { record: Epoch; figure: string; value: number } | null = null;
  for (const record of records) {
    const value = valueOf(record, figure);
    if (Number.isFinite(value) && (best === null || value < best.value)) best = { record, figure, value };
  }
  return best;
}

/** How many epochs two runs have in common if they came to the same bits at all of them; 0 if they did not. */
export function equalEpochs(one: readonly Epoch[], other: readonly Epoch[]): number {
  const told = (record: Epoch) => JSON.stringify([record.step, record.loss, record.metrics, record.validation]);
  const known = new Map(one.map((record) => [record.epoch, told(record)]));
  const common = other.filter((record) => known.has(record.epoch));
  return common.every((record) => known.get(record.epoch) === told(record)) ? common.length : 0;
}
