// The networks of the service, and the one that is looked at.

import { computed, effect, signal } from "@preact/signals";
import { subscribe } from "../api/live.ts";
import type { Happening, Summary } from "../api/types.ts";
import { param } from "./view.ts";

const SUMMARY_RATE = 4;
const EVENTS_KEPT = 500;

/** All networks in short; null before the service has told. */
export const networks = signal<Summary[] | null>(null);

let last = "";

/** The name of the network that is looked at: of the address, or the one that learns, or the first; "" for none. */
export const current = computed(() => {
  const all = networks.value ?? [];
  // Whoever has begun to look at one goes on: a key that has it rest must not bring another one under the next key.
  const usual = all.find((one) => one.name === last) ?? all.find((one) => one.state === "running") ?? all[0];
  last = param("net") || (usual?.name ?? "");
  return last;
});

/** How the network that is looked at is; null before it is known. */
export const summary = signal<Summary | null>(null);
export const summaryProblem = signal("");

/** Whether there is no such network: it was never there, or has been deleted. */
export const isMissing = computed(() =>
  summary.value === null && summaryProblem.value !== "" && networks.value !== null && !networks.value.some((one) => one.name === current.value));
const seen = new Set<string>();
/** Whether a network of this name has been there while this page was open. */
export const wasThere = (name: string): boolean => seen.has(name);

/** Whether there is no network at all. The list of all is told once a second only: one that is new may not be in it. */
export const isBare = computed(() => networks.value?.length === 0 && summary.value === null);

/** What has happened to it since the page was opened, oldest first. */
export const happenings = signal<readonly Happening[]>([]);
/** Rises when events may have been missed: whoever shows a list of them fetches it again. */
export const gaps = signal(0);

/** Begin to follow; once, at the start. */
export function followNetworks(): void {
  subscribe({ topic: "networks", rate: 1 }, { onFrame(data) {
    networks.value = data as Summary[];
    for (const { name: each } of networks.value) seen.add(each);
  } });
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
      onProblem(detail, over) {
        if (over) summary.value = null;
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
