// Layers as tables of cells: one pixel a neuron in a small image that is drawn larger. So ten thousand cost next to
// nothing.

import type { Block } from "./layout.ts";
import type { Palette } from "./palette.ts";
import { pool } from "./pooling.ts";
import { colourInto, type Scale } from "./scale.ts";

interface Image {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  readonly data: ImageData;
  readonly pixels: Uint32Array;
}

/** From here on there is a gap between cells. */
const GAP_FROM = 5;

/** Draws cells; it keeps the small images from frame to frame. */
export class Cells {
  private readonly images = new Map<number, Image>();

  paint(
    context: CanvasRenderingContext2D,
    block: Block,
    values: Float32Array | undefined,
    scale: Scale,
    palette: Palette,
  ): void {
    const count = Math.ceil(block.count / block.per);
    const lines = Math.ceil(count / block.across);
    const image = this.imageOf(block.layer, block.across, lines);
    const ramp = scale.kind === "diverging" ? palette.diverging : palette.sequential;
    const shown = values === undefined || block.per === 1 ? values : pool(values, block.per);
    colourInto(image.pixels, shown, count, scale, ramp.words);
    image.pixels.fill(0, count);
    image.context.putImageData(image.data, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(image.canvas, block.x, block.y, block.width, block.height);
    if (block.pitch >= GAP_FROM) paintGaps(context, block, lines, palette.background);
    paintFrame(context, block, palette);
  }

  private imageOf(layer: number, width: number, height: number): Image {
    const old = this.images.get(layer);
    if (old !== undefined && old.canvas.width === width && old.canvas.height === height) return old;
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    const data = context.createImageData(width, height);
    const image = { canvas, context, data, pixels: new Uint32Array(data.data.buffer) };
    this.images.set(layer, image);
    return image;
  }
}

function paintGaps(context: CanvasRenderingContext2D, block: Block, lines: number, colour: string): void {
  const wide = block.pitch >= 12 ? 2 : 1;
  context.fillStyle = colour;
  for (let column = 1; column < block.across; column++) {
    context.fillRect(block.x + column * block.pitch - wide, block.y, wide, block.height);
  }
  for (let line = 1; line < lines; line++) {
    context.fillRect(block.x, block.y + line * block.pitch - wide, block.width, wide);
  }
}

function paintFrame(context: CanvasRenderingContext2D, block: Block, palette: Palette): void {
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.strokeRect(block.x - 2.5, block.y - 2.5, block.width + 5, block.height + 5);
}
