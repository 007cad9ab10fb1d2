// All that a picture shows at one moment.

import type { Layout } from "./layout.ts";
import type { Model, Place } from "./model.ts";
import type { Palette } from "./palette.ts";
import type { Scale } from "./scale.ts";

/** Numbers of each layer, in order; of a layer that nothing is known of, none. */
export type Figures = readonly (Float32Array | undefined)[];

/** A connection that is shown. */
export interface Strand {
  readonly from: Place;
  readonly to: Place;
  readonly weight: number;
}

export interface Scene {
  readonly model: Model;
  readonly layout: Layout;
  readonly palette: Palette;
  /** Families of CSS, as in a style sheet. */
  readonly font: string;
  /** What neurons are coloured by. */
  readonly figures: Figures;
  readonly scale: Scale;
  readonly sums?: Figures;
  readonly outputs?: Figures;
  readonly input?: Float32Array;
  readonly target?: Float32Array;
  /** Bits of FROZEN, LESIONED and so on, by layer. */
  readonly marks: readonly (Uint8Array | undefined)[];
  /** Connections of all neurons, weak ones first; none in a picture of cells. */
  readonly strands: readonly Strand[];
  /** Those of the neuron that is selected. */
  readonly chosen: readonly Strand[];
  /** The size of weight that is drawn boldly. */
  readonly bold: number;
  readonly selected: Place | null;
  readonly hovered: Place | null;
  /** Pictures of what neurons make of the plane, by layer and neuron; null where there are none. */
  readonly surfaces: readonly (readonly CanvasImageSource[])[] | null;
}
