// Stop rules as the service says them, for people.

import type { Rule } from "../api/types.ts";
import { figure } from "../parts/numbers.ts";
import { word } from "./words.ts";

/** The loss that a rule waits for, if there is one that a curve of the loss can show. */
export function thresholdOf(rule: Rule): number | null {
  const below = (rule["below"] ?? {}) as Record<string, number>;
  for (const value of [rule["mean_squared_error"], below["loss"], below["mean_squared_error"]]) {
    if (typeof value === "number") return value;
  }
  const parts = (rule["rules"] ?? []) as Rule[];
  return parts.map(thresholdOf).find((value) => value !== null) ?? null;
}

/** "mean squared error < 0.02, epochs 10000" */
export function ruleText(rule: Rule): string {
  const said: string[] = [];
  for (const [name, value] of Object.entries(rule)) {
    if (name === "kind" || value === null || value === undefined) continue;
    const what = word(name);
    if (name === "rules") said.push(...(value as Rule[]).map(ruleText));
    else if (typeof value === "number") said.push(name.startsWith("mean_") ? `${what} < ${figure(value)}` : `${what} ${figure(value, 9)}`);
    else if (name === "below" || name === "above") {
      const sign = name === "below" ? "<" : ">";
      for (const [each, limit] of Object.entries(value as object)) said.push(`${word(each)} ${sign} ${figure(limit as number)}`);
    } else if (typeof value === "object") said.push(`${what}: ${ruleText(value as Rule)}`);
  }
  return said.join(", ");
}
