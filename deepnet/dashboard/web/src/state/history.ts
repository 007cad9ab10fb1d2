// The epochs of the run that is looked at, as they come.

import { type Signal, useSignal } from "@preact/signals";
import type { Epoch, HistoryFrame } from "../api/types.ts";
import { useListener } from "./topic.ts";

/** More are not drawn: only every second one is kept then. */
export const MOST = 1000;

export interface Epochs {
  readonly run: string | null;
  /** Evenly spaced, and the last. */
  readonly records: readonly Epoch[];
  /** How many epochs there are from one record to the next. */
  readonly stride: number;
}

/** Return what is kept once *frame* has come: evenly spaced, for a curve that is dense at one end looks wrong. */
export function joined(before: Epochs | null, frame: HistoryFrame): Epochs {
  const kept = frame.after === 0 || before === null ? [] : before.records;
  const all = [...kept, ...frame.records];
  const came = frame.records.length < 3 ? 1 : (frame.records[1]?.epoch ?? 0) - (frame.records[0]?.epoch ?? 0);
  let stride = Math.max(kept.length === 0 ? 1 : (before?.stride ?? 1), nextPowerOfTwo(came));
  const count = (all.at(-1)?.epoch ?? 0) - (all[0]?.epoch ?? 0);
  while (count / stride > MOST) stride *= 2;
  let mark = -Infinity;
  const records = all.filter((record, index) => {
    const slot = Math.floor(record.epoch / stride);
    const isFirstOfItsSlot = slot > mark;
    mark = Math.max(mark, slot);
    return isFirstOfItsSlot || index === all.length - 1;
  });
  return { run: frame.run, records, stride };
}

function nextPowerOfTwo(number: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, number)));
}

/** The history of the run of *network*; thinned where it is long, the last is always there. */
export function useHistory(network: string): Signal<Epochs | null> {
  const epochs = useSignal<Epochs | null>(null);
  useListener(network === "" ? null : { topic: "history", network, rate: 2 }, () => {
    epochs.value = null;
    return {
      onFrame(data) {
        epochs.value = joined(epochs.value, data as HistoryFrame);
      },
    };
  });
  return epochs;
}
