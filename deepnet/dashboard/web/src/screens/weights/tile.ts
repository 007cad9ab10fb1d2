// What the service tells of the weights of a layer, as the page takes it.

import { floats, type Tensors } from "../../api/safetensors.ts";
import type { Cell, Shape, Tile, Window } from "../../draw/heatmap.ts";

export interface Told {
  readonly tile: Tile;
  readonly shape: Shape;
  readonly address: string;
  readonly step: number;
  /** The step since which it is the change; null for the weights themselves. */
  readonly against: number | null;
  readonly histogram: Int32Array;
  readonly edges: Float32Array;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  readonly norm: number;
}

/** Return what a frame, or an answer, holds; null if it is none of a tile. */
export function toldOf(tensors: Tensors): Told | null {
  const { about, arrays } = tensors;
  const [rows = 0, columns = 0] = arrays.get("tile")?.shape ?? [];
  const [values, histogram, edges] = [floats(tensors, "tile"), arrays.get("histogram")?.data, floats(tensors, "edges")];
  const window = about["window"]?.split(",").map(Number);
  const block = about["block"]?.split(",").map(Number);
  if (values === undefined || !(histogram instanceof Int32Array) || edges === undefined || !window || !block) return null;
  const [row0 = 0, row1 = 0, column0 = 0, column1 = 0] = window;
  return {
    tile: { values, rows, columns, window: { row0, row1, column0, column1 }, block: { rows: block[0] ?? 1, columns: block[1] ?? 1 } },
    shape: { rows: Number(about["rows"]), columns: Number(about["columns"]) },
    address: about["address"] ?? "",
    step: Number(about["step"]),
    against: about["against"] === undefined ? null : Number(about["against"]),
    histogram,
    edges,
    low: number(about["min"]),
    high: number(about["max"]),
    mean: number(about["mean"]),
    norm: number(about["norm"]),
  };
}

/** Python writes inf where a browser wants Infinity. */
function number(text: string | undefined): number {
  return Number((text ?? "nan").replace("inf", "Infinity").replace("nan", "NaN"));
}

/** Return the bias of the largest size of each row of a tile. */
export function pooledBias(bias: Float32Array, window: Window, per: number): Float32Array {
  const found = new Float32Array(Math.ceil((window.row1 - window.row0) / per)).fill(Number.NaN);
  for (let row = window.row0; row < Math.min(window.row1, bias.length); row++) {
    const place = Math.floor((row - window.row0) / per);
    const [before, value] = [found[place] ?? Number.NaN, bias[row] ?? Number.NaN];
    if (value === value && (before !== before || Math.abs(value) > Math.abs(before))) found[place] = value;
  }
  return found;
}

/** What there is at a cell of the tile, and where that is in the matrix. */
export interface Large extends Cell {
  readonly value: number;
}

/** Return the cells of largest size, largest first. */
export function largest(tile: Tile, count: number): Large[] {
  const places = Array.from(tile.values.keys()).filter((index) => Number.isFinite(tile.values[index]) && tile.values[index] !== 0);
  places.sort((one, other) => Math.abs(tile.values[other] ?? 0) - Math.abs(tile.values[one] ?? 0));
  return places.slice(0, count).map((index) => ({
    row: tile.window.row0 + Math.floor(index / tile.columns) * tile.block.rows,
    column: tile.window.column0 + (index % tile.columns) * tile.block.columns,
    value: tile.values[index] ?? 0,
  }));
}
