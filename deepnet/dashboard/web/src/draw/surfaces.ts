// What neurons make of a plane of two inputs, as small images.

import { STEPS } from "./colours.ts";
import type { Palette } from "./palette.ts";

/** What one neuron puts out over a grid: line by line from low y to high y. */
export interface Surface {
  /** (size * size,): 0 to 255. */
  readonly levels: Uint8Array;
  readonly size: number;
  /** What 0 and 255 stand for. */
  readonly low: number;
  readonly high: number;
}

/** Where the ramp has its middle, and how far it reaches to either side. */
export interface Middle {
  readonly middle: number;
  readonly reach: number;
}

const SHARES = ["sigmoid", "hard_sigmoid", "softmax"];
const SIGNED = ["tanh", "hard_tanh", "softsign"];

/** Return which numbers a surface of *activation* is coloured about: shares about a half, all others about 0. */
export function middleOf(activation: string, surface: Pick<Surface, "low" | "high">): Middle {
  if (SHARES.includes(activation)) return { middle: 0.5, reach: 0.5 };
  if (SIGNED.includes(activation)) return { middle: 0, reach: 1 };
  return { middle: 0, reach: Math.max(Math.abs(surface.low), Math.abs(surface.high), 1e-12) };
}

/** Return the place in a ramp, 0 to 255, of each level of *surface*. */
export function levelsToSteps({ low, high }: Pick<Surface, "low" | "high">, { middle, reach }: Middle): Uint8Array {
  const steps = new Uint8Array(256);
  for (let level = 0; level < 256; level++) {
    const value = low + (level / 255) * (high - low);
    const share = 0.5 + (0.5 * (value - middle)) / reach;
    steps[level] = Math.round(Math.min(Math.max(share, 0), 1) * (STEPS - 1));
  }
  return steps;
}

/** Draw *surface* into *canvas*, a pixel for each point of the grid, y upwards. */
export function paintSurface(canvas: HTMLCanvasElement, surface: Surface, middle: Middle, palette: Palette): void {
  const { size, levels } = surface;
  if (canvas.width !== size || canvas.height !== size) {
    canvas.width = size;
    canvas.height = size;
  }
  const context = canvas.getContext("2d");
  if (context === null) return;
  const data = context.createImageData(size, size);
  const pixels = new Uint32Array(data.data.buffer);
  const steps = levelsToSteps(surface, middle);
  const { words } = palette.diverging;
  for (let line = 0; line < size; line++) {
    const top = (size - 1 - line) * size;
    for (let column = 0; column < size; column++) {
      pixels[top + column] = words[steps[levels[line * size + column] ?? 0] ?? 0] ?? 0;
    }
  }
  context.putImageData(data, 0, 0);
}
