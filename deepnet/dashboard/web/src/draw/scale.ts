// From numbers to places in a ramp: symmetric about 0 or from 0 on, robust against single large ones, and calm.

import { STEPS, UNKNOWN } from "./colours.ts";

export type Kind = "diverging" | "sequential" | "logarithmic";

export interface Scale {
  readonly kind: Kind;
  /** The number at the end of the ramp; a diverging one begins at its negative. */
  readonly most: number;
}

const SHARE = 0.98;
const SAMPLE = 4096;
const NICE = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** Return the size that *SHARE* of the numbers do not pass, 0 of none; of very many, every so manieth is looked at. */
export function robustMost(parts: readonly ArrayLike<number>[]): number {
  const count = parts.reduce((sum, part) => sum + part.length, 0);
  const stride = Math.max(1, Math.floor(count / SAMPLE));
  const seen: number[] = [];
  let at = 0;
  for (const part of parts) {
    for (; at < part.length; at += stride) {
      const value = Math.abs(part[at] ?? Number.NaN);
      if (Number.isFinite(value)) seen.push(value);
    }
    at -= part.length;
  }
  if (seen.length === 0) return 0;
  seen.sort((one, other) => one - other);
  return seen[Math.ceil(SHARE * seen.length) - 1] ?? 0;
}

/** Return the next round number from *value* on. */
export function nice(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const digit = NICE.find((one) => one * power >= value * (1 - 1e-9)) ?? 10;
  return Number((digit * power).toPrecision(3));
}

/** The end of a scale as it follows the numbers: up at once, down slowly, in round numbers. So nothing flickers. */
export class CalmMost {
  private level = 0;
  private shown = 0;

  /** Take in the *most* of this moment; return what the scale is to end at. */
  follow(most: number): number {
    if (!(most > 0)) return this.shown || 1;
    this.level = most > this.level ? most : this.level * 0.9 + most * 0.1;
    if (this.level > this.shown || this.level < this.shown * 0.6) this.shown = nice(this.level);
    return this.shown;
  }

  forget(): void {
    this.level = this.shown = 0;
  }
}

/** Return the place of *value* in a ramp, 0 to 255; UNKNOWN if it is no number. */
export function step(scale: Scale, value: number): number {
  if (Number.isNaN(value)) return UNKNOWN;
  const share = fraction(scale, value);
  return Math.round(Math.min(Math.max(share, 0), 1) * (STEPS - 1));
}

function fraction({ kind, most }: Scale, value: number): number {
  if (kind === "diverging") return 0.5 + (0.5 * value) / most;
  if (kind === "sequential") return value / most;
  return Math.log1p(Math.max(value, 0)) / Math.log1p(most);
}

export interface Tick {
  readonly value: number;
  /** From 0 to 1 along the ramp. */
  readonly place: number;
}

/** Return the numbers that stand at a legend. */
export function ticks(scale: Scale): Tick[] {
  const { kind, most } = scale;
  if (kind === "diverging") return [-most, -most / 2, 0, most / 2, most].map((value) => at(scale, value));
  if (kind === "sequential") return [0, most / 2, most].map((value) => at(scale, value));
  const rounds = [0, 1, 10, 60, 600, 3600, 36_000, 86_400, 864_000].filter((value) => value < most * 0.7);
  const last = rounds.length > 4 ? rounds.filter((_, place) => place % 2 === 0) : rounds;
  return [...last, most].map((value) => at(scale, value));
}

function at(scale: Scale, value: number): Tick {
  return { value, place: fraction(scale, value) };
}

/** Write the colours of *values* into *pixels*, one after the other. */
export function colourInto(
  pixels: Uint32Array,
  values: ArrayLike<number> | undefined,
  count: number,
  scale: Scale,
  words: Uint32Array,
): void {
  const unknown = words[UNKNOWN] ?? 0;
  if (values === undefined) {
    pixels.fill(unknown, 0, count);
    return;
  }
  const last = STEPS - 1;
  const { kind, most } = scale;
  // Written out for the two kinds that large networks are drawn with: this runs over every neuron of every frame.
  const factor = kind === "diverging" ? (0.5 * last) / most : last / most;
  const zero = kind === "diverging" ? 0.5 * last : 0;
  for (let index = 0; index < count; index++) {
    const value = values[index] ?? Number.NaN;
    if (value !== value) pixels[index] = unknown;
    else if (kind === "logarithmic") pixels[index] = words[step(scale, value)] ?? unknown;
    else {
      const place = zero + value * factor + 0.5;
      pixels[index] = words[place < 0 ? 0 : place > last ? last : place | 0] ?? unknown;
    }
  }
}
