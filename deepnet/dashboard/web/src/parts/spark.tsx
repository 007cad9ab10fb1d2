// A small curve without axes, drawn as SVG: its last value stands beside it.

interface SparkProps {
  values: readonly number[];
  label: string;
  width?: number;
  height?: number;
  /** Include 0 in what is shown. */
  zero?: boolean;
}

export function Spark({ values, label, width = 120, height = 28, zero = false }: SparkProps) {
  const known = values.filter(Number.isFinite);
  const low = Math.min(...known, ...(zero ? [0] : []));
  const high = Math.max(...known, ...(zero ? [0] : []));
  const x = (index: number) => (values.length < 2 ? width : (index / (values.length - 1)) * (width - 2) + 1);
  const y = (value: number) => (high > low ? height - 2 - ((value - low) / (high - low)) * (height - 4) : height / 2);
  const path = values
    .map((value, index) => (Number.isFinite(value) ? `${x(index).toFixed(1)},${y(value).toFixed(1)}` : ""))
    .filter((point) => point !== "")
    .join(" ");
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label}>
      {zero && low < 0 && high > 0 && <line class="spark-zero" x1="0" x2={width} y1={y(0)} y2={y(0)} />}
      <polyline points={path} />
    </svg>
  );
}
