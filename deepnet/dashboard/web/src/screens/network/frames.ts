// What the service tells of a network, as figures by layer.

import { floats, type Tensors } from "../../api/safetensors.ts";
import { FROZEN, LESIONED, type Model } from "../../draw/model.ts";
import type { Bounds } from "../../draw/plane.ts";
import type { Figures } from "../../draw/scene.ts";
import type { Surface } from "../../draw/surfaces.ts";

/** What the neurons make of rows of the run at one step. */
export interface Activity {
  readonly step: number;
  readonly epoch: number;
  /** How many rows it is the mean of; 0 where there is no run. */
  readonly rows: number;
  readonly fields: Readonly<Record<string, Figures>>;
  readonly input: Float32Array | undefined;
  readonly target: Float32Array | undefined;
}

function figures(tensors: Tensors, model: Model, field: string): Figures {
  return model.layers.map(({ address }) => floats(tensors, `${address}.${field}`));
}

export function readActivity(tensors: Tensors, model: Model, fields: readonly string[]): Activity {
  const { about } = tensors;
  return {
    step: Number(about["step"]),
    epoch: Number(about["epoch"]),
    rows: Number(about["rows"]),
    fields: Object.fromEntries(fields.map((field) => [field, figures(tensors, model, field)])),
    input: floats(tensors, "input"),
    target: floats(tensors, "target"),
  };
}

/** What is known of neurons that are told of by those who supervise them. */
export interface Columns {
  readonly restarts: Figures;
  readonly marks: readonly Uint8Array[];
}

export const COLUMNS = ["restarts", "frozen", "lesioned"] as const;

export function readColumns(tensors: Tensors, model: Model): Columns {
  const [frozen, lesioned] = [figures(tensors, model, "frozen"), figures(tensors, model, "lesioned")];
  const marks = model.layers.map(({ neurons }, layer) => {
    const found = new Uint8Array(neurons);
    for (let index = 0; index < neurons; index++) {
      const held = lesioned[layer]?.[index] ?? Number.NaN;
      found[index] = ((frozen[layer]?.[index] ?? 0) > 0 ? FROZEN : 0) | (Number.isNaN(held) ? 0 : LESIONED);
    }
    return found;
  });
  return { restarts: figures(tensors, model, "restarts"), marks };
}

export interface Survey {
  readonly bounds: Bounds;
  /** By layer and neuron. */
  readonly surfaces: readonly (readonly Surface[])[];
}

export function readSurvey(tensors: Tensors, model: Model): Survey {
  const { about, arrays } = tensors;
  const number = (name: string) => Number(about[name]);
  const size = number("size");
  const surfaces = model.layers.map(({ address, neurons }) => {
    const levels = arrays.get(`${address}.outputs`)?.data;
    const range = floats(tensors, `${address}.range`);
    if (!(levels instanceof Uint8Array) || range === undefined || levels.length !== neurons * size * size) return [];
    return Array.from({ length: neurons }, (_, index) => ({
      levels: levels.subarray(index * size * size, (index + 1) * size * size),
      size,
      low: range[2 * index] ?? 0,
      high: range[2 * index + 1] ?? 0,
    }));
  });
  return { bounds: { x0: number("x0"), x1: number("x1"), y0: number("y0"), y1: number("y1") }, surfaces };
}
