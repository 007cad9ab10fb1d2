// What somebody does here: asked of the service, and told with its answer. Nothing is done before the service says so.

import { signal } from "@preact/signals";
import { part, Problem, send } from "../api/http.ts";
import type { Change, Run } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { link } from "../api/live.ts";
import { current, summary } from "./network.ts";
import { saying } from "./sayings.ts";
import { reasonText } from "./sentences.ts";

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
  /** Of which network the last change can be taken back from here; "" for none. */
  readonly undo: string;
  /** Whether it says that nobody answered: it goes when somebody does. */
  readonly lost: boolean;
  /** Of several notices about the same only the last is shown; "" for about nothing else. */
  readonly about: string;
}

export const notices = signal<readonly Notice[]>([]);
/** Whether the pointer or the keyboard is on them. */
export const noticesHeld = signal(false);
/** Whether an answer is awaited. */
export const busy = signal(0);
const SHOWN_SECONDS = 8;
let count = 0;

export function notify(text: string, { bad = false, undo = "", lost = false, about = "" } = {}): void {
  const notice = { id: ++count, text, bad, undo, lost, about };
  // What is said once more replaces what was said: a key that is pressed again must not fill the corner.
  const others = notices.value.filter((each) => each.text !== text && (about === "" || each.about !== about));
  notices.value = [...others.slice(-3), notice];
  setTimeout(() => expire(notice.id), SHOWN_SECONDS * 1000 * (bad ? 2 : 1));
}

/** What is being read, or is about to be undone, stays. */
function expire(id: number): void {
  if (noticesHeld.value) setTimeout(() => expire(id), SHOWN_SECONDS * 1000);
  else dismiss(id);
}

link.subscribe((state) => {
  if (state === "live" && notices.peek().some((notice) => notice.lost)) notices.value = notices.peek().filter((notice) => !notice.lost);
});

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** Do something of which the answer is a `Change`; null if it could not be done, which is told. */
export async function act<T = Change>(work: () => Promise<T>): Promise<T | null> {
  busy.value++;
  try {
    return await work();
  } catch (error) {
    const lost = error instanceof Problem && error.status === 0;
    notify(lost ? t("common.no_answer") : reasonText(error instanceof Error ? error.message : String(error)), { bad: true, lost });
    return null;
  } finally {
    busy.value--;
  }
}

const STEERING = ["pause", "resume", "step", "stop"];
const CANNOT_BE_UNDONE = [...STEERING, "kill", "undo"];

/** Ask for a change of a network, and tell what it was, old -> new, with the way back. */
export async function change(method: "POST" | "PATCH", path: string, body?: unknown): Promise<Change | null> {
  const network = current.value;
  const made = await act(() => send<Change>(method, path, body));
  if (made !== null) {
    const about = STEERING.includes(made.kind) ? "steering" : "";
    notify(saying(made), { about, undo: CANNOT_BE_UNDONE.includes(made.kind) ? "" : network });
  }
  return made;
}

const ofNetwork = (path: string): string => `/networks/${part(current.value)}${path}`;
const ofRun = (path: string): string => `/runs/${part(summary.value?.run ?? "")}${path}`;

export type Unit = "message" | "sample" | "batch" | "epoch";

export const pause = () => change("POST", ofRun("/pause"));
export const resume = () => change("POST", ofRun("/resume"));
export const stop = () => change("POST", ofRun("/stop"));
export const step = (unit: Unit, n = 1) => change("POST", ofRun("/step"), { unit, n });
export const setRun = (values: object) => change("PATCH", ofRun(""), values);
export const rewind = () => change("POST", ofRun("/rewind"));

/** Have a run that is over begin once more, from the same weights, of the same rows, by the same plan. */
export async function again(run: string): Promise<Run | null> {
  const made = await act(() => send<Run>("POST", `/runs/${part(run)}/again`));
  if (made !== null) notify(t("runs.again_begun", { run: made.id }));
  return made;
}
export const undo = (n = 1) => change("POST", ofNetwork("/undo"), { n });
export const kill = (address: string) => change("POST", ofNetwork("/kill"), { address });
export const setNeuron = (address: string, values: object) => change("PATCH", ofNetwork(`/neurons/${address}`), values);

/** Pause what runs, and have what rests go on. */
export function toggle(): void {
  if (summary.value?.state === "running") void pause();
  else if (summary.value?.state === "paused") void resume();
}
