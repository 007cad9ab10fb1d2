// Going on by single messages: what was told, and what travels on the picture.

import { effect, signal } from "@preact/signals";
import { part, send } from "../../api/http.ts";
import type { Change, Happening } from "../../api/types.ts";
import { travelOf, type Told } from "../../draw/journeys.ts";
import type { Trip } from "../../draw/moves.ts";
import { act } from "../../state/actions.ts";
import { current, happenings, summary } from "../../state/network.ts";
import { layout } from "./scenery.ts";
import { model } from "./looking.ts";

const KEPT = 40;
const TRAVEL_MILLISECONDS = 900;
export const SPEEDS = [0.5, 1, 2, 5];

/** A message of a step; void once somebody has died within that step, which begins again. */
export interface Message extends Told {
  readonly step: number;
  readonly isVoid: boolean;
}

/** Who died between two messages, and which try of the step has begun; null before it has. */
export interface Death {
  readonly died: string;
  readonly id: number;
  readonly step: number;
  readonly tries: number | null;
}

/** What was told last, and who died meanwhile, oldest first. */
export const messages = signal<readonly (Message | Death)[]>([]);
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

let seen = 0;
effect(() => {
  const all = happenings.value;
  const fresh = all.filter(({ id }) => id > seen);
  seen = all.at(-1)?.id ?? 0;
  if (messages.peek().length > 0) for (const each of fresh) note(each);
});

/** A death makes void what was told of its step, and takes what travels off the picture. */
function note({ id, kind, address, step, data }: Happening): void {
  const rows = messages.peek();
  if (step === null) return;
  if (kind === "neuron_died" && rows.some((row) => "number" in row && row.step === step)) {
    const voided = rows.map((row) => ("number" in row && row.step === step ? { ...row, isVoid: true } : row));
    messages.value = [...voided, { died: address ?? "", id, step, tries: null }].slice(-KEPT);
    trip.value = null;
  } else if (kind === "step_replayed" && typeof data["attempt"] === "number") {
    const tries = data["attempt"];
    messages.value = rows.map((row) => ("died" in row && row.step === step && row.tries === null ? { ...row, tries } : row));
  }
}

function show(told: readonly Told[], step: number, lasts: number): void {
  const [layers, where, last] = [model.peek(), layout.peek(), told.at(-1)];
  if (layers === null || where === null || last === undefined) return;
  messages.value = [...messages.peek(), ...told.map((each) => ({ ...each, step, isVoid: false }))].slice(-KEPT);
  trip.value = { travel: travelOf({ model: layers, layout: where }, last), began: performance.now(), lasts };
}

/** Let one message through; whether there was one. */
export async function stepMessage(): Promise<boolean> {
  const made = await ask({ unit: "message", n: 1 });
  const told = (made?.messages ?? []) as unknown as Told[];
  show(told, Number(made?.old ?? 0) + 1, Math.min(TRAVEL_MILLISECONDS, 850 / speed.peek()));
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
