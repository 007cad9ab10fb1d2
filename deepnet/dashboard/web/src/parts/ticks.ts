// Where an axis of powers of ten has its marks.

/** So many marks at most. */
const MOST = 8;

/** Return 1, 2, 5 times powers of ten between *low* and *high*; only powers where that is plenty, evenly where it is few. */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0) || !(high > low) || !Number.isFinite(high)) return [];
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const within = (tick: number) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9);
  const all = (factors: readonly number[], stride = 1): number[] => {
    const found: number[] = [];
    for (let power = Math.ceil(from / stride) * stride; power <= to; power += stride) {
      for (const factor of factors) found.push(Number(`${factor}e${power}`));
    }
    return found.filter(within);
  };
  for (const factors of [[1, 2, 5], [1, 3], [1]]) {
    const found = all(factors);
    if (found.length <= MOST) return found.length >= 2 ? found : even(low, high).filter(within);
  }
  return all([1], Math.ceil((to - from) / MOST));
}

/** About four round numbers. */
function even(low: number, high: number): number[] {
  const rough = (high - low) / 4;
  const power = Math.floor(Math.log10(rough));
  const stride = [1, 2, 5, 10].map((factor) => Number(`${factor}e${power}`)).find((each) => each >= rough) ?? rough;
  const first = Math.ceil(low / stride);
  const many = Math.floor(high / stride) - first + 1;
  return Array.from({ length: Math.max(0, many) }, (_, index) => Number(((first + index) * stride).toPrecision(6)));
}
