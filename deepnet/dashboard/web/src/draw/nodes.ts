// Neurons as nodes, inputs as small squares; with their numbers where there is room.

import { readable } from "./colours.ts";
import { centre, type Block } from "./layout.ts";
import { INPUTS } from "./model.ts";
import type { Scene } from "./scene.ts";
import { step } from "./scale.ts";
import { short, span } from "./words.ts";

/** From these sizes of a node on there is room for its number in it, and for a line below it. */
const NUMBER_FROM = 17;
const LINE_FROM = 24;

export function paintNodes(context: CanvasRenderingContext2D, scene: Scene, block: Block): void {
  const values = block.layer === INPUTS ? scene.input : scene.figures[block.layer];
  for (let index = 0; index < block.count; index++) {
    if (block.layer === INPUTS) paintInput(context, scene, block, index, values?.[index]);
    else paintNeuron(context, scene, block, index, values?.[index]);
  }
}

function fill(scene: Scene, value: number | undefined): string {
  const { palette, scale } = scene;
  const ramp = scale.kind === "diverging" ? palette.diverging : palette.sequential;
  return ramp.css[step(scale, value ?? Number.NaN)] ?? palette.plate;
}

function paintNeuron(
  context: CanvasRenderingContext2D,
  scene: Scene,
  block: Block,
  index: number,
  value: number | undefined,
): void {
  const { palette } = scene;
  const [x, y] = centre(block, index);
  const { radius } = block;
  const surface = scene.surfaces?.[block.layer]?.[index];
  const colour = fill(scene, value);
  outline(context, x, y, radius, surface !== undefined);
  // A ring of the ground keeps lines from running into the node.
  context.strokeStyle = palette.background;
  context.lineWidth = Math.min(6, radius * 0.4);
  context.stroke();
  if (surface === undefined) {
    context.fillStyle = colour;
    context.fill();
  } else {
    context.save();
    context.clip();
    context.imageSmoothingEnabled = true;
    context.drawImage(surface, x - radius, y - radius, 2 * radius, 2 * radius);
    context.restore();
    outline(context, x, y, radius, true);
  }
  context.strokeStyle = palette.muted;
  context.lineWidth = 1.25;
  context.stroke();
  if (surface === undefined && radius >= NUMBER_FROM) {
    const words = scene.scale.kind === "logarithmic" && value !== undefined ? span(value) : short(value);
    text(context, scene, words, x, y, Math.min(13, radius * 0.54), readable(colour, "#14171d", "#ffffff"), "600");
  }
  if (radius >= LINE_FROM) {
    const [sum, output] = [scene.sums?.[block.layer]?.[index], scene.outputs?.[block.layer]?.[index]];
    const line =
      sum === undefined || scene.layout.stacked ? `/${index}` : `/${index}   ${short(sum)} → ${short(output)}`;
    halo(context, scene, line, x, y + radius + 10, 11);
  }
}

function outline(context: CanvasRenderingContext2D, x: number, y: number, radius: number, square: boolean): void {
  context.beginPath();
  if (square) context.roundRect(x - radius, y - radius, 2 * radius, 2 * radius, radius * 0.34);
  else context.arc(x, y, radius, 0, 2 * Math.PI);
}

function paintInput(
  context: CanvasRenderingContext2D,
  scene: Scene,
  block: Block,
  index: number,
  value: number | undefined,
): void {
  const { palette } = scene;
  const [x, y] = centre(block, index);
  const half = block.radius * 0.66;
  context.beginPath();
  context.roundRect(x - half, y - half, 2 * half, 2 * half, Math.min(4, half * 0.3));
  context.strokeStyle = palette.background;
  context.lineWidth = 5;
  context.stroke();
  context.fillStyle = palette.plate;
  context.fill();
  context.strokeStyle = palette.muted;
  context.lineWidth = 1.25;
  context.stroke();
  if (half >= 8) text(context, scene, String(index), x, y, Math.min(11, half), palette.muted, "500");
  if (value === undefined) return;
  if (scene.layout.stacked) {
    if (block.pitch >= 30) halo(context, scene, short(value), x, y - half - 9, 11);
  } else if (block.pitch >= 14) {
    text(context, scene, short(value), x - half - 7, y, 11.5, palette.text, "500", "right");
  }
}

/** The numbers that the last layer should have put out, beside it. */
export function paintTargets(context: CanvasRenderingContext2D, scene: Scene, block: Block): void {
  const { target, palette } = scene;
  if (target === undefined || target.length !== block.count || block.pitch < 15) return;
  for (let index = 0; index < block.count; index++) {
    const [x, y] = centre(block, index);
    const [left, top] = scene.layout.stacked
      ? [x, y + block.radius + (block.radius >= LINE_FROM ? 26 : 12)]
      : [x + block.radius + 14, y];
    if (!scene.layout.stacked) diamond(context, left, top, 4, palette.muted);
    if (scene.layout.stacked && block.pitch < 34) continue;
    const written = scene.layout.stacked ? `◇ ${short(target[index])}` : short(target[index]);
    const align = scene.layout.stacked ? "center" : "left";
    text(context, scene, written, scene.layout.stacked ? left : left + 9, top, 11.5, palette.muted, "500", align);
  }
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, half: number, colour: string): void {
  context.beginPath();
  context.moveTo(x - half, y);
  context.lineTo(x, y - half);
  context.lineTo(x + half, y);
  context.lineTo(x, y + half);
  context.closePath();
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
}

export function text(
  context: CanvasRenderingContext2D,
  scene: Scene,
  words: string,
  x: number,
  y: number,
  size: number,
  colour: string,
  weight = "400",
  align: CanvasTextAlign = "center",
): void {
  context.font = `${weight} ${size}px ${scene.font}`;
  context.textAlign = align;
  context.textBaseline = "middle";
  context.fillStyle = colour;
  context.fillText(words, x, y + 0.5);
}

/** Words with a rim of the ground round them, to be read on top of lines. */
export function halo(
  context: CanvasRenderingContext2D,
  scene: Scene,
  words: string,
  x: number,
  y: number,
  size: number,
): void {
  context.font = `500 ${size}px ${scene.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.strokeStyle = scene.palette.background;
  context.lineWidth = 4;
  context.strokeText(words, x, y + 0.5);
  context.fillStyle = scene.palette.muted;
  context.fillText(words, x, y + 0.5);
}
