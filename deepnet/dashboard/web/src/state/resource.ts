// What is fetched once, and again when asked: loading, there, or a problem.

import { type Signal, useSignal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { Problem } from "../api/http.ts";

/** The status of whoever is asked too much at once: it is our turn later. */
const BUSY = 429;
const TURN_SECONDS = 2;
const TURNS = 15;

export interface Resource<T> {
  readonly data: Signal<T | null>;
  readonly problem: Signal<string>;
  readonly loading: Signal<boolean>;
  /** When it was fetched, in milliseconds since 1970. */
  readonly asOf: Signal<number>;
  reload(): void;
}

/**
 * Fetch when the component appears and whenever *key* is another one; null for nothing. Where only *version* is another
 * one, what is there stays until the new is.
 */
export function useResource<T>(key: string | null, fetch: () => Promise<T>, version = ""): Resource<T> {
  const data = useSignal<T | null>(null);
  const problem = useSignal("");
  const loading = useSignal(key !== null);
  const asOf = useSignal(0);
  const newest = useRef(0);
  const turns = useRef(0);
  const latest = useRef(fetch);
  const fetched = useRef(version);
  latest.current = fetch;
  const reload = useCallback(() => {
    if (key === null) return;
    const mine = ++newest.current;
    loading.value = true;
    latest.current().then(
      (found) => {
        if (mine !== newest.current) return; // somebody has asked for something else since
        turns.current = 0;
        data.value = found;
        problem.value = "";
        loading.value = false;
        asOf.value = Date.now();
      },
      (error: unknown) => {
        if (mine !== newest.current) return;
        if (error instanceof Problem && error.status === BUSY && turns.current++ < TURNS) {
          setTimeout(() => mine === newest.current && reload(), TURN_SECONDS * 1000);
          return;
        }
        problem.value = error instanceof Error ? error.message : String(error);
        loading.value = false;
      },
    );
  }, [key]);
  useEffect(() => {
    data.value = null;
    problem.value = "";
    fetched.current = version;
    reload();
    return () => {
      newest.current++;
    };
  }, [key]);
  useEffect(() => {
    if (fetched.current === version) return;
    fetched.current = version;
    reload();
  }, [version]);
  return { data, problem, loading, asOf, reload };
}
