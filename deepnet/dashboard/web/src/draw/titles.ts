// What stands over the layers: their addresses, how many neurons, and which activation.

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
export function paintTitles(context: CanvasRenderingContext2D, scene: Scene, words: Words, lit: ReadonlySet<number>): void {
  const { palette, layout } = scene;
  const room = layout.stacked ? layout.width : roomBetween(scene);
  for (const block of layout.blocks) {
    const [x, y] = titleAt(scene, block);
    const layer = scene.model.layers[block.layer];
    const name = block.layer === INPUTS || layer === undefined ? words.inputs : layer.address;
    const count = block.count.toLocaleString("en");
    const about = layer === undefined || block.layer === INPUTS ? count : `${count} · ${layer.activation}`;
    context.font = `600 12.5px ${scene.font}`;
    if (lit.has(block.layer)) plate(context, scene, layout.stacked ? `${name}  ${about}` : name, x, y);
    const on = lit.has(block.layer) ? palette.background : palette.text;
    if (layout.stacked) {
      text(context, scene, `${name}  ·  ${about}`, x, y, 12, on, "600");
    } else if (room >= 44) {
      text(context, scene, fit(context, name, room), x, y, 12.5, on, "600");
      text(context, scene, fit(context, about, room), x, y + 16, 11.5, palette.muted);
    }
  }
}

function plate(context: CanvasRenderingContext2D, scene: Scene, words: string, x: number, y: number): void {
  const half = context.measureText(words).width / 2 + 10;
  context.beginPath();
  context.roundRect(x - half, y - 11, 2 * half, 22, 11);
  context.fillStyle = scene.palette.accent;
  context.fill();
}

function roomBetween({ layout }: Scene): number {
  const middles = layout.blocks.map((block) => block.x + block.width / 2);
  const gaps = middles.slice(1).map((middle, place) => middle - (middles[place] ?? 0));
  return Math.min(...gaps, layout.width) - 6;
}

function fit(context: CanvasRenderingContext2D, words: string, room: number): string {
  if (context.measureText(words).width <= room) return words;
  for (let length = words.length - 1; length > 2; length--) {
    const shorter = `${words.slice(0, length).trimEnd()}…`;
    if (context.measureText(shorter).width <= room) return shorter;
  }
  return "";
}
