// What is under the pointer, or the cursor: between whom the weight is, and its number as it is now.

import { BIAS, type Cell, valueAt } from "../../draw/heatmap.ts";
import { exact } from "../../draw/words.ts";
import { t } from "../../i18n/index.ts";
import { linkTo } from "../../state/view.ts";
import type { Told } from "./tile.ts";

/** The neuron, or the input, that a column of the weights comes from. */
export function sourceOf(before: string | null, column: number): string {
  return before === null ? t("weights.input", { number: column }) : `${before}/${column}`;
}

export function NeuronLink({ address }: { address: string }) {
  return <a href={linkTo("neuron", { at: address })}>{address}</a>;
}

interface PointedProps {
  told: Told;
  bias: Float32Array | null;
  cell: Cell | null;
  before: string | null;
}

export function Pointed({ told, bias, cell, before }: PointedProps) {
  const value = cell === null ? undefined : valueAt(told.tile, bias, cell);
  if (cell === null || value === undefined) return <span class="muted pointed">{t("weights.point_help")}</span>;
  const { block } = told.tile;
  const isBias = cell.column === BIAS;
  const isBlock = block.rows * (isBias ? 1 : block.columns) > 1;
  const sign = told.against !== null && value > 0 ? "+" : "";
  return (
    <span class="pointed">
      <NeuronLink address={`${told.address}/${cell.row}`} />
      <span class="muted">
        {isBias ? ` ${t("common.bias")} ` : ` ← ${sourceOf(before, cell.column)} `}
        {isBlock && `(${t("weights.and_more", { count: block.rows * (isBias ? 1 : block.columns) - 1 })}) `}
      </span>
      <b class="number">{sign}{exact(value)}</b>
    </span>
  );
}
