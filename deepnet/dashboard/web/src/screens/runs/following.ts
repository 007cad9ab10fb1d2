// The runs there are, page by page, and as they are now: what changes is told by the stream, the list is fetched again
// where a run begins or ends.

import { type Signal, useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, part } from "../../api/http.ts";
import type { Epoch, Network, Page, Run } from "../../api/types.ts";
import { networks } from "../../state/network.ts";
import { type Resource, useResource } from "../../state/resource.ts";

const PAGE = 50;
const EPOCHS = 500;
const AGAIN_SECONDS = 2;

export interface Runs {
  readonly items: Signal<readonly Run[] | null>;
  readonly problem: Signal<string>;
  /** Whether there are older ones. */
  readonly more: Signal<boolean>;
  showMore(): void;
  reload(): void;
}

/** The runs of *network*, of all if it is "". */
export function useRuns(network: string): Runs {
  const pages = useSignal(1);
  const found = useResource(`${network} ${pages.value}`, () => fetchRuns(network, pages.value));
  const kept = useSignal<readonly Run[] | null>(null);
  useEffect(() => {
    pages.value = 1;
    kept.value = null;
  }, [network]);
  const changes = (networks.value ?? []).map((one) => `${one.name} ${one.run} ${one.state}`).join();
  useEffect(() => found.reload(), [changes]);
  const got = found.data.value;
  useEffect(() => {
    if (got !== null) kept.value = got.items;
  }, [got]);
  const items = useComputed(() => kept.value?.map(asNow) ?? null);
  return {
    items,
    problem: found.problem,
    more: useComputed(() => (found.data.value?.next ?? null) !== null),
    showMore: () => pages.value++,
    reload: found.reload,
  };
}

async function fetchRuns(network: string, pages: number): Promise<Page<Run>> {
  const items: Run[] = [];
  let after: string | null = null;
  for (let page = 0; page < pages; page++) {
    const got: Page<Run> = await get<Page<Run>>("/runs", { network: network || null, limit: PAGE, after });
    items.push(...got.items);
    after = got.next;
    if (after === null) break;
  }
  return { items, next: after };
}

/** A run with what its network tells of it this moment. */
export function asNow(run: Run): Run {
  const told = networks.value?.find((one) => one.run === run.id);
  if (told === undefined || told.epoch === undefined || ["down", "unknown", "idle"].includes(told.state)) return run;
  const after = told.state === run.state || run.ended === null ? told.state : run.state;
  return { ...run, state: after, epochs: told.epoch, step: told.step, loss: told.loss ?? run.loss };
}

/** The seeds of all networks, by their names. */
export function useSeeds(): Signal<Readonly<Record<string, number>> | null> {
  const names = (networks.value ?? []).map((one) => one.name).join();
  const found = useResource(names === "" ? null : names, () => get<Page<Network>>("/networks", { limit: 1000 }));
  return useComputed(() =>
    found.data.value && Object.fromEntries(found.data.value.items.map((each) => [each.name, each.seed])));
}

/** The epochs of several runs, at most so many of each; they are fetched again while *live* says that there are more. */
export function useHistories(runs: readonly string[], live: boolean): Resource<Readonly<Record<string, Epoch[]>>> {
  const found = useResource(runs.length === 0 ? null : runs.join(), async () => {
    const pages = await Promise.all(
      runs.map((run) => get<Page<Epoch>>(`/runs/${part(run)}/history`, { most: EPOCHS }).catch(() => null)));
    return Object.fromEntries(runs.map((run, index) => [run, pages[index]?.items ?? []]));
  });
  useEffect(() => {
    if (!live) {
      found.reload(); // the last epochs of one that has just ended
      return undefined;
    }
    const timer = setInterval(found.reload, AGAIN_SECONDS * 1000);
    return () => clearInterval(timer);
  }, [live, runs.join()]);
  return found;
}
