// The networks of the service, and the one that is looked at.

import { computed, effect, signal } from "@preact/signals";
import { subscribe } from "../api/live.ts";
import type { Happening, Summary } from "../api/types.ts";
import { param } from "./view.ts";

const SUMMARY_RATE = 4;
const EVENTS_KEPT = 500;

/** All networks in short; null before the service has told. */
export const networks = signal<Summary[] | null>(null);

/** The name of the network that is looked at: of the address, or the one that learns, or the first; "" for none. */
export const current = computed(() => {
  const named = param("net");
  if (named !== "") return named;
  const all = networks.value ?? [];
  return (all.find((one) => one.state === "running") ?? all[0])?.name ?? "";
});

/** How the network that is looked at is; null before it is known. */
export const summary = signal<Summary | null>(null);
export const summaryProblem = signal("");

/** What has happened to it since the page was opened, oldest first. */
export const happenings = signal<readonly Happening[]>([]);
/** Rises when events may have been missed: whoever shows a list of them fetches it again. */
export const gaps = signal(0);

/** Begin to follow; once, at the start. */
export function followNetworks(): void {
  subscribe({ topic: "networks", rate: 1 }, { onFrame: (data) => (networks.value = data as Summary[]) });
  let name = "";
  let leave = [() => {}];
  effect(() => {
    if (current.value === name) return;
    name = current.value;
    for (const one of leave) one();
    leave = name === "" ? [] : follow(name);
  });
}

function follow(network: string): (() => void)[] {
  summary.value = null;
  summaryProblem.value = "";
  happenings.value = [];
  return [
    subscribe({ topic: "summary", network, rate: SUMMARY_RATE }, {
      onFrame(data) {
        summary.value = data as Summary;
        summaryProblem.value = "";
      },
      onProblem(detail) {
        summaryProblem.value = detail;
      },
    }),
    subscribe({ topic: "events", network }, {
      onFrame(data) {
        const kept = happenings.value.length >= EVENTS_KEPT ? happenings.value.slice(-EVENTS_KEPT / 2) : happenings.value;
        happenings.value = [...kept, data as Happening];
      },
      onGap() {
        gaps.value++;
      },
    }),
  ];
}
