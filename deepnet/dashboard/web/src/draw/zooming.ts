// Windows onto a matrix: nearer, farther, moved; always within it, and never empty.

import type { Cell, Shape, Window } from "./heatmap.ts";

export function whole({ rows, columns }: Shape): Window {
  return { row0: 0, row1: rows, column0: 0, column1: columns };
}

export function isWhole(window: Window, shape: Shape): boolean {
  return window.row0 === 0 && window.column0 === 0 && window.row1 >= shape.rows && window.column1 >= shape.columns;
}

/** Return *window* with what is beyond the matrix left out; all of it if nothing is left. */
export function within(window: Window, shape: Shape): Window {
  const [row0, row1] = [Math.max(0, window.row0), Math.min(shape.rows, window.row1)];
  const [column0, column1] = [Math.max(0, window.column0), Math.min(shape.columns, window.column1)];
  return row0 < row1 && column0 < column1 ? { row0, row1, column0, column1 } : whole(shape);
}

/** Return the window that is *factor* times as large (0.5: nearer), with *around* where it was in it. */
export function zoomed(window: Window, shape: Shape, around: Cell, factor: number): Window {
  const [row0, row1] = side(window.row0, window.row1, shape.rows, around.row, factor);
  const [column0, column1] = side(window.column0, window.column1, shape.columns, around.column, factor);
  return { row0, row1, column0, column1 };
}

function side(from: number, to: number, all: number, around: number, factor: number): [number, number] {
  const size = to - from;
  const next = Math.min(all, Math.max(1, factor < 1 ? Math.floor(size * factor) : Math.max(size + 1, Math.ceil(size * factor))));
  const share = size === 0 ? 0.5 : (Math.min(Math.max(around, from), to - 1) + 0.5 - from) / size;
  return placed(Math.round(around + 0.5 - share * next), next, all);
}

/** Return the window moved by so many rows and columns, as far as there are any. */
export function moved(window: Window, shape: Shape, rows: number, columns: number): Window {
  const [row0, row1] = placed(window.row0 + rows, window.row1 - window.row0, shape.rows);
  const [column0, column1] = placed(window.column0 + columns, window.column1 - window.column0, shape.columns);
  return { row0, row1, column0, column1 };
}

function placed(from: number, size: number, all: number): [number, number] {
  const first = Math.min(Math.max(0, from), all - size);
  return [first, first + size];
}

/** Return the window between two cells, both within it. */
export function between(one: Cell, other: Cell, block: Shape, shape: Shape): Window {
  return within(
    {
      row0: Math.min(one.row, other.row),
      row1: Math.max(one.row, other.row) + block.rows,
      column0: Math.min(one.column, other.column),
      column1: Math.max(one.column, other.column) + block.columns,
    },
    shape,
  );
}

/** A window as it stands in the address of the page. */
export function windowToText(window: Window): string {
  return [window.row0, window.row1, window.column0, window.column1].join(",");
}

/** The other way; all of the matrix where the text is none. */
export function windowFromText(text: string, shape: Shape): Window {
  const numbers = text.split(",").map(Number);
  if (numbers.length !== 4 || !numbers.every((number) => Number.isInteger(number) && number >= 0)) return whole(shape);
  const [row0 = 0, row1 = 0, column0 = 0, column1 = 0] = numbers;
  return within({ row0, row1, column0, column1 }, shape);
}
