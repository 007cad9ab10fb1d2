// Events, newest first: those of before by pages, and those that come by the live stream.

import { type Signal, useComputed, useSignal } from "@preact/signals";
import { get } from "../../api/http.ts";
import type { Happening, Page } from "../../api/types.ts";
import { act } from "../../state/actions.ts";
import { gaps } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { useListener } from "../../state/topic.ts";

const PAGE = 100;
/** More are not kept: whoever wants older ones asks for them again. */
const MOST = 2000;

export interface Filter {
  readonly network: string;
  readonly run: string;
  readonly address: string;
  readonly kinds: readonly string[];
}

export interface Followed {
  readonly shown: Signal<readonly Happening[]>;
  /** Those that came while the list was held. */
  readonly waiting: Signal<number>;
  readonly problem: Signal<string>;
  readonly loading: Signal<boolean>;
  readonly hasMore: Signal<boolean>;
  reload(): void;
  more(): Promise<void>;
}

export function pageOf(filter: Filter, after: string | null = null, limit = PAGE): Promise<Page<Happening>> {
  return get<Page<Happening>>("/events", {
    network: filter.network || null,
    run: filter.run || null,
    address: filter.address || null,
    kind: filter.kinds,
    order: "desc",
    limit,
    after,
  });
}

/** Follow what *filter* says; while *held* the list stays as it is, and what comes is counted. */
export function useEvents(filter: Filter, held: boolean): Followed {
  const key = JSON.stringify(filter);
  const came = useSignal<readonly Happening[]>([]);
  const older = useSignal<readonly Happening[]>([]);
  const cursor = useSignal<string | null | undefined>(undefined);
  const heldAt = useSignal<number | null>(null);
  if (held !== (heldAt.peek() !== null)) heldAt.value = held ? (came.peek()[0]?.id ?? Infinity) : null;

  const first = useResource(`${key} ${gaps.value}`, () => pageOf(filter));
  useListener(
    {
      topic: "events",
      kinds: filter.kinds,
      ...(filter.network === "" ? {} : { network: filter.network }),
      ...(filter.run === "" ? {} : { run: filter.run }),
      ...(filter.address === "" ? {} : { address: filter.address }),
    },
    () => {
      came.value = [];
      older.value = [];
      cursor.value = undefined;
      return {
        onFrame(data) {
          came.value = [data as Happening, ...came.value].slice(0, MOST);
        },
        onGap() {
          came.value = [];
          first.reload();
        },
      };
    },
  );

  const all = useComputed(() => {
    const known = new Map<number, Happening>();
    for (const each of [...came.value, ...(first.data.value?.items ?? []), ...older.value]) known.set(each.id, each);
    return [...known.values()].sort((a, b) => b.id - a.id);
  });
  const isNew = (event: Happening) => heldAt.value !== null && event.id > (heldAt.value === Infinity ? newestOf(first.data.value) : heldAt.value);
  const next = useComputed(() => (cursor.value === undefined ? (first.data.value?.next ?? null) : cursor.value));
  return {
    shown: useComputed(() => all.value.filter((event) => !isNew(event))),
    waiting: useComputed(() => all.value.filter(isNew).length),
    problem: first.problem,
    loading: first.loading,
    hasMore: useComputed(() => next.value !== null),
    reload: first.reload,
    async more() {
      const page = await act(() => pageOf(filter, next.value));
      if (page === null) return;
      older.value = [...older.value, ...page.items];
      cursor.value = page.next;
    },
  };
}

function newestOf(page: Page<Happening> | null): number {
  return page?.items[0]?.id ?? 0;
}
