// The picture of a network on a canvas: drawn when something has changed and while something moves; else it rests.

import { Cells } from "./cells.ts";
import { ofNeuron, paintStrands } from "./edges.ts";
import type { Layout } from "./layout.ts";
import { paintMarks, paintRing } from "./marks.ts";
import { INPUTS } from "./model.ts";
import { paintPulse, paintTrip, paintWays, type Pulse, type Trip } from "./moves.ts";
import { paintNodes, paintTargets } from "./nodes.ts";
import type { Scene } from "./scene.ts";
import { paintTitles, type Words } from "./titles.ts";
import { Web } from "./web.ts";

/** How strong connections are that somebody does not look at while she looks at others. */
const FADED = 0.2;
const MOST_PIXELS = 2;

export class Picture {
  private readonly context: CanvasRenderingContext2D;
  private readonly web = new Web();
  private readonly cells = new Cells();
  private scene: Scene | null = null;
  private pulses: Pulse[] = [];
  private trip: Trip | null = null;
  private asked = 0;
  /** Whether anything may move. */
  motion = true;
  /** How long the last frame took to draw, in milliseconds. */
  took = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly words: Words,
  ) {
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    this.context = context;
  }

  show(scene: Scene): void {
    this.scene = scene;
    this.ask();
  }

  /** Have a ring go out from a neuron. */
  pulse(pulse: Pulse): void {
    this.pulses = [...this.pulses.slice(-30), pulse];
    this.ask();
  }

  /** Have a message travel; it takes the place of the one before. null for none. */
  send(trip: Trip | null): void {
    this.trip = trip;
    this.ask();
  }

  close(): void {
    cancelAnimationFrame(this.asked);
  }

  private ask(): void {
    if (this.asked === 0) this.asked = requestAnimationFrame(() => this.frame());
  }

  private frame(): void {
    this.asked = 0;
    if (this.scene === null) return;
    const began = performance.now();
    const goesOn = this.paint(this.scene, began);
    const ended = performance.now();
    this.took = ended - began;
    performance.clearMeasures("deepnet.draw");
    performance.measure("deepnet.draw", { start: began, end: ended });
    if (goesOn) this.ask();
  }

  private paint(scene: Scene, now: number): boolean {
    const { context } = this;
    const { layout, palette } = scene;
    const ratio = fitted(this.canvas, layout);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = palette.background;
    context.fillRect(0, 0, layout.width, layout.height);
    const looked = scene.hovered ?? scene.selected;
    const own = layout.detailed ? ofNeuron(scene.strands, looked) : scene.chosen;
    let goesOn = false;
    if (layout.detailed) {
      goesOn = this.web.paint(context, scene, ratio, own.length > 0 ? FADED : 1);
      paintStrands(context, scene, own, 1);
    }
    if (this.trip !== null) paintWays(context, scene, this.trip);
    for (const block of layout.blocks) this.paintBlock(scene, block.layer);
    if (!layout.detailed) paintStrands(context, scene, own, 0.8);
    for (const block of layout.blocks) paintMarks(context, scene, block);
    const lit = new Set(this.trip?.travel.layers ?? []);
    paintTitles(context, scene, this.words, lit);
    if (scene.hovered !== null) paintRing(context, scene, scene.hovered, false);
    paintRing(context, scene, scene.selected, true);
    return this.paintMoves(scene, now) || goesOn;
  }

  private paintBlock(scene: Scene, layer: number): void {
    const block = scene.layout.blocks[layer + 1];
    if (block === undefined) return;
    if (block.kind === "nodes") paintNodes(this.context, scene, block);
    else {
      const values = layer === INPUTS ? scene.input : scene.figures[layer];
      const scale = layer === INPUTS ? { kind: "diverging" as const, most: mostOf(scene.input) } : scene.scale;
      this.cells.paint(this.context, block, values, scale, scene.palette);
    }
    if (block.kind === "nodes" && layer === scene.model.layers.length - 1) paintTargets(this.context, scene, block);
  }

  private paintMoves(scene: Scene, now: number): boolean {
    const { context, motion } = this;
    const going = this.trip !== null && paintTrip(context, scene, this.trip, now, motion);
    this.pulses = this.pulses.filter((pulse) => paintPulse(context, scene, pulse, now, motion));
    return going || this.pulses.length > 0;
  }
}

/** Give *canvas* as many pixels as the screen has for it; return how many for each. */
function fitted(canvas: HTMLCanvasElement, layout: Layout): number {
  const ratio = Math.min(window.devicePixelRatio || 1, MOST_PIXELS);
  const [width, height] = [Math.round(layout.width * ratio), Math.round(layout.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
    canvas.style.width = `${layout.width}px`;
    canvas.style.height = `${layout.height}px`;
  }
  return ratio;
}

function mostOf(values: Float32Array | undefined): number {
  let most = 0;
  for (const value of values ?? []) if (Math.abs(value) > most) most = Math.abs(value);
  return most || 1;
}
