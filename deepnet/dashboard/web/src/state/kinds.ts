// Events in words.

import type { Happening } from "../api/types.ts";
import { say } from "../i18n/index.ts";
import { figure } from "../parts/numbers.ts";

/** One line for people: what happened to whom. */
export function tell(event: Happening): string {
  const name = say(`events.kind_${event.kind}`) ?? event.kind.replaceAll("_", " ");
  const { data } = event;
  const more: string[] = [];
  if (event.kind === "intervened") more.push(String(data["kind"] ?? ""), briefly(data["old"]), "→", briefly(data["new"]));
  else if (typeof data["reason"] === "string" && data["reason"] !== "") more.push(data["reason"]);
  else if (typeof data["loss"] === "number") more.push(figure(data["loss"]));
  return [name, event.address ?? "", ...more].filter((each) => each !== "").join(" ");
}

/** A value of a change in a few letters. */
export function briefly(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return figure(value);
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return `(${value.slice(0, 4).map(briefly).join(", ")}${value.length > 4 ? ", …" : ""})`;
  if (typeof value === "object") {
    const entries = Object.entries(value).slice(0, 4);
    return entries.map(([name, each]) => `${name} ${briefly(each)}`).join(", ");
  }
  return String(value);
}
