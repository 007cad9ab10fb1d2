// Eight by eight cells to draw a digit on, with the pointer or the keyboard, or to take one of the run.

import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { palette } from "../../state/theme.ts";
import type { Samples } from "./samples.ts";
import { DARKEST, SIDE, stroke } from "./strokes.ts";
import { type Cell, targetName, toUnits, type Units } from "./units.ts";

const SHOWN = 12;

interface DigitPadProps {
  cells: Signal<Cell[]>;
  units: Units;
  samples: Samples | null;
}

export function DigitPad({ cells, units, samples }: DigitPadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<[number, number] | null>(null);
  const erases = useSignal(false);
  const at = useSignal({ x: 3, y: 3, shown: false });
  const numbers = cells.value.map((cell) => (typeof cell === "number" ? cell : 0));
  const colours = palette.value;
  useEffect(() => {
    if (canvas.current !== null) paintDigit(canvas.current, numbers, colours, at.value.shown ? at.value : null);
  }, [cells.value, colours, at.value]);

  const place = (event: PointerEvent): [number, number] => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  };
  const draw = (from: [number, number], to: [number, number], erase: boolean) => {
    cells.value = stroke(numbers, from, to, erase);
  };
  const press = (event: KeyboardEvent) => {
    const { x, y } = at.value;
    const moves: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const move = moves[event.key];
    if (move !== undefined) at.value = { x: clamp(x + move[0]), y: clamp(y + move[1]), shown: true };
    else if (event.key === " " || event.key === "Enter") {
      const index = y * SIDE + x;
      cells.value = numbers.map((cell, each) => (each === index ? (cell > 0 ? 0 : DARKEST) : cell));
    } else return;
    event.preventDefault();
  };
  return (
    <div class="digit">
      <canvas
        ref={canvas}
        class="digit-pad"
        tabIndex={0}
        role="application"
        aria-label={t("data.pad_label", { x: at.value.x + 1, y: at.value.y + 1 })}
        onKeyDown={press}
        onBlur={() => (at.value = { ...at.value, shown: false })}
        onContextMenu={(event) => event.preventDefault()}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          last.current = place(event);
          draw(last.current, last.current, erases.value || event.button === 2);
        }}
        onPointerMove={(event) => {
          if (last.current === null) return;
          const next = place(event);
          draw(last.current, next, erases.value || (event.buttons & 2) !== 0);
          last.current = next;
        }}
        onPointerUp={() => (last.current = null)}
        onPointerCancel={() => (last.current = null)}
      />
      <div class="stack digit-side">
        <p class="muted">{t("data.pad_help")}</p>
        <div class="row">
          <Button onClick={() => (cells.value = numbers.map(() => 0))}>{t("data.clear")}</Button>
          <Button pressed={erases.value} onClick={() => (erases.value = !erases.value)}>{t("data.erase")}</Button>
        </div>
        {samples !== null && samples.samples.length > 0 && <Thumbnails cells={cells} units={units} samples={samples} />}
      </div>
    </div>
  );
}

function clamp(place: number): number {
  return Math.min(SIDE - 1, Math.max(0, place));
}

function Thumbnails({ cells, units, samples }: { cells: Signal<Cell[]>; units: Units; samples: Samples }) {
  const from = useSignal(0);
  const shown = samples.samples.slice(from.value, from.value + SHOWN);
  const more = () => (from.value = from.value + SHOWN >= samples.samples.length ? 0 : from.value + SHOWN);
  return (
    <div>
      <h3>{t("data.take_one")}</h3>
      <div class="thumbnails">
        {shown.map((sample) => {
          const row = toUnits(units, sample.inputs);
          return (
            <button
              key={sample.number}
              type="button"
              class="thumbnail-button"
              aria-label={t("data.take_row", { number: sample.number + 1, target: targetName(units, sample.targets) })}
              onClick={() => (cells.value = row)}
            >
              <Thumbnail numbers={row.map(Number)} />
            </button>
          );
        })}
        <Button kind="quiet" onClick={more}>{t("data.others")}</Button>
      </div>
    </div>
  );
}

export function Thumbnail({ numbers }: { numbers: readonly number[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = palette.value;
  useEffect(() => {
    if (canvas.current !== null) paintDigit(canvas.current, numbers, colours, null);
  }, [numbers.join(), colours]);
  return <canvas ref={canvas} class="thumbnail" aria-hidden="true" />;
}

const CELL = 28;

function paintDigit(
  canvas: HTMLCanvasElement,
  numbers: readonly number[],
  colours: typeof palette.value,
  cursor: { x: number; y: number } | null,
): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  canvas.width = canvas.height = SIDE * CELL;
  context.fillStyle = colours.line;
  context.fillRect(0, 0, canvas.width, canvas.height);
  numbers.forEach((number, index) => {
    const [x, y] = [(index % SIDE) * CELL, Math.floor(index / SIDE) * CELL];
    context.fillStyle = colours.surface;
    context.fillRect(x + 0.5, y + 0.5, CELL - 1, CELL - 1);
    context.globalAlpha = Math.min(1, Math.max(0, number / DARKEST));
    context.fillStyle = colours.text;
    context.fillRect(x + 0.5, y + 0.5, CELL - 1, CELL - 1);
    context.globalAlpha = 1;
  });
  if (cursor === null) return;
  context.strokeStyle = colours.accent;
  context.lineWidth = 3;
  context.strokeRect(cursor.x * CELL + 2, cursor.y * CELL + 2, CELL - 4, CELL - 4);
}
