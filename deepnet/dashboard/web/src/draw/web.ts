// All connections of a picture as an image, for they are more than anything else, and they change less often.
// Many of them take longer than a frame: then it is drawn in parts, and shown when all is there.

import { paintStrands } from "./edges.ts";
import type { Scene } from "./scene.ts";

/** So many lines are drawn at a time. */
const PART = 110;

export class Web {
  private shown = document.createElement("canvas");
  private next = document.createElement("canvas");
  private shownOf: readonly unknown[] = [];
  private nextOf: readonly unknown[] = [];
  private done = 0;

  /** Draw the connections of *scene*, with *strength* 0 to 1; return whether there is more of them to draw. */
  paint(context: CanvasRenderingContext2D, scene: Scene, ratio: number, strength: number): boolean {
    const wanted = keyOf(scene, ratio);
    const isNew = !same(wanted, this.shownOf);
    // What has been begun is finished, unless it is of another picture: else what changes often would never be shown.
    if (isNew && (this.done === 0 || !same(wanted.slice(1), this.nextOf.slice(1)))) this.begin(wanted, scene, ratio);
    if (this.done < this.lengthOf()) this.goOn(scene, ratio);
    const ready = this.done >= this.lengthOf();
    if (ready && this.nextOf.length > 0) this.swap();
    // Of a picture that is laid out anew there is nothing else yet.
    const fits = same(this.shownOf.slice(1), wanted.slice(1));
    const image = fits ? this.shown : this.next;
    context.globalAlpha = strength;
    context.drawImage(image, 0, 0, scene.layout.width, scene.layout.height);
    // A glance at it makes the browser draw this part now, and not all parts at the end.
    if (!ready) context.drawImage(this.next, 0, 0, 1, 1, 0, 0, 1, 1);
    context.globalAlpha = 1;
    return !ready || !same(wanted, this.shownOf);
  }

  private lengthOf(): number {
    return (this.nextOf[0] as Scene["strands"] | undefined)?.length ?? 0;
  }

  private begin(of: readonly unknown[], { layout }: Scene, ratio: number): void {
    this.nextOf = of;
    this.done = 0;
    const [width, height] = [Math.round(layout.width * ratio), Math.round(layout.height * ratio)];
    if (this.next.width !== width || this.next.height !== height) {
      this.next.width = width;
      this.next.height = height;
    } else this.next.getContext("2d")?.clearRect(0, 0, width, height);
  }

  private goOn(scene: Scene, ratio: number): void {
    const context = this.next.getContext("2d");
    const strands = this.nextOf[0] as Scene["strands"];
    if (context === null) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintStrands(context, scene, strands.slice(this.done, this.done + PART), 1, strands.length);
    context.setTransform(1, 0, 0, 1, 0, 0);
    this.done += PART;
  }

  private swap(): void {
    [this.shown, this.next] = [this.next, this.shown];
    this.shownOf = this.nextOf;
    this.nextOf = [];
    this.done = 0;
  }
}

/** What an image is of: its lines, and all that has to be the same for it to fit the rest. */
function keyOf(scene: Scene, ratio: number): readonly unknown[] {
  return [scene.strands, scene.layout, scene.palette, ratio];
}

function same(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((part, place) => part === other[place]);
}
