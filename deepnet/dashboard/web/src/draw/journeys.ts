// Where on the picture a message travels: from whom to whom, with which numbers.

import { bend, curveOf, type Curve } from "./edges.ts";
import { blockOf, centre, type Block, type Layout } from "./layout.ts";
import { INPUTS, placeOf, type Model, type Place } from "./model.ts";
import { titleAt } from "./titles.ts";
import { short } from "./words.ts";

/** A message that was handled; `text` has its numbers. */
export interface Told {
  readonly number: number;
  readonly sender: string;
  readonly receiver: string;
  readonly kind: string;
  readonly text: string;
}

export interface Journey {
  readonly curve: Curve;
  /** What stands beside the dot; "" for nothing. */
  readonly label: string;
}

export interface Travel {
  /** Whether it is of the way back. */
  readonly back: boolean;
  readonly journeys: readonly Journey[];
  /** Who is told. */
  readonly neurons: readonly Place[];
  readonly layers: readonly number[];
}

/** So many dots at most are on their way at once, and so many of them with a number. */
const MOST_DOTS = 60;
const MOST_LABELS = 12;
const HOP = 44;

interface Ground {
  readonly model: Model;
  readonly layout: Layout;
}

/** Return where *message* goes. What is on no edge, as a word of the trainer to a layer, only lights who is told. */
export function travelOf(ground: Ground, message: Told): Travel {
  const { model } = ground;
  const layer = layerOf(model, message.receiver);
  const neuron = placeOf(model, message.receiver);
  const numbers = numbersIn(message.text);
  switch (message.kind) {
    case "Forward":
      return way(false, layer, hops(ground, layer - 1, numbers, false, ports(ground, layer - 1)));
    case "Predicted":
      return way(false, model.layers.length, hops(ground, model.layers.length - 1, numbers, false, HOP));
    case "Backward":
      return way(true, layer, hops(ground, layer, numbers, true, ports(ground, layer)));
    case "Activate":
      return to(false, neuron, neuron === null ? [] : fanIn(ground, neuron, numbers));
    case "Correct":
      return to(true, neuron, neuron === null ? [] : fanBack(ground, neuron, numbers[0]));
    case "Answer":
      return answer(ground, message);
    default:
      return neuron === null ? way(true, layer, []) : to(true, neuron, []);
  }
}

function way(back: boolean, layer: number, journeys: readonly Journey[]): Travel {
  return { back, journeys, neurons: [], layers: layer < 0 ? [] : [layer] };
}

function to(back: boolean, neuron: Place | null, journeys: readonly Journey[]): Travel {
  return { back, journeys, neurons: neuron === null ? [] : [neuron], layers: [] };
}

function layerOf(model: Model, address: string): number {
  return model.layers.findIndex((layer) => layer.address === address.split("/")[0]);
}

/** Return the numbers of the first row that *text* tells. */
export function numbersIn(text: string): number[] {
  const said = text.split("  ").slice(1).join("  ").split(";")[0] ?? "";
  const after = said.slice(Math.max(said.lastIndexOf("="), said.indexOf(":")) + 1);
  return [...after.matchAll(/-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|inf|nan)/g)].map(([word]) =>
    word.endsWith("inf") ? (word.startsWith("-") ? -Infinity : Infinity) : Number(word),
  );
}

/** Return which of *count* are shown: all, or some at even distances. */
export function few(count: number, most = MOST_DOTS): number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: most }, (_, place) => Math.floor((place * count) / most));
}

function labelled(index: number, count: number, numbers: readonly number[]): string {
  return count <= MOST_LABELS && numbers[index] !== undefined ? short(numbers[index]) : "";
}

/** How far it is from a layer to just before the next one. */
function ports({ layout }: Ground, layer: number): number {
  const [block, next] = [blockOf(layout, layer), blockOf(layout, layer + 1)];
  if (block === undefined || next === undefined) return HOP;
  const gap = layout.stacked ? next.y - block.y - block.height : next.x - block.x - block.width;
  return gap * 0.8;
}

/** From each place of a layer straight on; on the way back, from there to it. */
function hops(ground: Ground, layer: number, numbers: readonly number[], back: boolean, length: number): Journey[] {
  const block = blockOf(ground.layout, layer);
  if (block === undefined) return [];
  return few(block.count).map((index) => {
    const [x, y] = centre(block, index);
    const [endX, endY] = beyond(ground.layout, block, x, y, length);
    const { stacked } = ground.layout;
    const curve = back ? bend(stacked, endX, endY, x, y) : bend(stacked, x, y, endX, endY);
    return { curve, label: labelled(index, block.count, numbers) };
  });
}

function beyond({ stacked }: Layout, block: Block, x: number, y: number, length: number): [number, number] {
  return stacked ? [x, block.y + block.height + length] : [block.x + block.width + length, y];
}

function fanIn(ground: Ground, neuron: Place, numbers: readonly number[]): Journey[] {
  const block = blockOf(ground.layout, neuron.layer - 1);
  if (block === undefined) return [];
  return few(block.count).flatMap((index) => {
    const curve = curveOf(ground.layout, { layer: block.layer, index }, neuron);
    return curve === null ? [] : [{ curve, label: labelled(index, block.count, numbers) }];
  });
}

/** What is wrong comes from all who had been told: from the next layer, or from the trainer. */
function fanBack(ground: Ground, neuron: Place, error: number | undefined): Journey[] {
  const [block, next] = [blockOf(ground.layout, neuron.layer), blockOf(ground.layout, neuron.layer + 1)];
  if (block === undefined) return [];
  const label = error === undefined ? "" : short(error);
  if (next === undefined) {
    const [x, y] = centre(block, neuron.index);
    const [endX, endY] = beyond(ground.layout, block, x, y, HOP);
    return [{ curve: bend(ground.layout.stacked, endX, endY, x, y), label }];
  }
  const all = few(next.count);
  return all.flatMap((index, place) => {
    const curve = curveOf(ground.layout, { layer: next.layer, index }, neuron);
    return curve === null ? [] : [{ curve, label: place === all.length >> 1 ? label : "" }];
  });
}

/** A neuron answers its layer. */
function answer(ground: Ground, message: Told): Travel {
  const neuron = placeOf(ground.model, message.sender);
  const back = !/\bz = /.test(message.text);
  const block = neuron === null ? undefined : blockOf(ground.layout, neuron.layer);
  if (neuron === null || neuron.layer === INPUTS || block === undefined) return to(back, null, []);
  const [x, y] = centre(block, neuron.index);
  const [titleX, titleY] = titleAt(ground, block);
  // Round the neurons above it.
  const out = ground.layout.stacked ? 0 : block.pitch * 0.62;
  const curve: Curve = [x, y, x + out, y - 12, titleX + out, titleY + 30, titleX, titleY];
  const found = /\b(a|delta) = (-?[\d.e+-]+)/.exec(message.text) ?? /\b(z) = (-?[\d.e+-]+)/.exec(message.text);
  const label = found === null ? "" : `${found[1] === "delta" ? "δ" : found[1]} = ${short(Number(found[2]))}`;
  return { back, journeys: [{ curve, label }], neurons: [neuron], layers: [neuron.layer] };
}
