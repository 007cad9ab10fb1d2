// Fewer numbers than there are: of each group the one that is farthest from 0, so that nothing large is lost.

/** Return one number for every *per* of *values*: that of the largest size; nan only where all are. */
export function pool(values: ArrayLike<number>, per: number): Float32Array {
  if (per <= 1) return values instanceof Float32Array ? values : Float32Array.from(values);
  const pooled = new Float32Array(Math.ceil(values.length / per)).fill(Number.NaN);
  for (let index = 0; index < values.length; index++) {
    const group = Math.floor(index / per);
    const value = values[index] ?? Number.NaN;
    const best = pooled[group] ?? Number.NaN;
    if (value === value && (best !== best || Math.abs(value) > Math.abs(best))) pooled[group] = value;
  }
  return pooled;
}

/** Return the size from which on there are at most *count* of *parts*: what is smaller is not shown. */
export function threshold(parts: readonly (ArrayLike<number> | undefined)[], count: number): number {
  const total = parts.reduce((sum, part) => sum + (part?.length ?? 0), 0);
  if (total <= count) return 0;
  let most = 0;
  for (const part of parts) {
    for (let index = 0; part !== undefined && index < part.length; index++) {
      const value = Math.abs(part[index] ?? 0);
      if (value > most && value < Number.POSITIVE_INFINITY) most = value;
    }
  }
  if (most === 0) return Number.MIN_VALUE;
  // Counted in bins: exact enough to draw by, and in one pass.
  const bins = new Int32Array(1024);
  for (const part of parts) {
    for (let index = 0; part !== undefined && index < part.length; index++) {
      const bin = Math.min(1023, Math.floor((Math.abs(part[index] ?? 0) / most) * 1023));
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
  }
  let above = 0;
  for (let bin = 1023; bin >= 0; bin--) {
    above += bins[bin] ?? 0;
    if (above > count) return ((bin + 1) / 1023) * most;
  }
  return 0;
}

export interface Strong {
  readonly index: number;
  readonly weight: number;
}

/** Return the *count* of *weights* of largest size, largest first. */
export function strongest(weights: ArrayLike<number>, count: number): Strong[] {
  const all: Strong[] = [];
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index] ?? Number.NaN;
    if (Number.isFinite(weight)) all.push({ index, weight });
  }
  all.sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight));
  return all.slice(0, count);
}
