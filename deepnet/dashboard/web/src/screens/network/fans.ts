// The connections of one neuron of a large network, fetched in parts.

import { getBytes, part } from "../../api/http.ts";
import { floats, readTensors } from "../../api/safetensors.ts";
import { fan } from "../../draw/edges.ts";
import { INPUTS, size, type Model, type Place } from "../../draw/model.ts";
import type { Strand } from "../../draw/scene.ts";

const TILE = 256;
/** Of wider layers each block is told of by its largest weight. */
const MOST_TILES = 40;
export const MOST_STRANDS = 500;

type Window = readonly [number, number, number, number];

/** Return the parts of *count* that are fetched at a time. */
export function parts(count: number): [number, number][] {
  const step = Math.max(TILE, Math.ceil(count / MOST_TILES));
  const found: [number, number][] = [];
  for (let first = 0; first < count; first += step) found.push([first, Math.min(first + step, count)]);
  return found;
}

async function fetchLine(
  network: string,
  layer: string,
  count: number,
  window: (first: number, last: number) => Window,
): Promise<Float32Array> {
  const line = new Float32Array(count).fill(Number.NaN);
  const path = `/networks/${part(network)}/layers/${part(layer)}/weights`;
  await Promise.all(
    parts(count).map(async ([first, last]) => {
      const tile =
        floats(readTensors(await getBytes(path, { window: window(first, last).join(",") })), "tile") ??
        new Float32Array();
      const per = Math.ceil((last - first) / Math.max(1, tile.length));
      tile.forEach((weight, place) => (line[Math.min(first + place * per + (per >> 1), count - 1)] = weight));
    }),
  );
  return line;
}

/** Return the strongest connections of the neuron (or input) at *place*. */
export async function fetchFan(network: string, model: Model, place: Place): Promise<Strand[]> {
  const [own, next] = [model.layers[place.layer], model.layers[place.layer + 1]];
  const { index } = place;
  const [into, out] = await Promise.all([
    place.layer === INPUTS || own === undefined
      ? new Float32Array()
      : fetchLine(network, own.address, own.inputs, (first, last) => [index, index + 1, first, last]),
    next === undefined
      ? new Float32Array()
      : fetchLine(network, next.address, size(model, place.layer + 1), (first, last) => [
          first,
          last,
          index,
          index + 1,
        ]),
  ]);
  return fan(place, into, out, MOST_STRANDS);
}
