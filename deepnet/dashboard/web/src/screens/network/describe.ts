// A neuron and its numbers in words: for the panel, for what is under the pointer, and to be read out.

import { addressOf, INPUTS, size, type Model, type Place } from "../../draw/model.ts";
import { exact } from "../../draw/words.ts";
import { type Key, t } from "../../i18n/index.ts";
import type { Activity, Columns } from "./frames.ts";

export interface Line {
  readonly name: string;
  readonly value: string;
}

const FIELDS: readonly (readonly [string, Key])[] = [
  ["output", "network.by_output"],
  ["sum", "network.sum"],
  ["bias", "network.by_bias"],
  ["delta", "network.by_delta"],
  ["gradient", "network.by_gradient"],
];

/** Return what is known of *place*, with four digits. */
export function linesOf(model: Model, place: Place, seen: Activity | null, columns: Columns | null): Line[] {
  if (place.layer === INPUTS) return [{ name: t("common.input"), value: exact(seen?.input?.[place.index]) }];
  const lines = FIELDS.flatMap(([field, name]) => {
    const value = seen?.fields[field]?.[place.layer]?.[place.index];
    return value === undefined ? [] : [{ name: t(name), value: exact(value) }];
  });
  const target = place.layer === model.layers.length - 1 ? seen?.target?.[place.index] : undefined;
  if (target !== undefined) lines.push({ name: t("common.target"), value: exact(target) });
  const restarts = columns?.restarts[place.layer]?.[place.index];
  if (restarts !== undefined) lines.push({ name: t("common.restarts"), value: exact(restarts) });
  return lines;
}

/** Return the address of *place* as it is said. */
export function nameOf(model: Model, place: Place): string {
  return place.layer === INPUTS ? t("network.input_name", { index: place.index }) : addressOf(model, place);
}

/** Return a sentence about *place*, for those who hear the picture. */
export function spoken(model: Model, place: Place, lines: readonly Line[]): string {
  const layer = place.layer === INPUTS ? t("network.inputs") : (model.layers[place.layer]?.address ?? "");
  const where = t("network.spoken_place", { index: place.index + 1, count: size(model, place.layer), layer });
  return [nameOf(model, place), where, ...lines.map(({ name, value }) => `${name} ${value}`)].join(", ");
}
