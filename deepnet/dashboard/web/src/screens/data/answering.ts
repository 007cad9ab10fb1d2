// What a network makes of a row, asked again whenever it has learnt on: never two questions at a time.

import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { part, send } from "../../api/http.ts";
import type { Num } from "../../api/types.ts";
import { toNumber } from "../../parts/numbers.ts";
import { asRecord, type Cell, type Units } from "./units.ts";

export interface Answer {
  readonly step: number;
  /** A number in the unit of the target, or the name of a class; several numbers where there are several outputs. */
  readonly answer: Num | string | Num[];
  /** Of each class; null where there are none, or the network does not tell. */
  readonly probabilities: Readonly<Record<string, Num>> | null;
  readonly outputs: readonly number[];
  /** The row as the network takes it. */
  readonly inputs: readonly number[];
}

interface AnswersOut {
  step: number;
  items: (Omit<Answer, "step" | "outputs" | "inputs"> & { outputs: Num[]; inputs: Num[] })[];
}

export async function askAbout(network: string, units: Units, cells: readonly Cell[]): Promise<Answer> {
  if (units.named) {
    const { step, items } = await send<AnswersOut>("POST", `/networks/${part(network)}/answers`, { rows: [asRecord(units, cells)] });
    const item = items[0];
    if (item === undefined) throw new Error("there is no answer");
    return { ...item, step, outputs: item.outputs.map(toNumber), inputs: item.inputs.map(toNumber) };
  }
  const inputs = cells.map(Number);
  const { step, outputs } = await predict(network, [inputs]);
  const first = outputs[0] ?? [];
  return { step, answer: first.length === 1 ? (first[0] ?? null) : first, probabilities: null, outputs: first, inputs };
}

/** What a network makes of rows as it takes them. */
export async function predict(network: string, inputs: readonly (readonly number[])[]): Promise<{ step: number; outputs: number[][] }> {
  const said = await send<{ step: number; outputs: Num[][] }>("POST", `/networks/${part(network)}/predict`, { inputs });
  return { step: said.step, outputs: said.outputs.map((row) => row.map(toNumber)) };
}

export interface Asked<T> {
  readonly data: Signal<T | null>;
  readonly problem: Signal<string>;
}

/**
 * Ask when *key* is another one, null for not at all; what was told last stays until the next answer is there.
 * *pause* is how long to wait between two questions, in milliseconds.
 */
export function useAsking<T>(key: string | null, ask: () => Promise<T>, pause: number): Asked<T> {
  const data = useSignal<T | null>(null);
  const problem = useSignal("");
  const state = useRef({ asking: false, wanted: "", last: -Infinity, timer: 0 });
  const newest = useRef(ask);
  newest.current = ask;
  useEffect(() => {
    const mine = state.current;
    mine.wanted = key ?? "";
    const next = () => {
      window.clearTimeout(mine.timer);
      if (mine.asking || mine.wanted === "") return;
      const rest = mine.last + pause - performance.now();
      if (rest > 0) mine.timer = window.setTimeout(next, rest);
      else void go();
    };
    const go = async () => {
      const asked = mine.wanted;
      mine.asking = true;
      try {
        data.value = await newest.current();
        problem.value = "";
      } catch (error) {
        problem.value = error instanceof Error ? error.message : String(error);
      }
      mine.asking = false;
      mine.last = performance.now();
      if (mine.wanted !== asked) next();
    };
    next();
  }, [key]);
  useEffect(() => () => {
    state.current.wanted = "";
    window.clearTimeout(state.current.timer);
  }, []);
  return { data, problem };
}
