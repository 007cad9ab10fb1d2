// Topics of the live stream as signals of a component: only what is on the screen is asked for.

import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Listener, subscribe, type Wish } from "../api/live.ts";

export interface Told<T> {
  /** The newest frame; null before the first. */
  readonly data: Signal<T | null>;
  /** Why there is none; "" if all is well. */
  readonly problem: Signal<string>;
}

/** Follow *wish*, null for nothing; what comes replaces what was there. */
export function useTopic<T>(wish: Wish | null): Told<T> {
  const data = useSignal<T | null>(null);
  const problem = useSignal("");
  useListener(wish, () => {
    data.value = null;
    problem.value = "";
    return {
      onFrame(frame) {
        data.value = frame as T;
        problem.value = "";
      },
      onProblem(detail) {
        problem.value = detail;
      },
    };
  });
  return { data, problem };
}

/** Follow *wish*; *open* is called whenever it is another one, and returns who is told. */
export function useListener(wish: Wish | null, open: () => Listener): void {
  const key = JSON.stringify(wish);
  useEffect(() => (wish === null ? undefined : subscribe(wish, open())), [key]);
}
