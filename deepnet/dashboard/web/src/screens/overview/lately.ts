// What has happened last, as far as it is worth a line.

import type { Happening } from "../../api/types.ts";

export const LATELY = 8;
/** Checkpoints are saved with every change, and epochs end all the time. */
export const TOLD = [
  "neuron_died", "neuron_restarted", "step_replayed", "child_restarted", "intervened", "network_created", "network_down",
  "run_begun", "run_resumed", "run_ended", "checkpoint_failed", "health_changed", "neurons_dead",
];

/** Return the last *most* of what is worth telling, oldest first, each once; steps in a row are one. */
export function lately(happenings: readonly Happening[], most: number): Happening[] {
  const known = new Map(happenings.filter(({ kind }) => TOLD.includes(kind)).map((each) => [each.id, each]));
  const inOrder = [...known.values()].sort((a, b) => a.id - b.id);
  return inOrder.filter((each, index) => !(isStep(each) && isStep(inOrder[index + 1]))).slice(-most);
}

function isStep(each: Happening | undefined): boolean {
  return each?.kind === "intervened" && each.data["kind"] === "step";
}
