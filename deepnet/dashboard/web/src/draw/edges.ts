// Connections: as wide as their weights are large, and coloured by sign.

import { faded } from "./colours.ts";
import { blockOf, centre, type Layout } from "./layout.ts";
import { INPUTS, same, type Model, type Place } from "./model.ts";
import { threshold } from "./pooling.ts";
import type { Figures, Scene, Strand } from "./scene.ts";

/** More than these nobody can tell apart. */
export const MOST_STRANDS = 1500;

/** Return the strongest connections of *weights* ((neurons, inputs) of each layer), weak ones first. */
export function strandsOf(model: Model, weights: Figures, most = MOST_STRANDS): Strand[] {
  const least = threshold(weights, most);
  const strands: Strand[] = [];
  for (const [layer, { inputs }] of model.layers.entries()) {
    const matrix = weights[layer];
    for (let place = 0; matrix !== undefined && place < matrix.length; place++) {
      const weight = matrix[place] ?? 0;
      if (!(Math.abs(weight) >= least)) continue;
      const index = Math.floor(place / inputs);
      strands.push({ from: { layer: layer - 1, index: place % inputs }, to: { layer, index }, weight });
    }
  }
  return strands.sort((one, other) => Math.abs(one.weight) - Math.abs(other.weight));
}

export function touches(strand: Strand, place: Place): boolean {
  return same(strand.from, place) || same(strand.to, place);
}

export type Curve = readonly [
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  x3: number,
  y3: number,
];

/** Return the line between two places; null if one is nowhere. */
export function curveOf(layout: Layout, from: Place, to: Place): Curve | null {
  const [source, target] = [blockOf(layout, from.layer), blockOf(layout, to.layer)];
  if (source === undefined || target === undefined) return null;
  const [x0, y0] = centre(source, from.index);
  const [x3, y3] = centre(target, to.index);
  return bend(layout.stacked, x0, y0, x3, y3);
}

/** Return a line from one point to another that begins and ends along the way that layers follow each other. */
export function bend(stacked: boolean, x0: number, y0: number, x3: number, y3: number): Curve {
  const [half, mid] = [(x0 + x3) / 2, (y0 + y3) / 2];
  return stacked ? [x0, y0, x0, mid, x3, mid, x3, y3] : [x0, y0, half, y0, half, y3, x3, y3];
}

/** Return the point at *share* of the way along a line. */
export function along([x0, y0, x1, y1, x2, y2, x3, y3]: Curve, share: number): [number, number] {
  const rest = 1 - share;
  const [a, b, c, d] = [rest ** 3, 3 * rest * rest * share, 3 * rest * share * share, share ** 3];
  return [a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3];
}

/** Draw *strands*, which are some of *among*; *strength* 1 is as bold as it gets. */
export function paintStrands(
  context: CanvasRenderingContext2D,
  scene: Scene,
  strands: readonly Strand[],
  strength: number,
  among = strands.length,
): void {
  const { palette, layout } = scene;
  // The more lines there are on top of each other, the lighter each of them.
  const thin = Math.min(1, Math.max(0.34, Math.sqrt(220 / Math.max(1, among))));
  let style = "";
  for (const { from, to, weight } of strands) {
    const curve = curveOf(layout, from, to);
    if (curve === null) continue;
    const share = Math.min(Math.abs(weight) / scene.bold, 1);
    // In few steps, for setting a style costs more than drawing with it.
    const level = Math.round(share * 12) / 12;
    const next = `${weight < 0 ? "-" : "+"}${level}`;
    if (next !== style) {
      style = next;
      const opacity = (palette.dark ? 0.2 : 0.17) + 0.7 * level ** 0.8;
      context.strokeStyle = faded(weight < 0 ? palette.negative : palette.positive, opacity * strength * thin);
      context.lineWidth = widthOf(level, thin);
    }
    context.beginPath();
    context.moveTo(curve[0], curve[1]);
    context.bezierCurveTo(curve[2], curve[3], curve[4], curve[5], curve[6], curve[7]);
    context.stroke();
  }
}

/** Of many lines most are as thin as a pixel: browsers draw those many times faster, and opacity tells them apart. */
function widthOf(level: number, thin: number): number {
  return thin === 1 ? 0.5 + 4 * level : level < 0.6 ? 1 : 1 + 7 * (level - 0.6) * thin;
}

/** Return the connections of one neuron among *strands*. */
export function ofNeuron(strands: readonly Strand[], place: Place | null): Strand[] {
  return place === null ? [] : strands.filter((strand) => touches(strand, place));
}

/** Return the connections that *weights* (of all inputs of a neuron, and of the next layer to it) stand for. */
export function fan(place: Place, into: ArrayLike<number>, out: ArrayLike<number>, most: number): Strand[] {
  const strands: Strand[] = [];
  for (let index = 0; place.layer !== INPUTS && index < into.length; index++) {
    strands.push({ from: { layer: place.layer - 1, index }, to: place, weight: into[index] ?? 0 });
  }
  for (let index = 0; index < out.length; index++) {
    strands.push({ from: place, to: { layer: place.layer + 1, index }, weight: out[index] ?? 0 });
  }
  const known = strands.filter(({ weight }) => Number.isFinite(weight));
  return known.sort((one, other) => Math.abs(one.weight) - Math.abs(other.weight)).slice(-most);
}
