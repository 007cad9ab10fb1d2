// What is looked at, as the address of the page says it: #/network?net=demo&by=delta. So a link holds the whole view.

import { computed, signal } from "@preact/signals";

export const SCREENS = ["overview", "network", "neuron", "tree", "events", "weights", "data", "runs", "system"] as const;
export type Screen = (typeof SCREENS)[number] | "welcome";
export type ViewParams = Record<string, string>;

export interface View {
  readonly screen: Screen;
  readonly params: Readonly<ViewParams>;
}

/** Parameters that go along from screen to screen. */
const LASTING = ["net", "lang", "theme", "still"];

export function parseView(hash: string): View {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const known = [...SCREENS, "welcome"] as const;
  const screen = known.find((name) => name === path) ?? "overview";
  return { screen, params: Object.fromEntries(new URLSearchParams(query)) };
}

export function formatView({ screen, params }: View): string {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== "")).toString();
  return `#/${screen}${query ? `?${query}` : ""}`;
}

export const view = signal<View>(parseView(location.hash));
window.addEventListener("hashchange", () => {
  view.value = parseView(location.hash);
});

/** The value of a parameter of the address, "" if it is not there. */
export function param(name: string): string {
  return view.value.params[name] ?? "";
}

/** The address of another screen; what should last goes along. */
export function linkTo(screen: Screen, params: ViewParams = {}): string {
  const lasting = LASTING.flatMap((name) => (param(name) ? [[name, param(name)] as const] : []));
  return formatView({ screen, params: { ...Object.fromEntries(lasting), ...params } });
}

export function go(screen: Screen, params: ViewParams = {}): void {
  location.hash = linkTo(screen, params);
}

/** Change parameters of this screen without a new entry in the browser's history. "" takes one away. */
export function setParams(changes: ViewParams): void {
  const { screen, params } = view.value;
  const next = { screen, params: { ...params, ...changes } };
  for (const name of Object.keys(changes)) if (changes[name] === "") delete next.params[name];
  history.replaceState(null, "", formatView(next));
  view.value = next;
}

/** Nothing moves and no clock is shown: for pictures that are compared. */
export const still = computed(() => param("still") === "1");
