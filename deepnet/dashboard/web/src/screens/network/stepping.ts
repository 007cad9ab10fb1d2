// Going on by single messages: what was told, and what travels on the picture.

import { effect, signal } from "@preact/signals";
import { part, send } from "../../api/http.ts";
import type { Change } from "../../api/types.ts";
import { travelOf, type Told } from "../../draw/journeys.ts";
import type { Trip } from "../../draw/moves.ts";
import { act } from "../../state/actions.ts";
import { current, summary } from "../../state/network.ts";
import { layout } from "./scenery.ts";
import { model } from "./looking.ts";

const KEPT = 40;
const TRAVEL_MILLISECONDS = 900;
export const SPEEDS = [0.5, 1, 2, 5];

/** What was told last, oldest first. */
export const messages = signal<readonly Told[]>([]);
export const trip = signal<Trip | null>(null);
export const speed = signal(1);
export const isPlaying = signal(false);
let turn = 0;

effect(() => {
  void current.value;
  forget();
});

/** Stop, and take what travels off the picture. */
export function forget(): void {
  turn++;
  isPlaying.value = false;
  trip.value = null;
  messages.value = [];
}

async function ask(body: object): Promise<Change | null> {
  const run = summary.peek()?.run;
  if (run === null || run === undefined) return null;
  if (summary.peek()?.state === "running") await act(() => send<Change>("POST", `/runs/${part(run)}/pause`));
  return act(() => send<Change>("POST", `/runs/${part(run)}/step`, body));
}

function show(told: readonly Told[], lasts: number): void {
  const [layers, where, last] = [model.peek(), layout.peek(), told.at(-1)];
  if (layers === null || where === null || last === undefined) return;
  messages.value = [...messages.peek(), ...told].slice(-KEPT);
  trip.value = { travel: travelOf({ model: layers, layout: where }, last), began: performance.now(), lasts };
}

/** Let one message through; whether there was one. */
export async function stepMessage(): Promise<boolean> {
  const made = await ask({ unit: "message", n: 1 });
  const told = (made?.messages ?? []) as unknown as Told[];
  show(told, Math.min(TRAVEL_MILLISECONDS, 850 / speed.peek()));
  return told.length > 0;
}

/** Let them through one after the other until `forget`, `halt` or the end. */
export async function play(): Promise<void> {
  const mine = ++turn;
  isPlaying.value = true;
  while (mine === turn) {
    const began = performance.now();
    if (!(await stepMessage())) break;
    await new Promise((go) => setTimeout(go, Math.max(0, 1000 / speed.peek() - (performance.now() - began))));
  }
  if (mine === turn) isPlaying.value = false;
}

export function halt(): void {
  turn++;
  isPlaying.value = false;
}

/** Play the step to its end, all its messages at once. */
export async function finish(): Promise<void> {
  halt();
  const made = await ask({ unit: "batch", n: 1 });
  if (made !== null) trip.value = null;
}
