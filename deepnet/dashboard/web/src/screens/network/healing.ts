// Deaths and recoveries, as the events of a network tell them.

import type { Happening } from "../../api/types.ts";
import { placeOf, type Model, type Place } from "../../draw/model.ts";
import type { PulseKind } from "../../draw/moves.ts";

export interface Heal {
  readonly id: number;
  readonly kind: PulseKind;
  readonly place: Place;
}

const KINDS: Readonly<Record<string, PulseKind>> = {
  neuron_died: "died",
  neuron_restarted: "healed",
  step_replayed: "replayed",
};

/** Return what is to be seen of the events after *since*: a step that was replayed where the last one died. */
export function healsAfter(since: number, happenings: readonly Happening[], model: Model): Heal[] {
  const heals: Heal[] = [];
  let last: Place | null = null;
  for (const { id, kind, address } of happenings) {
    const what = KINDS[kind];
    if (what === undefined) continue;
    const place: Place | null = address === null ? last : placeOf(model, address);
    if (what === "died") last = place;
    if (place !== null && id > since) heals.push({ id, kind: what, place });
  }
  return heals;
}

/** How a neuron died and came back, with milliseconds since its death; null if it did not. */
export interface Course {
  readonly reason: string;
  readonly died: number;
  readonly restarted: number | null;
  readonly replayed: number | null;
}

export function lastCourse(happenings: readonly Happening[], address: string): Course | null {
  const start = happenings.findLastIndex((one) => one.kind === "neuron_died" && one.address === address);
  const death = happenings[start];
  if (death === undefined) return null;
  const later = happenings.slice(start + 1);
  const after = (kind: string, of: string | null) => {
    const found = later.find((one) => one.kind === kind && (of === null || one.address === of));
    return found === undefined ? null : Math.max(0, 1000 * (found.time - death.time));
  };
  return {
    reason: String(death.data["reason"] ?? ""),
    died: death.time,
    restarted: after("neuron_restarted", address),
    replayed: after("step_replayed", null),
  };
}
