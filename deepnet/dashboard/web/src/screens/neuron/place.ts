// Where a neuron is: its address, who is beside it, and who supervises it.

import type { LayerShape } from "../../api/types.ts";

export interface Place {
  readonly address: string;
  readonly layer: LayerShape;
  readonly index: number;
}

/** Return the neuron called *address*, or null if these layers have none of that name. */
export function placeOf(address: string, layers: readonly LayerShape[]): Place | null {
  const [name = "", number = ""] = address.split("/");
  const layer = layers.find((each) => each.address === name);
  const index = Number(number);
  if (layer === undefined || !/^\d+$/.test(number) || index >= layer.neurons) return null;
  return { address, layer, index };
}

/** The address of the neuron that is *by* places away in its layer; it goes round at the ends. */
export function neighbour({ layer, index }: Place, by: number): string {
  return `${layer.address}/${(index + by + layer.neurons) % layer.neurons}`;
}

/** From the top of the tree down to whom a neuron's life depends on; *ownActor* if it is a process of its own. */
export function pathTo({ address, layer }: Place, network: string, ownActor: boolean): string[] {
  const above = [`network:${network}`, "layers", `${layer.address} supervisor`];
  return ownActor ? [...above, `${layer.address} neurons`, address] : [...above, layer.address];
}

/** The actor that dies when the neuron is killed: itself, or that of its layer. */
export function bodyOf({ address, layer }: Place, ownActor: boolean): string {
  return ownActor ? address : layer.address;
}
