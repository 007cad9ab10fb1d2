// The epochs of the run that is looked at, as they come.

import { type Signal, useSignal } from "@preact/signals";
import type { Epoch, HistoryFrame } from "../api/types.ts";
import { useListener } from "./topic.ts";

/** More are not drawn: every second one is left out then. */
const MOST = 2000;

export interface Epochs {
  readonly run: string | null;
  readonly records: readonly Epoch[];
}

/** The history of the run of *network*; thinned where it is long, the last is always there. */
export function useHistory(network: string): Signal<Epochs | null> {
  const epochs = useSignal<Epochs | null>(null);
  useListener(network === "" ? null : { topic: "history", network, rate: 2 }, () => {
    epochs.value = null;
    return {
      onFrame(data) {
        const { run, after, records } = data as HistoryFrame;
        const before = after === 0 ? [] : (epochs.value?.records ?? []);
        const all = [...before, ...records];
        epochs.value = { run, records: all.length > MOST ? all.filter((_, index) => (all.length - 1 - index) % 2 === 0) : all };
      },
    };
  });
  return epochs;
}
