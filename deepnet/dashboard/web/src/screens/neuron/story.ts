// How somebody died and came back, made of the events that tell it; nothing is guessed.

import type { Happening } from "../../api/types.ts";

export interface Story {
  /** The number of the event that tells the death. */
  readonly id: number;
  /** Who died: the neuron, or the layer that computes it. */
  readonly address: string;
  readonly run: string | null;
  /** The step that was under way; the one before it is sealed. */
  readonly step: number;
  readonly reason: string;
  /** Who asked for it and when, in seconds since 1970; null if nobody did. */
  readonly asked: { readonly time: number; readonly who: string } | null;
  readonly died: number;
  readonly restarted: { readonly time: number; readonly restarts: number } | null;
  readonly replayed: { readonly time: number; readonly attempt: number } | null;
}

/** Who asks is told at once, who dies only before its next message: so far apart may the two be. */
const ASKED_SECONDS = 30;
/** The wish is written down beside the killing, so it may come after the death; but not by much. */
const LATE_SECONDS = 0.5;

/** All deaths of *address* in these events, which come in their order; the newest is the last. */
export function storiesOf(address: string, events: readonly Happening[]): Story[] {
  const deaths = events.filter((each) => each.kind === "neuron_died" && each.address === address);
  return deaths.map((death, index) => {
    const until = deaths[index + 1]?.id ?? Infinity;
    const since = deaths[index - 1]?.id ?? -Infinity;
    const next = (kind: string, fits: (event: Happening) => boolean) =>
      events.find((each) => each.kind === kind && each.id > death.id && each.id < until && fits(each));
    const back = next("neuron_restarted", (each) => each.address === address);
    const again = next("step_replayed", (each) => each.step === death.step);
    return {
      id: death.id,
      address,
      run: death.run,
      step: death.step ?? 0,
      reason: String(death.data["reason"] ?? ""),
      asked: askedFor(death, events, since),
      died: death.time,
      restarted: back === undefined ? null : { time: back.time, restarts: Number(back.data["restarts"] ?? 0) },
      replayed: again === undefined ? null : { time: again.time, attempt: Number(again.data["attempt"] ?? 0) },
    };
  });
}

function askedFor(death: Happening, events: readonly Happening[], since: number): Story["asked"] {
  const kills = events.filter((each) =>
    each.kind === "intervened" && each.data["kind"] === "kill" && each.id > since && isOf(each.address, death.address));
  const kill = kills.findLast((each) => each.id < death.id && death.time - each.time < ASKED_SECONDS)
    ?? kills.find((each) => each.id > death.id && each.time - death.time < LATE_SECONDS);
  return kill === undefined ? null : { time: Math.min(kill.time, death.time), who: kill.who ?? "" };
}

/** Whether a kill of *asked* is a kill of *died*: the layer dies for a neuron that has no process of its own. */
function isOf(asked: string | null, died: string | null): boolean {
  return asked !== null && (asked === died || asked.split("/")[0] === died);
}

/** Events in their order, each once, whatever they have been found in. */
export function together(...lists: readonly (readonly Happening[])[]): Happening[] {
  const all = new Map(lists.flat().map((each) => [each.id, each]));
  return [...all.values()].sort((a, b) => a.id - b.id);
}

/** The story that the event numbered *id* belongs to, or is nearest to; undefined for 0 and where there is none. */
export function nearest(stories: readonly Story[], id: number): Story | undefined {
  if (id === 0) return undefined;
  return [...stories].sort((a, b) => Math.abs(a.id - id) - Math.abs(b.id - id))[0];
}
