// Where in the curve something has happened: events tell steps, the curve has epochs.

import type { Epoch, Happening } from "../../api/types.ts";
import type { Mark } from "../../parts/chart.tsx";

export const MARKED = ["neuron_died", "intervened", "checkpoint_saved"];
const KINDS: Record<string, Mark["kind"]> = { neuron_died: "death", intervened: "change", checkpoint_saved: "checkpoint" };
/** Changes that are no change of what is learnt. */
const QUIET = ["pause", "resume", "step", "stop"];
const MOST = 200;

export function marksOf(happenings: readonly Happening[], epochs: readonly Epoch[], run: string | null): Mark[] {
  const marks = new Map<string, Mark>();
  for (const each of happenings) {
    const kind = KINDS[each.kind];
    if (kind === undefined || each.step === null || (each.run !== null && each.run !== run)) continue;
    if (kind === "change" && QUIET.includes(String(each.data["kind"]))) continue;
    const x = epochAt(each.step, epochs);
    marks.set(`${kind} ${x.toFixed(2)}`, { x, kind });
  }
  return [...marks.values()].slice(-MOST);
}

/** The place of a step among epochs, a fraction between two. */
export function epochAt(step: number, epochs: readonly Epoch[]): number {
  let [low, high] = [0, epochs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((epochs[middle]?.step ?? 0) < step) low = middle + 1;
    else high = middle;
  }
  const after = epochs[low];
  const before = epochs[low - 1] ?? { epoch: 0, step: 0 };
  if (after === undefined) return before.epoch;
  return before.epoch + ((step - before.step) / (after.step - before.step || 1)) * (after.epoch - before.epoch);
}
