// Events in words.

import type { Happening } from "../api/types.ts";
import { say, t } from "../i18n/index.ts";
import { figure } from "../parts/numbers.ts";
import { saying } from "./sayings.ts";
import { reasonText } from "./sentences.ts";

/** One line for people: what happened to whom. */
export function tell(event: Happening): string {
  if (event.kind === "intervened") return saying({ ...event, kind: String(event.data["kind"] ?? ""), old: event.data["old"], new: event.data["new"] });
  const name = say(`events.kind_${event.kind}`) ?? event.kind.replaceAll("_", " ");
  const { data } = event;
  const what = [event.address ?? "", name].filter((each) => each !== "").join(" ");
  let more = "";
  if (event.kind === "health_changed") more = health(data);
  else if (typeof data["reason"] === "string") more = reasonText(data["reason"]);
  else if (typeof data["loss"] === "number") more = figure(data["loss"]);
  return more === "" ? what : `${what}: ${more}`;
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

/** "dense_0/1 dead, dense_1/2 stuck"; of many the first ones. */
function health(data: Happening["data"]): string {
  const found = Array.isArray(data["findings"]) ? (data["findings"] as unknown[]) : [];
  const told = found.slice(0, 3).map((each) => {
    const parts: unknown[] = Array.isArray(each) ? each : Object.values(each as object);
    return parts.slice(0, 2).map(String).join(" ");
  });
  if (found.length === 0) return t("common.all_well");
  return `${told.join(", ")}${found.length > 3 ? `, … (${found.length})` : ""}`;
}
