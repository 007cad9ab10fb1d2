// What the colours mean, and how much of the matrix a cell stands for.

import { useEffect, useRef } from "preact/hooks";
import { STEPS } from "../../draw/colours.ts";
import { type Scale, ticks } from "../../draw/scale.ts";
import { short } from "../../draw/words.ts";
import { t } from "../../i18n/index.ts";
import { drawing } from "../../state/drawing.ts";
import type { Told } from "./tile.ts";

interface LegendProps {
  told: Told;
  scale: Scale;
  hasBias: boolean;
  before: string | null;
}

export function Legend({ told, scale, hasBias, before }: LegendProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { words } = drawing.value.diverging;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    [context.canvas.width, context.canvas.height] = [STEPS, 1];
    const data = context.createImageData(STEPS, 1);
    new Uint32Array(data.data.buffer).set(words.subarray(0, STEPS));
    context.putImageData(data, 0, 0);
  }, [words]);
  const { block } = told.tile;
  const isPooled = block.rows * block.columns > 1;
  return (
    <div class="weights-legend">
      <div class="ramp">
        <canvas ref={canvas} aria-hidden="true" />
        <div class="ramp-ticks muted number" aria-hidden="true">
          {ticks(scale).map(({ value }) => <span key={value}>{short(value)}</span>)}
        </div>
      </div>
      <p class="muted">
        {t(told.against === null ? "weights.legend" : "weights.legend_change", { most: short(scale.most) })}{" "}
        {t("weights.legend_axes", { from: before ?? t("weights.inputs"), layer: told.address })}{" "}
        {hasBias && t("weights.legend_bias")}{" "}
        {isPooled && <b>{t("weights.legend_pooled", { rows: block.rows, columns: block.columns })}</b>}
      </p>
    </div>
  );
}
