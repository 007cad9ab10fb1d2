// What is drawn: layers of neurons, one behind the other. It knows nothing of where that comes from.

export interface LayerModel {
  readonly address: string;
  readonly inputs: number;
  readonly neurons: number;
  readonly activation: string;
}

export interface Model {
  readonly inputs: number;
  readonly layers: readonly LayerModel[];
}

/** A neuron, or an input: those are layer -1. */
export interface Place {
  readonly layer: number;
  readonly index: number;
}

export const INPUTS = -1;

/** What can be said of a neuron besides its number; bits. */
export const FROZEN = 1;
export const LESIONED = 2;
export const DEAD = 4;
export const RESTARTED = 8;

export function neurons(model: Model): number {
  return model.layers.reduce((sum, layer) => sum + layer.neurons, 0);
}

export function weights(model: Model): number {
  return model.layers.reduce((sum, layer) => sum + layer.neurons * layer.inputs, 0);
}

/** Return the inputs, or the neurons of a layer. */
export function size(model: Model, layer: number): number {
  return layer === INPUTS ? model.inputs : (model.layers[layer]?.neurons ?? 0);
}

/** Return the address of a neuron ("dense_0/3"), or the name of an input ("input 3"). */
export function addressOf(model: Model, place: Place): string {
  return place.layer === INPUTS
    ? `input ${place.index}`
    : `${model.layers[place.layer]?.address ?? "?"}/${place.index}`;
}

/** Return where the neuron of that address is, null if it is nowhere. */
export function placeOf(model: Model, address: string): Place | null {
  const [name, number] = address.split("/");
  const layer = model.layers.findIndex((one) => one.address === name);
  const index = Number(number);
  if (layer < 0 || number === undefined || !Number.isInteger(index)) return null;
  return index >= 0 && index < size(model, layer) ? { layer, index } : null;
}

export function same(one: Place | null, other: Place | null): boolean {
  return one !== null && other !== null && one.layer === other.layer && one.index === other.index;
}
