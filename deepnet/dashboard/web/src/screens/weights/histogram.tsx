// How the weights in the window are spread, and figures of them.

import { t } from "../../i18n/index.ts";
import { Fact, Facts } from "../../parts/card.tsx";
import { count, figure } from "../../parts/numbers.ts";
import type { Told } from "./tile.ts";

const [WIDTH, HEIGHT] = [320, 90];

export function Figures({ told }: { told: Told }) {
  const { histogram, edges, low, high, mean, norm, tile } = told;
  const cells = (tile.window.row1 - tile.window.row0) * (tile.window.column1 - tile.window.column0);
  const most = Math.max(1, ...histogram);
  const [first, last] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  const zero = last > first ? (-first / (last - first)) * WIDTH : -1;
  const wide = WIDTH / histogram.length;
  return (
    <div class="stack">
      <h3>{t(told.against === null ? "weights.histogram" : "weights.histogram_change")}</h3>
      <svg
        class="histogram"
        viewBox={`0 0 ${WIDTH} ${HEIGHT + 16}`}
        role="img"
        aria-label={t("weights.histogram_label", { low: figure(low), high: figure(high), mean: figure(mean) })}
      >
        {Array.from(histogram, (number, index) => {
          const tall = number === 0 ? 0 : Math.max(1, (number / most) * HEIGHT);
          const middle = ((edges[index] ?? 0) + (edges[index + 1] ?? 0)) / 2;
          return <rect key={index} class={middle < 0 ? "below" : "above"} x={index * wide} y={HEIGHT - tall} width={Math.max(0.5, wide - 0.6)} height={tall} />;
        })}
        <line class="histogram-axis" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
        {zero >= 0 && zero <= WIDTH && <line class="histogram-zero" x1={zero} x2={zero} y1="0" y2={HEIGHT} />}
        <text x="0" y={HEIGHT + 13}>{figure(first, 3)}</text>
        {zero > 40 && zero < WIDTH - 40 && <text x={zero} y={HEIGHT + 13} text-anchor="middle">0</text>}
        <text x={WIDTH} y={HEIGHT + 13} text-anchor="end">{figure(last, 3)}</text>
      </svg>
      <Facts>
        <Fact name={t("weights.count")}>{count(cells)}</Fact>
        <Fact name={t("weights.mean")}>{figure(mean)}</Fact>
        <Fact name={t("weights.smallest")}>{figure(low)}</Fact>
        <Fact name={t("weights.largest")}>{figure(high)}</Fact>
        <Fact name={t("weights.norm")}>{figure(norm)}</Fact>
      </Facts>
    </div>
  );
}
