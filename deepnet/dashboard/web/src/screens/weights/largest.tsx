// The largest weights in the window, or those that have changed most.

import { t } from "../../i18n/index.ts";
import { figure } from "../../parts/numbers.ts";
import { NeuronLink, sourceOf } from "./pointed.tsx";
import { largest, type Told } from "./tile.ts";

const SHOWN = 10;

export function Largest({ told, before }: { told: Told; before: string | null }) {
  const { block } = told.tile;
  const isPooled = block.rows * block.columns > 1;
  const found = largest(told.tile, SHOWN);
  const most = Math.abs(found[0]?.value ?? 1);
  return (
    <div class="stack">
      <h3>{t(told.against === null ? "weights.largest_weights" : "weights.largest_changes")}</h3>
      {found.length === 0 && <p class="muted">{t("weights.no_change")}</p>}
      <ol class="largest">
        {found.map(({ row, column, value }) => (
          <li key={`${row} ${column}`}>
            <span class="clip">
              <NeuronLink address={`${told.address}/${row}`} />
              <span class="muted"> ← {before === null ? sourceOf(null, column) : <NeuronLink address={sourceOf(before, column)} />}</span>
            </span>
            <span class="largest-room" aria-hidden="true">
              <span class={value < 0 ? "below" : "above"} style={{ width: `${(100 * Math.abs(value)) / most}%` }} />
            </span>
            <span class="number">{told.against !== null && value > 0 ? "+" : ""}{figure(value)}</span>
          </li>
        ))}
      </ol>
      {isPooled && <p class="muted small">{t("weights.largest_pooled")}</p>}
    </div>
  );
}
