// How long neurons have been there since they were restarted last, or since the network was made.

import { get, part } from "../../api/http.ts";
import type { Happening, Network, Page } from "../../api/types.ts";
import { placeOf, type Model } from "../../draw/model.ts";
import type { Figures } from "../../draw/scene.ts";

export interface Births {
  /** Of the network, in seconds since 1970. */
  readonly network: number;
  /** Of neurons that were restarted since, by address. */
  readonly neurons: ReadonlyMap<string, number>;
}

const KIND = "neuron_restarted";
const MOST_EVENTS = 1000;

export async function fetchBirths(network: string): Promise<Births> {
  const [facts, page] = await Promise.all([
    get<Network>(`/networks/${part(network)}`),
    get<Page<Happening>>("/events", { network, kind: KIND, order: "desc", limit: MOST_EVENTS }),
  ]);
  return withEvents({ network: facts.created, neurons: new Map() }, [...page.items].reverse());
}

/** Return *births* with what *happenings*, oldest first, tell of later ones. */
export function withEvents(births: Births, happenings: readonly Happening[]): Births {
  const restarts = happenings.filter(({ kind, address }) => kind === KIND && address !== null);
  if (restarts.length === 0) return births;
  const neurons = new Map(births.neurons);
  for (const { address, time } of restarts) neurons.set(address ?? "", Math.max(time, neurons.get(address ?? "") ?? 0));
  return { ...births, neurons };
}

/** Return the ages in seconds at the time *now* (seconds since 1970). */
export function agesAt(now: number, births: Births, model: Model): Figures {
  const ages = model.layers.map(({ neurons }) => new Float32Array(neurons).fill(Math.max(0, now - births.network)));
  for (const [address, born] of births.neurons) {
    const place = placeOf(model, address);
    const layer = place === null ? undefined : ages[place.layer];
    if (place !== null && layer !== undefined) layer[place.index] = Math.max(0, now - born);
  }
  return ages;
}
