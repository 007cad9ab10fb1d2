// A matrix of weights as cells: drawn from a tile, which may stand for more than it has cells, and looked into.

import { readable } from "./colours.ts";
import type { Palette } from "./palette.ts";
import { colourInto, step, type Scale } from "./scale.ts";
import { short } from "./words.ts";

/** A part of a matrix: rows (neurons) from row0 up to row1, columns (inputs) from column0 up to column1. */
export interface Window {
  readonly row0: number;
  readonly row1: number;
  readonly column0: number;
  readonly column1: number;
}

/** How many rows and columns a matrix has. */
export interface Shape {
  readonly rows: number;
  readonly columns: number;
}

export interface Cell {
  readonly row: number;
  readonly column: number;
}

export interface Tile {
  /** (rows, columns), line by line; each is the number of the largest size of its block. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly window: Window;
  /** How many rows and columns of the matrix one cell stands for. */
  readonly block: Shape;
}

/** Where a tile is drawn, and how large its cells are there. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Of all that is drawn, with what stands at the edges. */
  readonly width: number;
  readonly height: number;
}

/** Beside the tile: a bias for each of its rows, and a colour for rows that are marked. */
export interface Beside {
  readonly bias: Float32Array | null;
  readonly marks: ReadonlyMap<number, string>;
}

const LEFT = 46;
const TOP = 22;
const RIGHT = 8;
const LARGEST_CELL = 88;
const FLATTEST = 6;
/** Between the weights and the biases. */
export const BIAS_GAP = 10;
const LEAST_BIAS = 12;
const GAP_FROM = 5;
const NUMBERS_FROM: readonly [number, number] = [42, 20];

/** Lay a tile out in a room that is *width* wide and at most *height* high. */
export function layOutTile(tile: Pick<Tile, "rows" | "columns">, width: number, height: number, hasBias: boolean): Area {
  const room = Math.max(40, width - LEFT - RIGHT - (hasBias ? BIAS_GAP + LEAST_BIAS : 0));
  const across = Math.min(LARGEST_CELL, room / (tile.columns + (hasBias ? 1 : 0) * (tile.columns < 24 ? 1 : 0)));
  const down = Math.min(LARGEST_CELL * 0.5, (height - TOP) / tile.rows);
  const cellWidth = Math.min(across, Math.max(FLATTEST * down, 4));
  const cellHeight = Math.min(down, Math.max(FLATTEST * across, 10));
  return {
    left: LEFT,
    top: TOP,
    cellWidth,
    cellHeight,
    width: LEFT + tile.columns * cellWidth + (hasBias ? BIAS_GAP + biasWidth(cellWidth) : 0) + RIGHT,
    height: TOP + tile.rows * cellHeight + 2,
  };
}

function biasWidth(cellWidth: number): number {
  return Math.max(LEAST_BIAS, cellWidth);
}

/** Draws tiles; the small image that is drawn larger is kept from frame to frame. */
export class HeatMap {
  private image: HTMLCanvasElement | null = null;

  paint(context: CanvasRenderingContext2D, tile: Tile, area: Area, scale: Scale, beside: Beside, palette: Palette, font: string): void {
    const { rows, columns, values } = tile;
    const { left, top, cellWidth, cellHeight } = area;
    context.clearRect(0, 0, area.width, area.height);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.imageOf(values, columns, rows, scale, palette), left, top, columns * cellWidth, rows * cellHeight);
    const bias = beside.bias;
    const biasLeft = left + columns * cellWidth + BIAS_GAP;
    if (bias !== null) {
      for (let row = 0; row < rows; row++) {
        context.fillStyle = palette.diverging.css[step(scale, bias[row] ?? Number.NaN)] ?? palette.plate;
        context.fillRect(biasLeft, top + row * cellHeight, biasWidth(cellWidth), Math.ceil(cellHeight));
      }
    }
    if (Math.min(cellWidth, cellHeight) >= GAP_FROM) paintGaps(context, tile, area, bias !== null, palette.background);
    if (cellWidth >= NUMBERS_FROM[0] && cellHeight >= NUMBERS_FROM[1]) paintNumbers(context, tile, area, scale, bias, palette, font);
    paintEdges(context, tile, area, beside, palette, font);
  }

  private imageOf(values: Float32Array, width: number, height: number, scale: Scale, palette: Palette): HTMLCanvasElement {
    const canvas = (this.image ??= document.createElement("canvas"));
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    const data = context.createImageData(width, height);
    colourInto(new Uint32Array(data.data.buffer), values, width * height, scale, palette.diverging.words);
    context.putImageData(data, 0, 0);
    return canvas;
  }
}

function paintGaps(context: CanvasRenderingContext2D, tile: Tile, area: Area, hasBias: boolean, colour: string): void {
  const { left, top, cellWidth, cellHeight } = area;
  const [right, bottom] = [left + tile.columns * cellWidth, top + tile.rows * cellHeight];
  context.fillStyle = colour;
  for (let column = 1; column < tile.columns; column++) context.fillRect(left + column * cellWidth - 1, top, 1, bottom - top);
  const end = hasBias ? right + BIAS_GAP + biasWidth(cellWidth) : right;
  for (let row = 1; row < tile.rows; row++) context.fillRect(left, top + row * cellHeight - 1, end - left, 1);
}

function paintNumbers(
  context: CanvasRenderingContext2D, tile: Tile, area: Area, scale: Scale, bias: Float32Array | null, palette: Palette, font: string,
): void {
  const { left, top, cellWidth, cellHeight } = area;
  context.font = `11px ${font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const write = (value: number, x: number, y: number) => {
    const ground = palette.diverging.css[step(scale, value)] ?? palette.plate;
    context.fillStyle = readable(ground, "#10141a", "#ffffff");
    context.fillText(short(value), x, y);
  };
  for (let row = 0; row < tile.rows; row++) {
    const y = top + (row + 0.5) * cellHeight;
    for (let column = 0; column < tile.columns; column++) {
      write(tile.values[row * tile.columns + column] ?? Number.NaN, left + (column + 0.5) * cellWidth, y);
    }
    if (bias !== null) write(bias[row] ?? Number.NaN, left + tile.columns * cellWidth + BIAS_GAP + biasWidth(cellWidth) / 2, y);
  }
}

/** The numbers of rows and columns, as many as there is room for, and a dot beside rows that are marked. */
function paintEdges(context: CanvasRenderingContext2D, tile: Tile, area: Area, beside: Beside, palette: Palette, font: string): void {
  const { left, top, cellWidth, cellHeight } = area;
  context.font = `11px ${font}`;
  context.fillStyle = palette.muted;
  context.textBaseline = "middle";
  context.textAlign = "right";
  const down = every(18 / cellHeight);
  for (let row = 0; row < tile.rows; row += down) {
    context.fillText(String(tile.window.row0 + row * tile.block.rows), left - 12, top + (row + 0.5) * cellHeight);
  }
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  const across = every(34 / cellWidth);
  for (let column = 0; column < tile.columns; column += across) {
    context.fillText(String(tile.window.column0 + column * tile.block.columns), left + (column + 0.5) * cellWidth, top - 8);
  }
  if (beside.bias !== null) context.fillText("b", left + tile.columns * cellWidth + BIAS_GAP + biasWidth(cellWidth) / 2, top - 8);
  for (const [row, colour] of beside.marks) {
    const place = Math.floor((row - tile.window.row0) / tile.block.rows);
    if (row < tile.window.row0 || row >= tile.window.row1) continue;
    context.fillStyle = colour;
    context.beginPath();
    context.arc(left - 5, top + (place + 0.5) * cellHeight, Math.min(3.5, Math.max(2, cellHeight / 3)), 0, 2 * Math.PI);
    context.fill();
  }
}

/** Return the first of 1, 2, 5, 10 ... that is not below *least*. */
function every(least: number): number {
  for (let power = 1; ; power *= 10) for (const one of [1, 2, 5]) if (one * power >= least) return one * power;
}

/** Draw a frame around the cell of the tile in which *cell* of the matrix is. */
export function paintCursor(context: CanvasRenderingContext2D, tile: Tile, area: Area, cell: Cell, palette: Palette): void {
  const place = placeIn(tile, cell);
  if (place === null) return;
  const isBias = cell.column === BIAS;
  const x = isBias ? area.left + tile.columns * area.cellWidth + BIAS_GAP : area.left + place.column * area.cellWidth;
  const width = isBias ? biasWidth(area.cellWidth) : area.cellWidth;
  for (const [colour, line] of [[palette.background, 4], [palette.text, 2]] as const) {
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.strokeRect(x - 1, area.top + place.row * area.cellHeight - 1, width + 1, area.cellHeight + 1);
  }
}

/** Stands for the column of the biases. */
export const BIAS = -1;

/** Return the cell of a tile in which a cell of the matrix is; null if it is in none. */
export function placeIn(tile: Tile, { row, column }: Cell): Cell | null {
  const { window, block } = tile;
  if (row < window.row0 || row >= window.row1) return null;
  const line = Math.floor((row - window.row0) / block.rows);
  if (column === BIAS) return { row: line, column: BIAS };
  if (column < window.column0 || column >= window.column1) return null;
  return { row: line, column: Math.floor((column - window.column0) / block.columns) };
}

/** Return the cell of the matrix at a point of the picture, the first of its block; null beside all cells. */
export function cellAt(tile: Tile, area: Area, x: number, y: number, hasBias: boolean): Cell | null {
  const row = Math.floor((y - area.top) / area.cellHeight);
  if (row < 0 || row >= tile.rows) return null;
  const line = tile.window.row0 + row * tile.block.rows;
  const biasLeft = area.left + tile.columns * area.cellWidth + BIAS_GAP;
  if (hasBias && x >= biasLeft && x < biasLeft + biasWidth(area.cellWidth)) return { row: line, column: BIAS };
  const column = Math.floor((x - area.left) / area.cellWidth);
  if (column < 0 || column >= tile.columns) return null;
  return { row: line, column: tile.window.column0 + column * tile.block.columns };
}

/** Return the number that a tile has for a cell of the matrix; undefined if it is in none of its cells. */
export function valueAt(tile: Tile, bias: Float32Array | null, cell: Cell): number | undefined {
  const place = placeIn(tile, cell);
  if (place === null) return undefined;
  return place.column === BIAS ? bias?.[place.row] : tile.values[place.row * tile.columns + place.column];
}
