// The large picture of one neuron's surface, with the rows of the run over it.

import { STEPS } from "./colours.ts";
import type { Palette } from "./palette.ts";
import { nice } from "./scale.ts";
import { short } from "./words.ts";

export interface Bounds {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

export interface Points {
  /** x and y in turn. */
  readonly at: Float32Array;
  /** What each should be, by which it is coloured: from 0, low, to 1, high. */
  readonly wanted: Float32Array;
}

const LEFT = 40;
const BELOW = 24;
const MOST_POINTS = 1500;

/** Draw a plane of *side* pixels and its axes; *surface* is an image of it, if there is one yet. */
export function paintPlane(
  context: CanvasRenderingContext2D,
  side: number,
  surface: CanvasImageSource | null,
  bounds: Bounds,
  points: Points | null,
  palette: Palette,
  font: string,
): void {
  const [left, top, inner] = [LEFT, 6, side - LEFT - 8];
  context.clearRect(0, 0, side, side);
  context.fillStyle = palette.plate;
  context.fillRect(left, top, inner, inner);
  context.imageSmoothingEnabled = true;
  if (surface !== null) context.drawImage(surface, left, top, inner, inner);
  const x = (value: number) => left + ((value - bounds.x0) / (bounds.x1 - bounds.x0)) * inner;
  const y = (value: number) => top + inner - ((value - bounds.y0) / (bounds.y1 - bounds.y0)) * inner;
  if (points !== null) paintPoints(context, points, x, y, palette);
  context.strokeStyle = palette.muted;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, top + 0.5, inner - 1, inner - 1);
  context.fillStyle = palette.muted;
  context.font = `500 11px ${font}`;
  context.textBaseline = "middle";
  for (const value of rounds(bounds.x0, bounds.x1)) {
    context.textAlign = "center";
    context.fillRect(Math.round(x(value)), top + inner, 1, 4);
    context.fillText(short(value), x(value), top + inner + 13);
  }
  for (const value of rounds(bounds.y0, bounds.y1)) {
    context.textAlign = "right";
    context.fillRect(left - 4, Math.round(y(value)), 4, 1);
    context.fillText(short(value), left - 7, y(value));
  }
}

/** The height that a plane of *side* pixels takes. */
export function planeHeight(side: number): number {
  return side - LEFT - 2 + BELOW;
}

function paintPoints(
  context: CanvasRenderingContext2D,
  { at, wanted }: Points,
  x: (value: number) => number,
  y: (value: number) => number,
  palette: Palette,
): void {
  const count = at.length / 2;
  const stride = Math.max(1, Math.ceil(count / MOST_POINTS));
  const radius = count > 600 ? 2.25 : 3.25;
  for (let row = 0; row < count; row += stride) {
    const share = wanted[row] ?? 0;
    const step = Math.round(Math.min(Math.max(share, 0), 1) * (STEPS - 1));
    const [left, top] = [x(at[2 * row] ?? 0), y(at[2 * row + 1] ?? 0)];
    context.beginPath();
    // By shape as well as by colour: what should be high is round, what should be low is square.
    if (share >= 0.5) context.arc(left, top, radius, 0, 2 * Math.PI);
    else context.rect(left - radius * 0.88, top - radius * 0.88, radius * 1.76, radius * 1.76);
    context.fillStyle = palette.diverging.css[step] ?? palette.text;
    context.fill();
    context.strokeStyle = palette.dark ? "#0b0d11" : "#ffffff";
    context.lineWidth = 1.25;
    context.stroke();
  }
}

/** Return some round numbers between two. */
export function rounds(low: number, high: number): number[] {
  const gap = nice((high - low) / 4);
  const found: number[] = [];
  if (!(high > low) || !Number.isFinite(gap)) return found;
  for (let place = Math.ceil(low / gap); place * gap <= high; place++) found.push(Number((place * gap).toPrecision(6)));
  return found;
}
