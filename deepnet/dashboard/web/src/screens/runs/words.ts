// The plan of a run in words.

import type { Plan } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { figure } from "../../parts/numbers.ts";
import { ruleText } from "../../state/rules.ts";
import { word } from "../../state/words.ts";

/** "adam 0.01, batches of 4, huber"; batches of one row are not told. */
export function planText(plan: Plan): string {
  const { optimizer, batch_size: batch, loss } = plan;
  const batches = batch > 1 ? [t("runs.batches_of", { batch })] : [];
  return [`${optimizer.name} ${figure(optimizer.learning_rate)}`, ...batches, word(loss)].join(", ");
}

/** A part of a plan that has a name and options: "sgd, learning rate 0.01, momentum 0.9"; what does nothing is left out. */
export function optionText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const said: string[] = [];
  for (const [name, each] of Object.entries(value)) {
    if (name === "name" || name === "kind") said.unshift(word(String(each)));
    else if (each === null || each === 0 || each === false) continue;
    else if (each === true) said.push(word(name));
    else if (typeof each === "number") said.push(`${word(name)} ${each}`);
    else if (typeof each === "object") said.push(`${word(name)}: ${optionText(each)}`);
    else said.push(`${word(name)} ${String(each)}`);
  }
  return said.join(", ");
}

/** What there is to say of a plan: names and values. */
export function planFacts(plan: Plan): [string, string][] {
  const rules = optionText(plan["rules"] ?? {});
  const metrics = (plan["metrics"] ?? []) as string[];
  const facts: [string, string][] = [
    [t("runs.plan_until"), ruleText(plan.until)],
    [t("runs.plan_optimizer"), optionText(plan.optimizer)],
    [t("runs.plan_loss"), word(plan.loss)],
    [t("runs.plan_batch"), String(plan.batch_size)],
    [t("runs.plan_shuffle"), plan["shuffle"] === true ? t("runs.yes") : t("runs.no")],
    [t("runs.seed"), String(plan["seed"] ?? "–")],
  ];
  const schedule = plan["schedule"] as { name?: string } | undefined;
  if (schedule?.name !== undefined && schedule.name !== "constant") facts.push([t("runs.plan_schedule"), optionText(schedule)]);
  if (rules !== "") facts.push([t("runs.plan_rules"), rules]);
  if (metrics.length > 0) facts.push([t("runs.plan_metrics"), metrics.map(word).join(", ")]);
  if (typeof plan.pace === "number") facts.push([t("runs.plan_pace"), t("runs.pace_value", { pace: figure(plan.pace) })]);
  if (typeof plan["kernels"] === "string") facts.push([t("runs.plan_kernels"), plan["kernels"]]);
  return facts;
}
