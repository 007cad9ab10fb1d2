// What is known of a neuron's life: what was written down before, what comes, and what lies around a chosen moment.

import { get } from "../../api/http.ts";
import type { Happening, Page } from "../../api/types.ts";
import { current, gaps, happenings } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { param } from "../../state/view.ts";
import { together } from "./story.ts";

const PAST = 60;
const REPLAYS = 500;
/** A death is told within so many events of its wish and its replay, also where much dies at once. */
const AROUND = 40;

export interface Life {
  /** Oldest first. */
  readonly all: readonly Happening[];
  /** The number of the event that the address of the page asks for; 0 for none. */
  readonly chosen: number;
  /** All replays from this event on are known. */
  readonly since: number;
}

/** The events of *address* and of *body*, which is the actor that it lives in. */
export function useLife(address: string, body: string): Life {
  const network = current.value;
  const past = useResource(`${network} ${body} ${gaps.value}`, async () => {
    const of = (whom: string) => get<Page<Happening>>("/events", { network, address: whom, order: "desc", limit: PAST });
    const pages = await Promise.all((address === body ? [body] : [body, address]).map(of));
    return pages.flatMap((page) => page.items);
  });
  const known = together(past.data.value ?? [], happenings.value);
  // A replay is nobody's own, so it is not among the events of the neuron.
  const replays = useResource(`${network} ${gaps.value}`, () =>
    get<Page<Happening>>("/events", { network, kind: "step_replayed", order: "desc", limit: REPLAYS }));
  const chosen = Number(param("event")) || 0;
  const lastDeath = known.findLast((each) => each.kind === "neuron_died" && each.address === body)?.id ?? 0;
  const place = chosen || lastDeath;
  const around = useResource(place === 0 ? null : `${network} ${place}`, () =>
    get<Page<Happening>>("/events", { network, after: Math.max(0, place - AROUND), limit: 2 * AROUND }));
  const [found, more] = [replays.data.value?.items ?? [], replays.data.value?.next ?? null];
  return {
    all: together(known, around.data.value?.items ?? [], found),
    chosen,
    since: replays.data.value === null ? Infinity : more === null ? 0 : (found.at(-1)?.id ?? 0),
  };
}
