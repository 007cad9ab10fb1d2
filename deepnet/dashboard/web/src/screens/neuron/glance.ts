// What a neuron makes of the first row of the data: told where nobody has seen it at a step yet, as while nothing learns.

import { useSignal } from "@preact/signals";
import { floats, type Tensors } from "../../api/safetensors.ts";
import type { LayerShape, Neuron } from "../../api/types.ts";
import { toNumber } from "../../parts/numbers.ts";
import { useListener } from "../../state/topic.ts";
import type { Place } from "./place.ts";
import type { Sums, Term } from "./terms.ts";

/** Which row, from 0. */
export const ROW = 0;
const RATE = 2;
const FIELDS = ["output", "sum", "delta"];

/** Return what *neuron* makes of the row; null where it is not *wanted*, and where there is no row. */
export function useGlance(network: string, place: Place, layers: readonly LayerShape[], neuron: Neuron | null, wanted: boolean): Sums | null {
  const told = useSignal<Tensors | null>(null);
  useListener(wanted ? { topic: "activity", network, row: ROW, fields: FIELDS, rate: RATE } : null, () => {
    told.value = null;
    return {
      onFrame: (data) => (told.value = data as Tensors),
      onProblem: () => (told.value = null), // there is none to be had: the weights alone are shown
    };
  });
  return wanted && told.value !== null && neuron !== null ? glanceOf(told.value, place, layers, neuron) : null;
}

/** Null where *told* has no rows, or is of another step than the neuron. */
export function glanceOf(told: Tensors, place: Place, layers: readonly LayerShape[], neuron: Neuron): Sums | null {
  if (Number(told.about["rows"]) < 1 || Number(told.about["step"]) !== neuron.step) return null;
  const own = (field: string) => floats(told, `${place.layer.address}.${field}`)?.[place.index] ?? NaN;
  const [sum, output, delta] = [own("sum"), own("output"), own("delta")];
  if (!Number.isFinite(sum)) return null;
  const came = inputsOf(told, place, layers, neuron.weights.length);
  const term = (index: number, number: Neuron["bias"], input: number): Term => {
    const weight = toNumber(number);
    return { index, weight, input, product: weight * input, gradient: delta * input, after: NaN };
  };
  return {
    terms: neuron.weights.map((weight, index) => term(index, weight, came?.[index] ?? NaN)),
    bias: term(neuron.weights.length, neuron.bias, 1),
    rows: 1,
    sum,
    output,
    delta,
  };
}

/** What comes in: the row itself, or the outputs of the last layer before that has any. */
function inputsOf(told: Tensors, place: Place, layers: readonly LayerShape[], size: number): Float32Array | undefined {
  const before = layers.slice(0, layers.findIndex((each) => each.address === place.layer.address));
  const outputs = before.map((each) => floats(told, `${each.address}.output`)).findLast((each) => each !== undefined);
  const came = outputs ?? (before.length === 0 ? floats(told, "input") : undefined);
  return came?.length === size ? came : undefined;
}
