// The plane of two inputs: the answer for all of it in colours, the rows of the run, and the point that is asked about.

import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Tensors } from "../../api/safetensors.ts";
import { floats } from "../../api/safetensors.ts";
import { middleOf, paintSurface } from "../../draw/surfaces.ts";
import { t } from "../../i18n/index.ts";
import { figure } from "../../parts/numbers.ts";
import { drawing } from "../../state/drawing.ts";
import { summary } from "../../state/network.ts";
import { useTopic } from "../../state/topic.ts";
import type { Sample } from "./samples.ts";
import { type Cell, chosen, toUnits, type Units } from "./units.ts";

const SIDE = 320;
const STEP = 0.02;

interface PlanePadProps {
  network: string;
  units: Units;
  cells: Signal<Cell[]>;
  samples: readonly Sample[];
}

interface Bounds {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

export function PlanePad({ network, units, cells, samples }: PlanePadProps) {
  const surface = useTopic<Tensors>({ topic: "surface", network, rate: 4 });
  const canvas = useRef<HTMLCanvasElement>(null);
  const image = useRef<HTMLCanvasElement | null>(null);
  const tensors = surface.data.value;
  const bounds = tensors === null ? null : boundsOf(tensors);
  const colours = drawing.value;
  const point = bounds === null ? null : toPlane(units, cells.value);
  const activation = summary.value?.layers.at(-1)?.activation ?? "";
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || bounds === null || tensors === null || point === null) return;
    image.current ??= document.createElement("canvas");
    paintOutput(image.current, tensors, activation, colours);
    const ratio = window.devicePixelRatio || 1;
    context.canvas.width = context.canvas.height = SIDE * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(image.current, 0, 0, SIDE, SIDE);
    const x = (value: number) => ((value - bounds.x0) / (bounds.x1 - bounds.x0)) * SIDE;
    const y = (value: number) => SIDE - ((value - bounds.y0) / (bounds.y1 - bounds.y0)) * SIDE;
    for (const { inputs, targets } of samples) {
      context.fillStyle = chosen(targets) > 0 ? colours.positive : colours.negative;
      context.strokeStyle = colours.background;
      context.beginPath();
      context.arc(x(inputs[0] ?? 0), y(inputs[1] ?? 0), 2.6, 0, 2 * Math.PI);
      context.fill();
      context.lineWidth = 0.7;
      context.stroke();
    }
    paintCross(context, x(point[0]), y(point[1]), colours.text, colours.background);
  }, [tensors, cells.value, samples, colours, activation]);
  if (surface.problem.value !== "") return <p class="muted">{surface.problem.value}</p>;
  if (bounds === null) return <div class="plane-pad" />;
  const move = (x: number, y: number) => {
    const clamped = [Math.min(bounds.x1, Math.max(bounds.x0, x)), Math.min(bounds.y1, Math.max(bounds.y0, y))];
    cells.value = toUnits(units, clamped);
  };
  const follow = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const [across, up] = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
    move(bounds.x0 + across * (bounds.x1 - bounds.x0), bounds.y0 + up * (bounds.y1 - bounds.y0));
  };
  const press = (event: KeyboardEvent) => {
    const moves: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const way = moves[event.key];
    if (way === undefined || point === null) return;
    event.preventDefault();
    move(point[0] + way[0] * STEP * (bounds.x1 - bounds.x0), point[1] + way[1] * STEP * (bounds.y1 - bounds.y0));
  };
  return (
    <canvas
      ref={canvas}
      class="plane-pad"
      tabIndex={0}
      role="application"
      aria-label={t("data.plane_label", { x: figure(cells.value[0] as number), y: figure(cells.value[1] as number) })}
      onKeyDown={press}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        follow(event);
      }}
      onPointerMove={(event) => event.buttons > 0 && follow(event)}
    />
  );
}

function boundsOf({ about }: Tensors): Bounds {
  const [x0, x1, y0, y1] = ["x0", "x1", "y0", "y1"].map((name) => Number(about[name] ?? 0)) as [number, number, number, number];
  return { x0, x1, y0, y1 };
}

/** Where cells are on the plane, which is in the numbers that the network takes: the way is linear, so two points tell. */
function toPlane(units: Units, cells: readonly Cell[]): [number, number] {
  const [zero, one] = [toUnits(units, [0, 0]), toUnits(units, [1, 1])];
  const at = (place: number) => {
    const [low, high] = [Number(zero[place] ?? 0), Number(one[place] ?? 1)];
    return (Number(cells[place] ?? 0) - low) / (high - low || 1);
  };
  return [at(0), at(1)];
}

function paintOutput(canvas: HTMLCanvasElement, tensors: Tensors, activation: string, colours: typeof drawing.value): void {
  const size = Number(tensors.about["size"] ?? 0);
  const name = [...tensors.arrays.keys()].filter((each) => each.endsWith(".outputs")).sort(byNumber).at(-1) ?? "";
  const levels = tensors.arrays.get(name)?.data;
  const range = floats(tensors, name.replace(/outputs$/, "range"));
  if (!(levels instanceof Uint8Array) || range === undefined) return;
  const surface = { levels: levels.subarray(0, size * size), size, low: range[0] ?? 0, high: range[1] ?? 1 };
  paintSurface(canvas, surface, middleOf(activation, surface), colours);
}

function byNumber(one: string, other: string): number {
  return one.localeCompare(other, undefined, { numeric: true });
}

function paintCross(context: CanvasRenderingContext2D, x: number, y: number, colour: string, behind: string): void {
  for (const [style, width] of [[behind, 5], [colour, 2]] as const) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, 8, 0, 2 * Math.PI);
    context.moveTo(x - 13, y);
    context.lineTo(x - 4, y);
    context.moveTo(x + 4, y);
    context.lineTo(x + 13, y);
    context.moveTo(x, y - 13);
    context.lineTo(x, y - 4);
    context.moveTo(x, y + 4);
    context.lineTo(x, y + 13);
    context.stroke();
  }
}
