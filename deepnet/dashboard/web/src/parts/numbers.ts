// Numbers as people read them: four digits that count, thousands apart, units where there are any.

import type { Num } from "../api/types.ts";
import { language } from "../i18n/index.ts";
import { still } from "../state/view.ts";

/** Return *value* as a number; what is none is NaN. */
export function toNumber(value: Num | undefined): number {
  if (typeof value === "number") return value;
  if (value === "inf") return Infinity;
  if (value === "-inf") return -Infinity;
  return NaN;
}

/** 0.01234, 1.2e−7, −12.3, 1,000,000, "–" for nothing: to be read, not to be typed in. */
export function figure(value: Num | undefined, digits = 4): string {
  if (value === null || value === undefined) return "–";
  const number = toNumber(value);
  if (Number.isNaN(number)) return "nan";
  if (!Number.isFinite(number)) return number > 0 ? "∞" : "−∞";
  const size = Math.abs(number);
  const text = Number.isInteger(number) && size >= 1e6 && size < 1e15 ? number.toLocaleString(language.value) : plain(number, digits);
  return text.replaceAll("-", "−");
}

/** The same as a program reads it, for commands and fields: -1.2e-7. */
export function plain(number: number, digits = 4): string {
  const size = Math.abs(number);
  if (number !== 0 && (size < 1e-4 || size >= 1e6)) return number.toExponential(digits - 2).replace("e+", "e");
  return String(Number(number.toPrecision(digits)));
}

/** 12,345 */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : Math.round(value).toLocaleString(language.value);
}

/** What changes by the clock, not by learning: not shown where pictures are compared. */
export function fleeting(text: string): string {
  return still.value ? "·" : text;
}

/** 14:03:22 */
export function timeOf(seconds: number): string {
  return fleeting(new Date(seconds * 1000).toLocaleTimeString(language.value, { hour12: false }));
}

/** 21 Nov, 14:03 */
export function dateOf(seconds: number): string {
  const form: Intl.DateTimeFormatOptions = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" };
  return fleeting(new Date(seconds * 1000).toLocaleString(language.value, { ...form, hour12: false }));
}

/** 0.8 ms, 42 s, 3 min */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  if (seconds < 1) return `${figure(1000 * seconds, 3)} ms`;
  if (seconds < 120) return `${figure(seconds, 3)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${figure(seconds / 3600, 3)} h`;
}

/** 12.3 kB */
export function size(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return "–";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit + 1 < units.length) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : figure(value, 3)} ${units[unit]}`;
}
