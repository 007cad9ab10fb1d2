// Numbers and names as they stand in a picture: short, and as wide as each other.

/** Return *value* with three digits at most: 0.12, −3.4, 12k, 1e−7. */
export function short(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text =
    Number.isInteger(value) && size < 10_000
      ? String(size)
      : size >= 1e6 || size < 0.001
        ? exponent(size)
        : size >= 10_000
          ? `${(size / 1000).toFixed(0)}k`
          : size >= 100
            ? size.toFixed(0)
            : size >= 10
              ? size.toFixed(1)
              : size.toFixed(size < 0.01 ? 3 : 2);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

function exponent(size: number): string {
  const [digits = "", power = ""] = size.toExponential(0).split("e");
  return `${digits}e${power.replace("+", "").replace("-", "−")}`;
}

/** Return *value* with four digits, for a table or to be read out. */
export function exact(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e6 || size < 1e-4 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return text.replace("e+", "e").replaceAll("-", "−");
}

/** Return *seconds* as a length of time in one unit: 8 s, 5 min, 3 h, 2 d. */
export function span(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
