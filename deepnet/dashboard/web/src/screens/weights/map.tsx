// The picture of a layer's weights: what is under the pointer keeps telling its number; click, drag, wheel or keys go nearer.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { BIAS, type Cell, cellAt, HeatMap, layOutTile, paintCursor, valueAt, type Window } from "../../draw/heatmap.ts";
import { CalmMost, robustMost, type Scale } from "../../draw/scale.ts";
import { between, isWhole, moved, whole, zoomed } from "../../draw/zooming.ts";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { drawing } from "../../state/drawing.ts";
import { Legend } from "./legend.tsx";
import { Pointed } from "./pointed.tsx";
import { sick } from "./health.tsx";
import { pooledBias, type Told } from "./tile.ts";

const MOST_HEIGHT = 520;
/** Along a side of a tile. */
const MOST_CELLS = 256;
const LEAST_DRAG = 6;
const FONT = 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif';

interface MapProps {
  told: Told;
  bias: Float32Array | null;
  before: string | null;
  onWindow: (window: Window) => void;
}

export function WeightMap({ told, bias, before, onWindow }: MapProps) {
  const { tile, shape } = told;
  const canvas = useRef<HTMLCanvasElement>(null);
  const room = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  const cursor = useSignal<Cell | null>(null);
  const drag = useRef<{ x: number; y: number; cell: Cell | null } | null>(null);
  const dragTo = useSignal<{ x: number; y: number } | null>(null);
  const drawer = useRef(new HeatMap());
  const calm = useRef({ most: new CalmMost(), of: "" });
  const colours = drawing.value;
  const besides = bias === null ? null : pooledBias(bias, tile.window, tile.block.rows);
  const about = `${told.address} ${told.against}`;
  if (calm.current.of !== about) calm.current = { most: new CalmMost(), of: about };
  const scale: Scale = { kind: "diverging", most: calm.current.most.follow(robustMost(besides === null ? [tile.values] : [tile.values, besides])) };
  const area = layOutTile(tile, width.value, MOST_HEIGHT, besides !== null);
  // What is below stays where it is while somebody goes nearer.
  const largest = layOutTile({ rows: Math.min(shape.rows, MOST_CELLS), columns: Math.min(shape.columns, MOST_CELLS) }, width.value, MOST_HEIGHT, besides !== null);

  useEffect(() => {
    const element = room.current;
    if (element === null) return undefined;
    const watch = new ResizeObserver(() => (width.value = element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || width.value === 0) return;
    const ratio = window.devicePixelRatio || 1;
    context.canvas.width = Math.ceil(area.width * ratio);
    context.canvas.height = Math.ceil(area.height * ratio);
    context.canvas.style.width = `${area.width}px`;
    context.canvas.style.height = `${area.height}px`;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawer.current.paint(context, tile, area, scale, { bias: besides, marks: sick.value.get(told.address) ?? new Map() }, colours, FONT);
    if (cursor.value !== null) paintCursor(context, tile, area, cursor.value, colours);
    const [from, to] = [drag.current, dragTo.value];
    if (from === null || to === null) return;
    context.strokeStyle = colours.text;
    context.setLineDash([4, 3]);
    context.strokeRect(from.x, from.y, to.x - from.x, to.y - from.y);
  }, [told, bias, width.value, cursor.value, dragTo.value, colours, sick.value]);

  const middle = (): Cell => ({
    row: Math.floor((tile.window.row0 + tile.window.row1) / 2),
    column: Math.floor((tile.window.column0 + tile.window.column1) / 2),
  });
  const around = () => (cursor.value === null || cursor.value.column === BIAS ? middle() : cursor.value);
  const zoom = (factor: number, at = around()) => onWindow(zoomed(tile.window, shape, at, factor));
  const pointAt = (event: MouseEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const cellOf = (at: { x: number; y: number }) => cellAt(tile, area, at.x, at.y, besides !== null);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    // Only for who has chosen the picture, or holds Ctrl: else a page that scrolls under the pointer would be caught.
    const turn = (event: WheelEvent) => {
      if (document.activeElement !== element && !event.ctrlKey) return;
      const box = element.getBoundingClientRect();
      const cell = cellOf({ x: event.clientX - box.left, y: event.clientY - box.top });
      if (cell === null || (event.deltaY > 0 && isWhole(tile.window, shape))) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? 0.7 : 1 / 0.7, cell.column === BIAS ? { ...cell, column: middle().column } : cell);
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  });

  const step = (rows: number, columns: number) => {
    const from = cursor.value === null || cursor.value.column === BIAS ? { row: tile.window.row0, column: tile.window.column0 } : {
      row: cursor.value.row + rows * tile.block.rows,
      column: cursor.value.column + columns * tile.block.columns,
    };
    const next = {
      row: Math.min(shape.rows - 1, Math.max(0, from.row)),
      column: Math.min(shape.columns - 1, Math.max(0, from.column)),
    };
    cursor.value = next;
    if (valueAt(tile, null, next) === undefined) onWindow(moved(tile.window, shape, rows * tile.block.rows, columns * tile.block.columns));
  };
  const press = (event: KeyboardEvent) => {
    const steps: Record<string, () => void> = {
      ArrowUp: () => step(-1, 0),
      ArrowDown: () => step(1, 0),
      ArrowLeft: () => step(0, -1),
      ArrowRight: () => step(0, 1),
      "+": () => zoom(0.5),
      "=": () => zoom(0.5),
      "-": () => zoom(2),
      "0": () => onWindow(whole(shape)),
      Escape: () => onWindow(whole(shape)),
    };
    const action = steps[event.key];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  };
  const release = (event: PointerEvent) => {
    const [from, to] = [drag.current, pointAt(event)];
    drag.current = null;
    dragTo.value = null;
    if (from?.cell === undefined || from.cell === null) return;
    const end = cellOf(to);
    if (Math.hypot(to.x - from.x, to.y - from.y) < LEAST_DRAG) {
      if (from.cell.column !== BIAS) zoom(0.5, from.cell);
    } else if (end !== null && end.column !== BIAS && from.cell.column !== BIAS) onWindow(between(from.cell, end, tile.block, shape));
  };
  return (
    <div ref={room} class="weights-room">
      <div style={{ minHeight: `${Math.round(largest.height)}px` }}>
        <canvas
          ref={canvas}
          class="weights-map"
          tabIndex={0}
          role="application"
          aria-label={t("weights.map_label", { layer: told.address, rows: shape.rows, columns: shape.columns })}
          onKeyDown={press}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            drag.current = { ...pointAt(event), cell: cellOf(pointAt(event)) };
          }}
          onPointerMove={(event) => {
            const at = pointAt(event);
            cursor.value = cellOf(at) ?? cursor.value;
            const from = drag.current;
            if (from !== null && Math.hypot(at.x - from.x, at.y - from.y) >= LEAST_DRAG) dragTo.value = at;
          }}
          onPointerUp={release}
          onPointerCancel={() => {
            drag.current = null;
            dragTo.value = null;
          }}
        />
      </div>
      <div class="row weights-under">
        <Pointed told={told} bias={besides} cell={cursor.value} before={before} />
        <span class="grow" />
        <Button label={t("weights.nearer")} title="+" onClick={() => zoom(0.5)}>+</Button>
        <Button label={t("weights.farther")} title="-" disabled={isWhole(tile.window, shape)} onClick={() => zoom(2)}>−</Button>
        <Button disabled={isWhole(tile.window, shape)} title="0" onClick={() => onWindow(whole(shape))}>{t("weights.all")}</Button>
      </div>
      <Legend told={told} scale={scale} hasBias={besides !== null} before={before} />
    </div>
  );
}
