import assert from "node:assert/strict";
import { test } from "node:test";
import { BIAS, cellAt, layOutTile, placeIn, type Tile, valueAt } from "../src/draw/heatmap.ts";
import { between, isWhole, moved, whole, windowFromText, windowToText, zoomed } from "../src/draw/zooming.ts";
import { largest, pooledBias, toldOf } from "../src/screens/weights/tile.ts";

const shape = { rows: 100, columns: 40 };
const tile: Tile = {
  values: Float32Array.from([1, -5, 2, 0, 3, -4]),
  rows: 2,
  columns: 3,
  window: { row0: 10, row1: 14, column0: 20, column1: 29 },
  block: { rows: 2, columns: 3 },
};

test("a cell of the matrix is found in its block, and nothing beyond the window is", () => {
  assert.deepEqual(placeIn(tile, { row: 13, column: 28 }), { row: 1, column: 2 });
  assert.deepEqual(placeIn(tile, { row: 12, column: BIAS }), { row: 1, column: BIAS });
  assert.equal(placeIn(tile, { row: 14, column: 20 }), null);
  assert.equal(valueAt(tile, null, { row: 11, column: 25 }), -5);
  assert.equal(valueAt(tile, Float32Array.from([7, 8]), { row: 12, column: BIAS }), 8);
});

test("the point in the middle of each cell is in that cell", () => {
  const area = layOutTile(tile, 600, 400, true);
  for (let row = 0; row < tile.rows; row++) {
    for (let column = 0; column < tile.columns; column++) {
      const [x, y] = [area.left + (column + 0.5) * area.cellWidth, area.top + (row + 0.5) * area.cellHeight];
      const cell = cellAt(tile, area, x, y, true);
      assert.deepEqual(cell, { row: 10 + 2 * row, column: 20 + 3 * column });
    }
  }
  assert.equal(cellAt(tile, area, 0, area.top + 1, true), null);
  assert.equal(cellAt(tile, area, area.width - 12, area.top + 1, true)?.column, BIAS);
  assert.equal(cellAt(tile, area, area.width - 12, area.top + 1, false), null);
});

test("a picture keeps to its room, however large or thin the matrix is", () => {
  for (const [rows, columns] of [[1, 1], [256, 256], [1, 256], [256, 1], [3, 64]] as const) {
    for (const hasBias of [true, false]) {
      const area = layOutTile({ rows, columns }, 360, 520, hasBias);
      assert.ok(area.width <= 361 && area.height <= 523, `${rows} ${columns}: ${area.width} ${area.height}`);
      assert.ok(area.cellWidth > 0 && area.cellHeight > 0);
    }
  }
});

test("going nearer halves the window about a cell, and farther ends at all there is", () => {
  const near = zoomed(whole(shape), shape, { row: 50, column: 0 }, 0.5);
  assert.deepEqual([near.row1 - near.row0, near.column0, near.column1], [50, 0, 20]);
  assert.ok(near.row0 <= 50 && near.row1 > 50);
  let window = whole(shape);
  for (let turn = 0; turn < 12; turn++) window = zoomed(window, shape, { row: 33, column: 39 }, 0.5);
  assert.deepEqual(window, { row0: 33, row1: 34, column0: 39, column1: 40 });
  for (let turn = 0; turn < 12; turn++) window = zoomed(window, shape, { row: 33, column: 39 }, 2);
  assert.equal(isWhole(window, shape), true);
});

test("windows stay within the matrix", () => {
  assert.deepEqual(moved({ row0: 0, row1: 10, column0: 30, column1: 40 }, shape, -5, 5), { row0: 0, row1: 10, column0: 30, column1: 40 });
  assert.deepEqual(between({ row: 14, column: 29 }, { row: 10, column: 20 }, { rows: 2, columns: 3 }, shape), { row0: 10, row1: 16, column0: 20, column1: 32 });
  const text = windowToText({ row0: 1, row1: 5, column0: 2, column1: 9 });
  assert.deepEqual(windowFromText(text, shape), { row0: 1, row1: 5, column0: 2, column1: 9 });
  for (const wrong of ["", "1,2,3", "a,b,c,d", "200,300,0,5", "5,5,0,1"]) assert.deepEqual(windowFromText(wrong, shape), whole(shape));
});

test("the largest are told first, and where they are", () => {
  assert.deepEqual(largest(tile, 2), [{ row: 10, column: 23, value: -5 }, { row: 12, column: 26, value: -4 }]);
  assert.equal(largest(tile, 10).length, 5);
});

test("of the biases of a block the one of the largest size is taken", () => {
  const bias = Float32Array.from({ length: 14 }, (_, index) => (index === 11 ? -9 : index / 10));
  assert.deepEqual([...pooledBias(bias, tile.window, 2)].map((value) => Number(value.toFixed(2))), [-9, 1.3]);
});

test("a tile is read with all that is said of it, also what is not finite", () => {
  const about = {
    address: "dense_0", step: "7", epoch: "1", rows: "4", columns: "6", window: "0,4,0,6", block: "2,2",
    min: "-inf", max: "2.5", mean: "nan", norm: "inf", against: "3",
  };
  const arrays = new Map([
    ["tile", { shape: [2, 3], data: new Float32Array(6) }],
    ["histogram", { shape: [64], data: new Int32Array(64) }],
    ["edges", { shape: [65], data: new Float32Array(65) }],
  ]);
  const told = toldOf({ arrays, about });
  assert.deepEqual([told?.tile.rows, told?.tile.columns, told?.shape, told?.against], [2, 3, { rows: 4, columns: 6 }, 3]);
  assert.deepEqual([told?.low, told?.high, told?.norm], [-Infinity, 2.5, Infinity]);
  assert.equal(Number.isNaN(told?.mean), true);
  assert.equal(toldOf({ arrays: new Map(), about }), null);
});
