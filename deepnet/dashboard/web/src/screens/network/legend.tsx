// What the colours, the lines and the marks mean.

import { useEffect, useRef } from "preact/hooks";
import { DEAD, FROZEN, LESIONED, RESTARTED } from "../../draw/model.ts";
import { paintMark } from "../../draw/marks.ts";
import type { Palette } from "../../draw/palette.ts";
import { ticks } from "../../draw/scale.ts";
import { short, span } from "../../draw/words.ts";
import { type Key, t } from "../../i18n/index.ts";
import { fleeting } from "../../parts/numbers.ts";
import { isDetailed, look } from "./looking.ts";
import { ABOUT } from "./looks.ts";
import { palette, scale } from "./scenery.ts";

const MARKS: readonly (readonly [number, Key])[] = [
  [FROZEN, "network.mark_frozen"],
  [LESIONED, "network.mark_lesioned"],
  [DEAD, "network.mark_dead"],
  [RESTARTED, "network.mark_restarted"],
];

export function Legend() {
  const { name, unit, help } = ABOUT[look.value];
  return (
    <div class="network-legend">
      <div class="scale">
        <p class="scale-name">
          <b>{t(name)}</b>
          {unit !== "" && <span class="muted"> {unit}</span>} <span class="muted">· {t(help)}</span>
        </p>
        <Bar />
      </div>
      <ul class="marks" aria-label={t("network.marks")}>
        {isDetailed.value && (
          <>
            <li>
              <Line sign="positive" />
              {t("network.positive")}
            </li>
            <li>
              <Line sign="negative" />
              {t("network.negative")}
            </li>
          </>
        )}
        {MARKS.map(([mark, words]) => (
          <li key={mark}>
            <Mark mark={mark} palette={palette.value} />
            {t(words)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Bar() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const shown = scale.value;
  const ramp = shown.kind === "diverging" ? palette.value.diverging : palette.value.sequential;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const data = context.createImageData(256, 1);
    new Uint32Array(data.data.buffer).set(ramp.words.subarray(0, 256));
    context.putImageData(data, 0, 0);
  }, [ramp]);
  const write = (value: number) => (shown.kind === "logarithmic" ? fleeting(span(value)) : short(value));
  return (
    <div class="scale-bar">
      <canvas ref={canvas} width={256} height={1} aria-hidden="true" />
      <div class="scale-ticks">
        {ticks(shown).map(({ value, place }) => (
          <span key={place} style={{ left: `${100 * place}%` }}>
            {write(value)}
          </span>
        ))}
      </div>
    </div>
  );
}

function Line({ sign }: { sign: "positive" | "negative" }) {
  return <span class={`line ${sign}`} aria-hidden="true" />;
}

const SIDE = 24;

function Mark({ mark, palette: colours }: { mark: number; palette: Palette }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const ratio = window.devicePixelRatio || 1;
    context.canvas.width = context.canvas.height = SIDE * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.beginPath();
    context.arc(SIDE / 2, SIDE / 2, 7.5, 0, 2 * Math.PI);
    context.fillStyle = colours.plate;
    context.fill();
    context.strokeStyle = colours.muted;
    context.stroke();
    paintMark(context, colours, mark, SIDE / 2, SIDE / 2, 7.5, true);
  }, [colours]);
  return <canvas ref={canvas} width={SIDE} height={SIDE} class="mark" aria-hidden="true" />;
}
