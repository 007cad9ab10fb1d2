// The screens: each is loaded when somebody goes there, and those nobody has gone to yet when there is time, so that
// they can still be looked at while the service is away.

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { t } from "../i18n/index.ts";
import { Loading, ProblemBox } from "../parts/states.tsx";
import type { Screen } from "../state/view.ts";

const LOADERS: Record<Screen, () => Promise<ComponentType>> = {
  overview: async () => (await import("../screens/overview/index.tsx")).OverviewScreen,
  network: async () => (await import("../screens/network/index.tsx")).NetworkScreen,
  neuron: async () => (await import("../screens/neuron/index.tsx")).NeuronScreen,
  tree: async () => (await import("../screens/tree/index.tsx")).TreeScreen,
  events: async () => (await import("../screens/events/index.tsx")).EventsScreen,
  weights: async () => (await import("../screens/weights/index.tsx")).WeightsScreen,
  data: async () => (await import("../screens/data/index.tsx")).DataScreen,
  runs: async () => (await import("../screens/runs/index.tsx")).RunsScreen,
  system: async () => (await import("../screens/system/index.tsx")).SystemScreen,
  welcome: async () => (await import("../screens/welcome/index.tsx")).WelcomeScreen,
};

const loaded = signal<Partial<Record<Screen, ComponentType>>>({});
const failed = signal<ReadonlySet<Screen>>(new Set());
const underWay = new Set<Screen>();

export async function loadPage(screen: Screen): Promise<void> {
  if (loaded.peek()[screen] !== undefined || underWay.has(screen)) return;
  underWay.add(screen);
  try {
    const Page = await LOADERS[screen]();
    loaded.value = { ...loaded.peek(), [screen]: Page };
    failed.value = new Set([...failed.peek()].filter((each) => each !== screen));
  } catch {
    failed.value = new Set([...failed.peek(), screen]);
  } finally {
    underWay.delete(screen);
  }
}

/** So long after the first screen the others are loaded: what is looked at comes first. */
const LATER_SECONDS = 5;

/** Load all others, one after the other, while nothing else is to be done. */
export async function loadOtherPages(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, LATER_SECONDS * 1000));
  for (const screen of Object.keys(LOADERS) as Screen[]) {
    await new Promise<unknown>((resolve) => requestIdleCallback(resolve, { timeout: 2000 }));
    await loadPage(screen);
  }
}

export function CurrentPage({ screen }: { screen: Screen }) {
  const Page = loaded.value[screen];
  if (Page !== undefined) return <Page />;
  if (failed.value.has(screen)) return <ProblemBox detail={t("common.not_loaded")} retry={() => void loadPage(screen)} />;
  void loadPage(screen);
  return <Loading />;
}
