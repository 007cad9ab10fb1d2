// Curves over a common axis: uPlot, in our colours, with a log scale, a threshold and marks.

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { language } from "../i18n/index.ts";
import { palette } from "../state/theme.ts";
import { still } from "../state/view.ts";
import { figure } from "./numbers.ts";
import { logTicks } from "./ticks.ts";

export interface Curve {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** Which of the colours; the first is the accent. */
  readonly tone?: number;
  readonly dashed?: boolean;
}

export interface Mark {
  readonly x: number;
  /** Where on the curve; at the foot of the chart without it. */
  readonly y?: number;
  readonly kind: "death" | "change" | "checkpoint" | "best";
}

interface ChartProps {
  label: string;
  xName: string;
  x: readonly number[];
  curves: readonly Curve[];
  log?: boolean;
  threshold?: number | null;
  marks?: readonly Mark[];
  height?: number;
}

/** Curves that can be told apart by anybody; then they are dashed as well. */
export function tones(colours: { accent: string; positive: string; ok: string; muted: string; warn: string; text: string }) {
  return [colours.accent, colours.positive, colours.ok, colours.warn, colours.text, colours.muted];
}

const GLYPHS: Record<Mark["kind"], string> = { death: "▲", change: "●", checkpoint: "◆", best: "★" };

export function Chart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const newest = useRef(props);
  newest.current = props;
  const colours = palette.value;
  const shape = JSON.stringify([props.curves.map((each) => [each.name, each.tone]), props.log, props.height, props.xName]);

  useEffect(() => {
    const root = place.current;
    if (root === null) return undefined;
    const made = new uPlot(options(root.clientWidth, newest, colours), data(newest.current), root);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: root.clientWidth, height: newest.current.height ?? 260 }));
    watch.observe(root);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, colours]);

  useEffect(() => plot.current?.setData(data(props)), [props.x, props.curves, props.marks, props.threshold]);

  return <div ref={place} class={`chart ${props.curves.length === 1 ? "single" : ""}`} role="img" aria-label={props.label} />;
}

function data({ x, curves, log }: ChartProps): uPlot.AlignedData {
  const shown = curves.map(({ values }) => values.map((value) => (log && value !== null && value <= 0 ? null : value)));
  return [x as number[], ...shown] as uPlot.AlignedData;
}

function options(width: number, newest: { current: ChartProps }, colours: typeof palette.value): uPlot.Options {
  const { curves, log = false, height = 260, xName } = newest.current;
  const axis: uPlot.Axis = {
    stroke: colours.muted,
    grid: { stroke: colours.line, width: 1 },
    ticks: { stroke: colours.line, width: 1 },
    font: "12px system-ui, sans-serif",
  };
  const line = tones(colours);
  return {
    width,
    height,
    padding: [12, 28, 0, 0], // the last number of the axis stands half beside it
    legend: { live: !still.value },
    cursor: { show: !still.value, drag: { x: true, y: false } },
    scales: { x: { time: false }, y: { distr: log ? 3 : 1, range: (u, low, high) => yRange({ ...newest.current, log }, u, low, high) } },
    axes: [
      { ...axis, label: xName, labelSize: 18, labelFont: "12px system-ui, sans-serif", values: (_u, ticks) => ticks.map((tick) => tick.toLocaleString(language.value)) },
      {
        ...axis,
        ...(log ? { splits: (_u: uPlot, _axis: number, low: number, high: number) => logTicks(low, high), filter: (_u: uPlot, ticks: number[]) => ticks } : {}),
        size: 72,
        values: (_u, ticks) => ticks.map((tick) => (tick === null ? "" : figure(tick, 3))),
      },
    ],
    series: [
      { label: xName },
      ...curves.map((each, index): uPlot.Series => ({
        label: each.name,
        stroke: line[(each.tone ?? index) % line.length] ?? colours.accent,
        width: 2,
        ...(each.dashed ? { dash: [6, 4] } : {}),
        points: { show: newest.current.x.length < 2 },
        value: (_u, value) => (value === null ? "–" : figure(value)),
      })),
    ],
    // Without a point there are no values to tell: only the names of the curves, where there are several.
    hooks: { setLegend: [(u) => u.root.classList.toggle("pointed", u.cursor.idx !== null && u.cursor.idx !== undefined && (u.cursor.left ?? -1) >= 0)], draw: [(u) => drawThreshold(u, newest.current, colours), (u) => drawMarks(u, newest.current, colours)] },
  };
}

function yRange({ log, threshold }: ChartProps, _u: uPlot, low: number | null, high: number | null): [number, number] {
  let [from, to] = [low ?? (log ? 0.1 : 0), high ?? 1];
  if (threshold !== null && threshold !== undefined) [from, to] = [Math.min(from, threshold), Math.max(to, threshold)];
  if (!log) {
    const room = (to - from || Math.abs(to) || 1) * 0.08;
    return [from - room, to + room];
  }
  return [10 ** (Math.floor(Math.log10(from) * 4) / 4), 10 ** (Math.ceil(Math.log10(to) * 4 + 0.2) / 4)];
}

function drawThreshold(u: uPlot, { threshold }: ChartProps, colours: typeof palette.value): void {
  if (threshold === null || threshold === undefined) return;
  const y = Math.round(u.valToPos(threshold, "y", true));
  const { ctx, bbox } = u;
  ctx.save();
  ctx.strokeStyle = colours.ok;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.fillStyle = colours.ok;
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.fillText(`< ${figure(threshold)}`, bbox.left + bbox.width - 4 * devicePixelRatio, y - 4 * devicePixelRatio);
  ctx.restore();
}

function drawMarks(u: uPlot, { marks = [] }: ChartProps, colours: typeof palette.value): void {
  const tone = { death: colours.bad, change: colours.accent, checkpoint: colours.muted, best: colours.warn };
  const { ctx, bbox } = u;
  ctx.save();
  ctx.textAlign = "center";
  for (const { x, y, kind } of marks) {
    const at = u.valToPos(x, "x", true);
    if (at < bbox.left || at > bbox.left + bbox.width) continue;
    ctx.fillStyle = tone[kind];
    ctx.font = `${(kind === "best" ? 16 : 11) * devicePixelRatio}px system-ui, sans-serif`;
    if (y !== undefined) {
      ctx.fillText(GLYPHS[kind], at, u.valToPos(y, "y", true) + 4 * devicePixelRatio);
      continue;
    }
    ctx.globalAlpha = kind === "checkpoint" ? 0.6 : 0.25;
    if (kind !== "checkpoint") ctx.fillRect(at - devicePixelRatio / 2, bbox.top, devicePixelRatio, bbox.height);
    ctx.globalAlpha = 1;
    ctx.fillText(GLYPHS[kind], at, bbox.top + bbox.height - (kind === "checkpoint" ? 4 : 16) * devicePixelRatio);
  }
  ctx.restore();
}
