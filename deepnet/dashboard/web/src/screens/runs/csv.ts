import type { Epoch } from "../../api/types.ts";

const FIXED = ["epoch", "step", "loss", "learning_rate", "seconds"] as const;

/** A table of epochs: a line each, with all figures that any of them has; what one has not is left empty. */
export function historyCsv(records: readonly Epoch[]): string {
  const metrics = [...new Set(records.flatMap((record) => Object.keys(record.metrics)))];
  const validation = [...new Set(records.flatMap((record) => Object.keys(record.validation)))];
  const head = [...FIXED, ...metrics, ...validation.map((name) => `validation_${name}`)];
  const lines = records.map((record) => [
    ...FIXED.map((name) => record[name]),
    ...metrics.map((name) => record.metrics[name]),
    ...validation.map((name) => record.validation[name]),
  ]);
  return `${[head, ...lines].map((line) => line.map((value) => value ?? "").join(",")).join("\n")}\n`;
}
