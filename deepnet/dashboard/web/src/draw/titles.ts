// What stands over the layers: their addresses, how many neurons, and which activation.

import { faded } from "./colours.ts";
import type { Block } from "./layout.ts";
import { INPUTS } from "./model.ts";
import { text } from "./nodes.ts";
import type { Scene } from "./scene.ts";

/** The word for the inputs, in the language of the page. */
export interface Words {
  readonly inputs: string;
}

/** Return where the title of a layer is: the layer itself, where messages to it arrive. */
export function titleAt(scene: Pick<Scene, "layout">, block: Block): [number, number] {
  return [block.x + block.width / 2, scene.layout.stacked ? block.y - 16 : 16];
}

/** Draw the titles; those of *lit* layers as busy. */
export function paintTitles(
  context: CanvasRenderingContext2D,
  scene: Scene,
  words: Words,
  lit: ReadonlySet<number>,
): void {
  const { palette, layout } = scene;
  for (const [place, block] of layout.blocks.entries()) {
    const room = roomAt(layout.blocks, place, layout.width);
    const [x, y] = titleAt(scene, block);
    const layer = scene.model.layers[block.layer];
    const name = block.layer === INPUTS || layer === undefined ? words.inputs : layer.address;
    const count = block.count.toLocaleString("en");
    const about = layer === undefined || block.layer === INPUTS ? count : `${count} · ${layer.activation}`;
    context.font = `600 12.5px ${scene.font}`;
    if (lit.has(block.layer))
      plate(context, scene, layout.stacked ? `${name}  ·  ${about}` : name, x, y, palette.accent);
    const on = lit.has(block.layer) ? palette.background : palette.text;
    if (layout.stacked) {
      const words = `${name}  ·  ${about}`;
      if (!lit.has(block.layer)) plate(context, scene, words, x, y, faded(palette.background, 0.86));
      text(context, scene, words, x, y, 12, on, "600");
    } else if (room >= 44) {
      within(context, scene, fit(context, name, room), x, y, 12.5, on, "600");
      within(context, scene, fit(context, about, room), x, y + 16, 11.5, palette.muted);
    }
  }
}

/** Words about x, or beside it where they would leave the picture. */
function within(
  context: CanvasRenderingContext2D,
  scene: Scene,
  words: string,
  x: number,
  y: number,
  size: number,
  colour: string,
  weight = "400",
): void {
  context.font = `${weight} ${size}px ${scene.font}`;
  const half = context.measureText(words).width / 2 + 2;
  text(context, scene, words, Math.max(half, Math.min(x, scene.layout.width - half)), y, size, colour, weight);
}

function plate(
  context: CanvasRenderingContext2D,
  scene: Scene,
  words: string,
  x: number,
  y: number,
  colour: string,
): void {
  context.font = `600 12px ${scene.font}`;
  const half = context.measureText(words).width / 2 + 10;
  context.beginPath();
  context.roundRect(x - half, y - 9.5, 2 * half, 19, 9.5);
  context.fillStyle = colour;
  context.fill();
}

/** How wide a title may be so that it meets no other. */
function roomAt(blocks: readonly Block[], place: number, width: number): number {
  const middle = (at: number) => {
    const block = blocks[at];
    return block === undefined ? null : block.x + block.width / 2;
  };
  const [own, before, after] = [middle(place) ?? 0, middle(place - 1) ?? -width, middle(place + 1) ?? 2 * width];
  return Math.min(own - before, after - own) - 8;
}

function fit(context: CanvasRenderingContext2D, words: string, room: number): string {
  if (context.measureText(words).width <= room) return words;
  for (let length = words.length - 1; length > 2; length--) {
    const shorter = `${words.slice(0, length).trimEnd()}…`;
    if (context.measureText(shorter).width <= room) return shorter;
  }
  return "";
}
