// When somebody died, in the same words wherever it is told.

import { t } from "../../i18n/index.ts";
import { count } from "../../parts/numbers.ts";
import { summary } from "../../state/network.ts";
import type { Story } from "./story.ts";

export type When = "in" | "after" | "between";

/** In a step that was played again; between two steps; or after the last one, where no further one has come yet. */
export function whenOf(story: Story): When {
  if (story.replayed !== null) return "in";
  const shown = summary.value;
  const isLast = shown !== null && shown.state !== "running" && shown.run === story.run && shown.step < story.step;
  return isLast ? "after" : "between";
}

/** The steps that the texts of `When` name. */
export function stepsOf(story: Story): { before: string; step: string } {
  return { before: count(story.step - 1), step: count(story.step) };
}

/** "in step 135", "between step 134 and 135", "after step 134". */
export function dated(story: Story): string {
  return t(`neuron.died_${whenOf(story)}`, stepsOf(story));
}
