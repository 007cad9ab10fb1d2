// What is the matter with a neuron, by shape as well as by colour; and the rings of the one that is selected.

import { centre, type Block } from "./layout.ts";
import { DEAD, FROZEN, INPUTS, LESIONED, RESTARTED, type Place } from "./model.ts";
import type { Palette } from "./palette.ts";
import type { Scene } from "./scene.ts";

export function paintMarks(context: CanvasRenderingContext2D, scene: Scene, block: Block): void {
  const marks = scene.marks[block.layer];
  if (marks === undefined || block.layer === INPUTS) return;
  for (let index = 0; index < marks.length; index++) {
    const mark = marks[index] ?? 0;
    if (mark === 0) continue;
    const [x, y] = centre(block, index);
    paintMark(context, scene.palette, mark, x, y, Math.max(4, block.radius), block.kind === "nodes");
  }
}

/** Draw the marks of one neuron about a point; also for a legend. */
export function paintMark(
  context: CanvasRenderingContext2D,
  palette: Palette,
  mark: number,
  x: number,
  y: number,
  radius: number,
  round: boolean,
): void {
  context.lineCap = "round";
  if (mark & LESIONED) {
    ring(context, x, y, radius + 2, round, palette.text, 1.5, [3, 3]);
    lines(context, palette, palette.text, [[x - radius, y + radius, x + radius, y - radius]]);
  }
  if (mark & DEAD) {
    const arm = radius * 0.7;
    ring(context, x, y, radius + 1, round, palette.died, 2, []);
    lines(context, palette, palette.died, [
      [x - arm, y - arm, x + arm, y + arm],
      [x - arm, y + arm, x + arm, y - arm],
    ]);
  }
  const size = Math.min(8, Math.max(4, radius * 0.5));
  if (mark & FROZEN) snowflake(context, palette, x + radius * 0.72, y - radius * 0.72, size);
  if (mark & RESTARTED) turning(context, palette, x - radius * 0.72, y - radius * 0.72, size);
  context.lineCap = "butt";
}

type Segment = readonly [number, number, number, number];

function lines(
  context: CanvasRenderingContext2D,
  palette: Palette,
  colour: string,
  segments: readonly Segment[],
): void {
  for (const [style, width] of [
    [palette.background, 4.5],
    [colour, 2],
  ] as const) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.beginPath();
    for (const [x0, y0, x1, y1] of segments) {
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
    }
    context.stroke();
  }
}

function badge(context: CanvasRenderingContext2D, palette: Palette, x: number, y: number, size: number): void {
  context.beginPath();
  context.arc(x, y, size, 0, 2 * Math.PI);
  context.fillStyle = palette.background;
  context.fill();
  context.strokeStyle = palette.muted;
  context.lineWidth = 1;
  context.stroke();
}

function snowflake(context: CanvasRenderingContext2D, palette: Palette, x: number, y: number, size: number): void {
  badge(context, palette, x, y, size);
  context.strokeStyle = palette.accent;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let arm = 0; arm < 3; arm++) {
    const [dx, dy] = [Math.sin((arm * Math.PI) / 3) * size * 0.66, Math.cos((arm * Math.PI) / 3) * size * 0.66];
    context.moveTo(x - dx, y - dy);
    context.lineTo(x + dx, y + dy);
  }
  context.stroke();
}

function turning(context: CanvasRenderingContext2D, palette: Palette, x: number, y: number, size: number): void {
  badge(context, palette, x, y, size);
  const radius = size * 0.5;
  context.strokeStyle = palette.healed;
  context.lineWidth = 1.75;
  context.beginPath();
  context.arc(x, y, radius, -0.2 * Math.PI, 1.35 * Math.PI);
  context.stroke();
  const [tipX, tipY] = [x + radius * Math.cos(-0.2 * Math.PI), y + radius * Math.sin(-0.2 * Math.PI)];
  context.beginPath();
  context.moveTo(tipX - 2.4, tipY + 0.4);
  context.lineTo(tipX, tipY);
  context.lineTo(tipX + 0.8, tipY + 2.6);
  context.stroke();
}

export function ring(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  round: boolean,
  colour: string,
  width: number,
  dash: readonly number[],
): void {
  context.beginPath();
  if (round) context.arc(x, y, radius, 0, 2 * Math.PI);
  else context.roundRect(x - radius, y - radius, 2 * radius, 2 * radius, Math.min(9, radius * 0.34));
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash([...dash]);
  context.stroke();
  context.setLineDash([]);
}

/** Show which neuron is selected (twice round it), or is under the pointer. */
export function paintRing(context: CanvasRenderingContext2D, scene: Scene, place: Place | null, strong: boolean): void {
  const block = place === null ? undefined : scene.layout.blocks[place.layer + 1];
  if (block === undefined || place === null) return;
  const [x, y] = centre(block, place.index);
  const nodes = block.kind === "nodes";
  const round = nodes && block.layer !== INPUTS && scene.surfaces?.[block.layer]?.[place.index] === undefined;
  const reach = block.layer === INPUTS && nodes ? block.radius * 0.66 : block.radius;
  const radius = nodes ? reach + 3.5 : Math.max(5, reach + 1.5);
  ring(context, x, y, radius, round, scene.palette.background, strong ? 5 : 4, []);
  ring(context, x, y, radius, round, strong ? scene.palette.accent : scene.palette.text, strong ? 2.75 : 1.5, []);
}
