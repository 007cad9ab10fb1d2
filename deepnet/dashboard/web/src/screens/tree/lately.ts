// Who has died or come back within the last minute.

import { type Signal, useSignal } from "@preact/signals";
import { get } from "../../api/http.ts";
import type { Happening, Page } from "../../api/types.ts";
import { gaps } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { useListener } from "../../state/topic.ts";

export const LATELY_SECONDS = 60;
const KINDS = ["neuron_died", "neuron_restarted", "child_restarted"];
const KEPT = 1000;

export interface Last {
  readonly time: number;
  readonly kind: string;
  readonly id: number;
}

/** By "network address", of a part of the service " name": the last that has happened to it. */
export type Lately = ReadonlyMap<string, Last>;

export function useLately(network: string | null): Signal<Lately> {
  const lately = useSignal<Lately>(new Map());
  const note = (events: readonly Happening[]) => {
    const since = Date.now() / 1000 - LATELY_SECONDS;
    const known = new Map([...lately.value].filter(([, last]) => last.time > since).slice(-KEPT));
    for (const event of events) {
      const key = keyOf(event);
      if (event.time > since && (known.get(key)?.id ?? 0) < event.id) known.set(key, { time: event.time, kind: event.kind, id: event.id });
    }
    lately.value = known;
  };
  useResource(`${network} ${gaps.value}`, async () => {
    const page = await get<Page<Happening>>("/events", { network, kind: KINDS, order: "desc", limit: 500 });
    note(page.items);
    return page;
  });
  useListener({ topic: "events", kinds: KINDS, ...(network === null ? {} : { network }) }, () => ({
    onFrame: (data) => note([data as Happening]),
  }));
  return lately;
}

function keyOf(event: Happening): string {
  if (event.kind === "child_restarted") return ` ${String(event.data["child"])}`;
  return `${event.network} ${event.address}`;
}

/** What has lately happened to the node called *name*. */
export function lastOf(lately: Lately, network: string, name: string): Last | undefined {
  if (name === `network:${network}`) return lately.get(`${network} network`) ?? lately.get(` ${name}`);
  return lately.get(`${network} ${name}`);
}
