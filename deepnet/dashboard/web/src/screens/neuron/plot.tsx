// The activation as a curve, and where on it the neuron was.

import { t } from "../../i18n/index.ts";
import { figure } from "../../parts/numbers.ts";
import { curveOf } from "./activations.ts";

const [WIDTH, HEIGHT, ROOM] = [200, 140, 14];
const POINTS = 80;

export function ActivationPlot({ name, z, a }: { name: string; z: number; a: number }) {
  const curve = curveOf(name);
  if (curve === undefined) return null;
  const reach = Number.isFinite(z) ? Math.min(Math.max(4, 1.15 * Math.abs(z)), 1e6) : 4;
  const zs = Array.from({ length: POINTS + 1 }, (_, index) => (2 * index / POINTS - 1) * reach);
  const values = zs.map(curve);
  const [low, high] = [Math.min(...values, 0), Math.max(...values, 0.1)];
  const x = (value: number) => ROOM + ((value + reach) / (2 * reach)) * (WIDTH - 2 * ROOM);
  const y = (value: number) => HEIGHT - ROOM - ((value - low) / (high - low)) * (HEIGHT - 2 * ROOM);
  const isThere = Number.isFinite(z) && Number.isFinite(a);
  const [px, py] = [x(z), y(Math.min(Math.max(a, low), high))];
  return (
    <figure class="activation">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("neuron.plot_label", { name, z: figure(z), a: figure(a) })}>
        <line class="axis" x1={ROOM} x2={WIDTH - ROOM} y1={y(0)} y2={y(0)} />
        <line class="axis" x1={x(0)} x2={x(0)} y1={ROOM} y2={HEIGHT - ROOM} />
        <polyline points={zs.map((each, index) => `${x(each).toFixed(1)},${y(values[index] ?? 0).toFixed(1)}`).join(" ")} />
        {isThere && (
          <>
            <path class="where" d={`M${px.toFixed(1)} ${y(0).toFixed(1)} V${py.toFixed(1)} H${x(0).toFixed(1)}`} />
            <circle cx={px} cy={py} r="4.5" />
          </>
        )}
      </svg>
      <figcaption class="muted">{name}</figcaption>
    </figure>
  );
}
