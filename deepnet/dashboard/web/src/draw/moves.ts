// What moves in a picture: dots on their way, and rings round those that died and healed.

import { faded } from "./colours.ts";
import { along } from "./edges.ts";
import type { Travel } from "./journeys.ts";
import { centre } from "./layout.ts";
import { ring } from "./marks.ts";
import type { Place } from "./model.ts";
import type { Scene } from "./scene.ts";

export interface Trip {
  readonly travel: Travel;
  /** When it began, and how long it takes; milliseconds. */
  readonly began: number;
  readonly lasts: number;
}

export type PulseKind = "died" | "healed" | "replayed";

export interface Pulse {
  readonly place: Place;
  readonly kind: PulseKind;
  readonly began: number;
  /** What is said beside it. */
  readonly label: string;
}

/** How far a message has come where nothing moves. */
const STILL_AT = 0.6;
export const PULSE_MILLISECONDS = 1800;

/** Draw the ways that a message takes; what is above them is drawn afterwards. */
export function paintWays(context: CanvasRenderingContext2D, scene: Scene, { travel }: Trip): void {
  const colour = travel.back ? scene.palette.backward : scene.palette.forward;
  for (const { curve } of travel.journeys) {
    context.beginPath();
    context.moveTo(curve[0], curve[1]);
    context.bezierCurveTo(curve[2], curve[3], curve[4], curve[5], curve[6], curve[7]);
    context.strokeStyle = faded(colour, travel.journeys.length > 12 ? 0.4 : 0.6);
    context.lineWidth = 2.25;
    context.stroke();
  }
}

/** Draw a message on its way at the time *now*; return whether it goes on. Without *motion* it is there at once. */
export function paintTrip(
  context: CanvasRenderingContext2D,
  scene: Scene,
  trip: Trip,
  now: number,
  motion: boolean,
): boolean {
  const { palette } = scene;
  const { journeys, neurons, back } = trip.travel;
  const colour = back ? palette.backward : palette.forward;
  const share = motion ? Math.min(Math.max((now - trip.began) / trip.lasts, 0), 1) : 1;
  const going = share < 1;
  const eased = !motion ? STILL_AT : share < 0.5 ? 2 * share * share : 1 - (2 - 2 * share) ** 2 / 2;
  for (const { curve, label } of journeys) {
    if (motion && !going) break;
    const [x, y] = along(curve, eased);
    context.beginPath();
    context.arc(x, y, journeys.length > 24 ? 3.25 : 5, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
    context.strokeStyle = palette.background;
    context.lineWidth = 1.5;
    context.stroke();
    // Where many arrive at one place nobody could read them.
    if (label !== "" && (journeys.length === 1 || eased < 0.72)) tag(context, scene, label, x, y - 15, colour);
  }
  if (!going) {
    for (const place of neurons) {
      const block = scene.layout.blocks[place.layer + 1];
      if (block === undefined) continue;
      const [x, y] = centre(block, place.index);
      const square = block.kind === "cells" || scene.surfaces?.[place.layer]?.[place.index] !== undefined;
      ring(context, x, y, Math.max(6, block.radius + 3), !square, colour, 3, []);
      const [only] = journeys;
      if (motion && journeys.length === 1 && only !== undefined && only.label !== "") {
        tag(context, scene, only.label, x, y - Math.max(6, block.radius) - 16, colour);
      }
    }
  }
  return going;
}

function tag(
  context: CanvasRenderingContext2D,
  scene: Scene,
  words: string,
  x: number,
  middle: number,
  colour: string,
): void {
  const y = Math.max(middle, 11);
  context.font = `600 11.5px ${scene.font}`;
  const half = context.measureText(words).width / 2 + 6;
  const left = Math.min(Math.max(x - half, 2), scene.layout.width - 2 * half - 2);
  context.beginPath();
  context.roundRect(left, y - 9, 2 * half, 18, 9);
  context.fillStyle = scene.palette.background;
  context.fill();
  context.strokeStyle = colour;
  context.lineWidth = 1.25;
  context.stroke();
  context.fillStyle = scene.palette.text;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(words, left + half, y + 0.5);
}

/** Draw a ring that goes out from a neuron; return whether it is still going on. */
export function paintPulse(
  context: CanvasRenderingContext2D,
  scene: Scene,
  pulse: Pulse,
  now: number,
  motion: boolean,
): boolean {
  const block = scene.layout.blocks[pulse.place.layer + 1];
  const share = (now - pulse.began) / PULSE_MILLISECONDS;
  if (block === undefined || share >= 1) return false;
  const { palette } = scene;
  const colour = { died: palette.died, healed: palette.healed, replayed: palette.accent }[pulse.kind];
  const [x, y] = centre(block, pulse.place.index);
  const round = block.kind === "nodes" && scene.surfaces?.[pulse.place.layer]?.[pulse.place.index] === undefined;
  const start = Math.max(6, block.radius + 3);
  const waves = motion ? [share, share - 0.18] : [0];
  for (const wave of waves) {
    if (wave < 0) continue;
    const out = 1 - (1 - wave) ** 3;
    ring(context, x, y, start + out * (pulse.kind === "replayed" ? 12 : 26), round, faded(colour, 1 - wave), 3, []);
  }
  if (pulse.label !== "") tag(context, scene, pulse.label, x, y - start - 16, colour);
  return true;
}
