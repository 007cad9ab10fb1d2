// Between the numbers that a network takes and the units of the table that it has learnt, as it keeps them in `about`.

import type { Network } from "../../api/types.ts";

export type Cell = number | boolean | string | null;

/** What a network is asked about, cell by cell. */
export interface Column {
  readonly name: string;
  readonly kind: "number" | "truth" | "category";
  readonly values: readonly string[];
}

interface Scaler {
  kind: "standard" | "minmax";
  mean?: number[];
  scale?: number[];
  low?: number[];
  high?: number[];
}

interface Facts {
  data: string;
  preparation: {
    encoder: { columns: { name: string; kind: Column["kind"]; values: string[] }[] } | null;
    scaler: Scaler | null;
  };
  features: string[];
  target: string;
  labels: string[];
  task: string;
}

/** How a network is asked, and in which words it answers. */
export interface Units {
  readonly columns: readonly Column[];
  /** Of the answer; "" where nobody knows. */
  readonly target: string;
  readonly labels: readonly string[];
  /** Whether the network reads cells by itself; else it takes bare numbers. */
  readonly named: boolean;
  readonly scaler: Scaler | null;
}

const DIGITS = 6;

/** Return how *network* is asked. */
export function unitsOf(network: Pick<Network, "about" | "layers">): Units {
  const facts = network.about["prediction"] as Facts | undefined;
  const inputs = network.layers[0]?.inputs ?? 0;
  if (facts === undefined) {
    const columns = Array.from({ length: inputs }, (_, index) => numbered(bareName(index, inputs)));
    return { columns, target: "", labels: [], named: false, scaler: null };
  }
  const { encoder, scaler } = facts.preparation;
  const columns = encoder === null ? facts.features.map(numbered) : encoder.columns;
  return { columns, target: facts.target, labels: facts.labels, named: true, scaler };
}

function numbered(name: string): Column {
  return { name, kind: "number", values: [] };
}

function bareName(index: number, inputs: number): string {
  return inputs === 2 ? (["x", "y"][index] ?? "") : String(index);
}

/** Return a row as it stood in the table. */
export function toUnits(units: Units, prepared: ArrayLike<number>): Cell[] {
  const at = (place: number) => unscaled(units.scaler, prepared[place] ?? 0, place);
  let place = 0;
  return units.columns.map((column): Cell => {
    if (column.kind === "category") {
      let best = 0;
      column.values.forEach((_, index) => (best = at(place + index) > at(place + best) ? index : best));
      place += column.values.length;
      return column.values[best] ?? null;
    }
    const value = at(place++);
    return column.kind === "truth" ? value > 0.5 : value;
  });
}

function unscaled(scaler: Scaler | null, value: number, place: number): number {
  if (scaler === null) return rounded(value);
  if (scaler.kind === "standard") return rounded(value * (scaler.scale?.[place] ?? 1) + (scaler.mean?.[place] ?? 0));
  const [low, high] = [scaler.low?.[place] ?? 0, scaler.high?.[place] ?? 1];
  return rounded(value * (high === low ? 1 : high - low) + low);
}

/** What 32 bits can tell, and no noise after it: 130, not 130.00000762939453. */
function rounded(value: number): number {
  const near = Number(value.toPrecision(DIGITS));
  return Math.abs(near) < 1e-6 ? 0 : near;
}

/** Return a row as the service takes it. */
export function asRecord(units: Units, cells: readonly Cell[]): Record<string, Cell> {
  return Object.fromEntries(units.columns.map((column, index) => [column.name, cells[index] ?? null]));
}

/** Whether the inputs are the points of a small picture: 8 by 8 of them. */
export function isPicture({ columns }: Units): boolean {
  return columns.length === 64 && columns.every(({ name, kind }) => kind === "number" && /^(pixel_?)?\d+$/.test(name));
}

/** What the target of a row is called: the name of a class, or numbers. */
export function targetName(units: Units, target: ArrayLike<number>): string {
  if (units.labels.length > 0) return units.labels[chosen(target)] ?? "";
  return Array.from(target, (value) => rounded(value)).join(", ");
}

/** Which class numbers mean: of one number the second from a half on, of several the largest. */
export function chosen(outputs: ArrayLike<number>): number {
  if (outputs.length === 1) return (outputs[0] ?? 0) > 0.5 ? 1 : 0;
  let best = 0;
  for (let index = 1; index < outputs.length; index++) if ((outputs[index] ?? 0) > (outputs[best] ?? 0)) best = index;
  return best;
}

/** Cells as they stand in the address of the page. */
export function cellsToText(cells: readonly Cell[]): string {
  return cells.map((cell) => (cell === null ? "" : encodeURIComponent(String(cell)))).join(",");
}

/** The other way; null if they are not for these columns. */
export function cellsFromText({ columns }: Units, text: string): Cell[] | null {
  const parts = text.split(",");
  if (text === "" || parts.length !== columns.length) return null;
  return columns.map((column, index) => cellOf(column, decoded(parts[index] ?? "")));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function cellOf(column: Column, text: string): Cell {
  if (text === "") return null;
  if (column.kind === "truth") return text === "true";
  if (column.kind === "category") return text;
  return Number.isFinite(Number(text)) ? Number(text) : null;
}
