// Rows of the run that is looked at, and how far their columns reach.

import { getBytes, part } from "../../api/http.ts";
import { floats, readTensors } from "../../api/safetensors.ts";
import { type Cell, toUnits, type Units } from "./units.ts";

export interface Sample {
  /** Its number in the run, from 0. */
  readonly number: number;
  /** As the network takes it. */
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
}

export interface Samples {
  readonly samples: readonly Sample[];
  /** How many rows the run has. */
  readonly total: number;
}

export async function loadSamples(run: string, first: number, rows: number): Promise<Samples> {
  const tensors = readTensors(await getBytes(`/runs/${part(run)}/data`, { first, rows }));
  const [inputs, targets] = [floats(tensors, "inputs"), floats(tensors, "targets")];
  const [height, width] = tensors.arrays.get("inputs")?.shape ?? [0, 0];
  const wide = tensors.arrays.get("targets")?.shape[1] ?? 1;
  const samples = Array.from({ length: height ?? 0 }, (_, index): Sample => ({
    number: first + index,
    inputs: inputs?.subarray(index * (width ?? 0), (index + 1) * (width ?? 0)) ?? new Float32Array(),
    targets: targets?.subarray(index * wide, (index + 1) * wide) ?? new Float32Array(),
  }));
  return { samples, total: Number(tensors.about["rows"] ?? samples.length) };
}

export interface Reach {
  readonly low: number;
  readonly high: number;
}

/** How far the numbers of each column reach; null for others. */
export function reachOf(units: Units, samples: readonly Sample[]): (Reach | null)[] {
  const rows = samples.map(({ inputs }) => toUnits(units, inputs));
  return units.columns.map((column, index) => {
    const numbers = rows.map((row) => row[index]).filter((cell): cell is number => typeof cell === "number");
    if (column.kind !== "number" || numbers.length === 0) return null;
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    return low < high ? { low, high } : { low: low - 1, high: high + 1 };
  });
}

/** What stands in the fields before anybody has written: the first row, or nothing but zeros. */
export function firstCells(units: Units, samples: readonly Sample[]): Cell[] {
  const first = samples[0];
  if (first !== undefined) return toUnits(units, first.inputs);
  return units.columns.map(({ kind, values }) => (kind === "category" ? (values[0] ?? null) : kind === "truth" ? false : 0));
}
