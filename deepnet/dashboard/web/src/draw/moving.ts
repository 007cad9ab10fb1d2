// From one neuron to the next with the arrow keys.

import { blockOf, centre, type Block, type Layout } from "./layout.ts";
import { same, type Place } from "./model.ts";

export type Key = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End" | "PageUp" | "PageDown";

const WAYS: Partial<Record<Key, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function isKey(key: string): key is Key {
  return key in WAYS || ["Home", "End", "PageUp", "PageDown"].includes(key);
}

/** Return where *key* leads from *place*; to the first neuron from nowhere. It stays where there is no way. */
export function move(layout: Layout, place: Place | null, key: Key): Place {
  if (place === null) return { layer: layout.blocks.length > 1 ? 0 : -1, index: 0 };
  const block = blockOf(layout, place.layer);
  if (block === undefined) return { layer: 0, index: 0 };
  if (key === "Home") return { layer: place.layer, index: 0 };
  if (key === "End") return { layer: place.layer, index: block.count - 1 };
  if (key === "PageUp") return toLayer(layout, block, place, -1);
  if (key === "PageDown") return toLayer(layout, block, place, 1);
  const [right, down] = WAYS[key] ?? [0, 0];
  const inside = within(block, place.index, right, down);
  if (inside !== null) return { layer: place.layer, index: inside };
  const along = layout.stacked ? down : right;
  return along === 0 ? place : toLayer(layout, block, place, along);
}

function within(block: Block, index: number, right: number, down: number): number | null {
  const cell = Math.floor(index / block.per);
  const cells = Math.ceil(block.count / block.per);
  const column = (cell % block.across) + right;
  if (column < 0 || column >= block.across) return null;
  const next = cell + right + down * block.across;
  if (next >= 0 && next < cells) return next * block.per;
  const lines = Math.ceil(cells / block.across);
  const line = Math.floor(cell / block.across);
  // Below the end of the last line that is not full: to its end.
  return down > 0 && line < lines - 1 ? (cells - 1) * block.per : null;
}

/** To the neuron of the next layer that is at the same height (or, with layers below each other, as far right). */
function toLayer(layout: Layout, block: Block, place: Place, by: number): Place {
  const next = blockOf(layout, block.layer + by);
  if (next === undefined || next.count === 0) return place;
  const [x, y] = centre(block, place.index);
  const column = by > 0 ? 0 : next.across - 1;
  const line = by > 0 ? 0 : Math.ceil(next.count / next.per / next.across) - 1;
  const cell = layout.stacked
    ? line * next.across + clamp(Math.floor((x - next.x) / next.pitch), next.across)
    : clamp(Math.floor((y - next.y) / next.pitch), Math.ceil(next.count / next.per / next.across)) * next.across +
      column;
  return { layer: next.layer, index: Math.min(cell * next.per, next.count - 1) };
}

function clamp(value: number, count: number): number {
  return Math.min(Math.max(value, 0), count - 1);
}

/** Return whether *key* would lead anywhere. */
export function leads(layout: Layout, place: Place | null, key: Key): boolean {
  return !same(move(layout, place, key), place);
}
