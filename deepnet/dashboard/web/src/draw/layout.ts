// Where everything is: layers beside each other, or below each other where there is little room.

import { INPUTS, neurons, size, type Model, type Place } from "./model.ts";

/** One layer, or the inputs, as a little table of places: line by line, *across* in each. */
export interface Block {
  readonly layer: number;
  readonly count: number;
  readonly kind: "nodes" | "cells";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly across: number;
  /** From one place to the next, in pixels. */
  readonly pitch: number;
  /** How far a node reaches from its centre. */
  readonly radius: number;
  /** Neurons that share a cell; 1 unless there are more of them than pixels. */
  readonly per: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Whether the layers are below each other. */
  readonly stacked: boolean;
  /** Whether neurons are nodes with edges. */
  readonly detailed: boolean;
  /** The inputs, then the layers. */
  readonly blocks: readonly Block[];
}

/** From here on neurons are cells. */
export const MOST_NODES = 200;
/** From here on inputs are cells. */
export const MOST_INPUTS = 24;
/** Narrower than this, layers are below each other. */
export const STACKED_BELOW = 600;

const TITLE = 46;
const FOOT = 34;
const SIDE = 64;
const NARROW_SIDE = 14;
const STACKED_TITLE = 30;
const STACKED_GAP = 44;
/** How high a layer of cells is at most. */
const STACKED_CELLS = 260;
const LEAST_GAP = 46;
/** Cells have no numbers beside them. */
const CELL_SIDE = 14;
const CELL_GAP = 34;

/** Return where the blocks of *model* are on a picture of *width*, at most about *height* high. */
export function layOut(model: Model, width: number, height: number): Layout {
  const detailed = neurons(model) <= MOST_NODES;
  const stacked = width < STACKED_BELOW;
  const counts = [INPUTS, ...model.layers.keys()].map((layer) => ({ layer, count: size(model, layer) }));
  const make = stacked ? stack : spread;
  return make(counts, detailed, width, height);
}

interface Counted {
  readonly layer: number;
  readonly count: number;
}

type Shape = Omit<Block, "x" | "y">;

function isCells({ layer, count }: Counted, detailed: boolean): boolean {
  return !detailed || (layer === INPUTS && count > MOST_INPUTS);
}

function shape(counted: Counted, kind: Block["kind"], across: number, pitch: number, per = 1): Shape {
  const places = Math.ceil(counted.count / per);
  const lines = Math.ceil(places / across);
  const radius = kind === "nodes" ? Math.min(26, pitch * 0.38) : pitch / 2;
  return { ...counted, kind, across, pitch, radius, per, width: across * pitch, height: lines * pitch };
}

function square(count: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(count)));
}

function spread(counts: readonly Counted[], detailed: boolean, width: number, height: number): Layout {
  const room = height - TITLE - FOOT;
  const [side, least] = detailed ? [SIDE, LEAST_GAP] : [CELL_SIDE, CELL_GAP];
  const gaps = (counts.length - 1) * least + 2 * side;
  const shapes = detailed ? nodeShapes(counts, width - gaps, room) : cellShapes(counts, width - gaps, room);
  const taken = shapes.reduce((sum, one) => sum + one.width, 0);
  const total = Math.max(width, Math.ceil(taken + gaps));
  const gap = Math.min((total - taken - 2 * side) / Math.max(counts.length - 1, 1), detailed ? 300 : 200);
  const tallest = Math.max(...shapes.map((one) => one.height));
  const high = Math.min(height, Math.ceil(tallest + TITLE + FOOT));
  let x = (total - taken - gap * (counts.length - 1)) / 2;
  const blocks = shapes.map((one) => {
    const block = { ...one, x: Math.round(x), y: Math.round(TITLE + (high - TITLE - FOOT - one.height) / 2) };
    x += one.width + gap;
    return block;
  });
  return { width: total, height: high, stacked: false, detailed, blocks };
}

/** Nodes of one size everywhere: the largest with which all have room, in several columns where one is not enough. */
function nodeShapes(counts: readonly Counted[], width: number, height: number): Shape[] {
  const atPitch = (pitch: number) =>
    counts.map((counted) => {
      if (isCells(counted, true)) return inputCells(counted, Math.min(width * 0.22, 224), Math.min(height, 320));
      const most = Math.max(1, Math.floor(height / pitch));
      const across = Math.ceil(counted.count / most);
      return shape(counted, "nodes", across, pitch);
    });
  for (const pitch of [112, 104, 96, 88, 80, 74, 68, 60, 52, 46, 40, 34, 30, 26, 22, 18, 15]) {
    const shapes = atPitch(pitch);
    const wide = shapes.reduce((sum, one) => sum + one.width, 0);
    const columns = Math.max(...shapes.map((one) => (one.kind === "nodes" ? one.across : 1)));
    if (wide <= width && (columns === 1 || pitch <= 26)) return shapes;
  }
  return atPitch(12);
}

function inputCells(counted: Counted, width: number, height: number): Shape {
  const across = square(counted.count);
  const lines = Math.ceil(counted.count / across);
  const pitch = Math.max(2, Math.min(18, Math.floor(width / across), Math.floor(height / lines)));
  return shape(counted, "cells", across, pitch);
}

/** Cells of one size, whole pixels; blocks as square as the room allows. */
function cellShapes(counts: readonly Counted[], width: number, height: number): Shape[] {
  for (let pitch = 22; pitch >= 1; pitch--) {
    const most = Math.max(1, Math.floor(height / pitch));
    const least = counts.map(({ count }) => Math.ceil(count / most) * pitch);
    const taken = least.reduce((sum, one) => sum + one, 0);
    if (taken > width && pitch > 1) continue;
    if (taken > width) return pooledShapes(counts, width, height);
    return widened(counts, least, width - taken, pitch);
  }
  return [];
}

/** Spend the room that is left on making blocks square: those that need little get it, the others the same each. */
function widened(counts: readonly Counted[], least: readonly number[], left: number, pitch: number): Shape[] {
  const widths = [...least];
  const needs = counts.map(({ count }, place) => ({
    place,
    need: Math.max(0, square(count) * pitch - (least[place] ?? 0)),
  }));
  needs.sort((one, other) => one.need - other.need);
  for (const [order, { place, need }] of needs.entries()) {
    const more = Math.min(need, Math.floor(left / (needs.length - order) / pitch) * pitch);
    widths[place] = (widths[place] ?? 0) + more;
    left -= more;
  }
  return counts.map((counted, place) =>
    shape(counted, "cells", Math.max(1, Math.round((widths[place] ?? 0) / pitch)), pitch),
  );
}

function pooledShapes(counts: readonly Counted[], width: number, height: number): Shape[] {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const per = Math.ceil((total * 4) / Math.max(1, width * height * 0.8));
  const most = Math.max(1, Math.floor(height / 2));
  return counts.map((counted) => {
    const cells = Math.ceil(counted.count / per);
    return shape(counted, "cells", Math.max(square(cells), Math.ceil(cells / most)), 2, per);
  });
}

function stack(counts: readonly Counted[], detailed: boolean, width: number): Layout {
  const room = width - 2 * NARROW_SIDE;
  const widest = Math.max(...counts.filter((one) => !isCells(one, detailed)).map(({ count }) => count), 1);
  const pitch = Math.min(84, Math.max(26, Math.floor(room / widest)));
  let y = 4;
  const blocks = counts.map((counted) => {
    const one = stackedShape(counted, detailed, room, pitch);
    y += STACKED_TITLE;
    const block = { ...one, x: Math.round((width - one.width) / 2), y: Math.round(y) };
    y += one.height + STACKED_GAP;
    return block;
  });
  return { width, height: Math.ceil(y - STACKED_GAP + FOOT), stacked: true, detailed, blocks };
}

function stackedShape(counted: Counted, detailed: boolean, room: number, pitch: number): Shape {
  const { count } = counted;
  if (isCells(counted, detailed)) return stackedCells(counted, room);
  const most = Math.max(1, Math.floor(room / pitch));
  const lines = Math.ceil(count / most);
  return shape(counted, "nodes", Math.ceil(count / lines), pitch);
}

/** Cells across the whole width; what may be a square image stays one. */
function stackedCells(counted: Counted, room: number): Shape {
  const { count } = counted;
  const side = square(count);
  if (counted.layer === INPUTS && side * side === count && side * 2 <= room) {
    return shape(counted, "cells", side, Math.min(16, Math.floor(Math.min(room, STACKED_CELLS) / side)));
  }
  for (let pitch = 16; pitch >= 2; pitch--) {
    const across = Math.min(count, Math.floor(room / pitch));
    if (Math.ceil(count / across) * pitch <= STACKED_CELLS || pitch === 2) {
      const lines = Math.floor(STACKED_CELLS / pitch);
      const per = pitch === 2 ? Math.max(1, Math.ceil(count / (across * lines * 2))) : 1;
      return shape(counted, "cells", Math.min(across, Math.ceil(count / per)), pitch, per);
    }
  }
  return shape(counted, "cells", side, 2);
}

/** Return the block of a layer. */
export function blockOf(layout: Layout, layer: number): Block | undefined {
  return layout.blocks[layer + 1];
}

/** Return the centre of a place, in pixels; a last line that is not full is in the middle where it is one of nodes. */
export function centre(block: Block, index: number): [number, number] {
  const place = Math.floor(index / block.per);
  const line = Math.floor(place / block.across);
  const left = block.x + shift(block, line);
  return [left + ((place % block.across) + 0.5) * block.pitch, block.y + (line + 0.5) * block.pitch];
}

function shift(block: Block, line: number): number {
  if (block.kind === "cells") return 0;
  const inLine = Math.min(block.across, Math.ceil(block.count / block.per) - line * block.across);
  return ((block.across - inLine) * block.pitch) / 2;
}

/** Return what is at a point of the picture, null if nothing is; of a cell for several, the first. */
export function hit(layout: Layout, x: number, y: number): Place | null {
  for (const block of layout.blocks) {
    if (x < block.x || y < block.y || x >= block.x + block.width || y >= block.y + block.height) continue;
    const line = Math.floor((y - block.y) / block.pitch);
    const column = Math.floor((x - block.x - shift(block, line)) / block.pitch);
    const index = (line * block.across + column) * block.per;
    if (column < 0 || column >= block.across || index >= block.count) return null;
    return { layer: block.layer, index };
  }
  return null;
}
