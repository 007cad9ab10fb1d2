// From what comes in to what is drawn: signals all the way, so that nothing is reckoned that has not changed.

import { computed, effect, signal } from "@preact/signals";
import { strandsOf } from "../../draw/edges.ts";
import { layOut } from "../../draw/layout.ts";
import { DEAD, placeOf, RESTARTED, size, type Model, type Place } from "../../draw/model.ts";
import { makePalette } from "../../draw/palette.ts";
import { robustMost, type Scale } from "../../draw/scale.ts";
import type { Figures, Scene, Strand } from "../../draw/scene.ts";
import { middleOf, paintSurface } from "../../draw/surfaces.ts";
import { now } from "../../state/clock.ts";
import { current, happenings } from "../../state/network.ts";
import { isDark, palette as tokens } from "../../state/theme.ts";
import { still } from "../../state/view.ts";
import { agesAt, fetchBirths, withEvents, type Births } from "./ages.ts";
import { fetchFan, parts } from "./fans.ts";
import { activity, columns, frozen, look, matrices, model, selected, survey, surfacesShown } from "./looking.ts";
import { ABOUT, Scales, type Look } from "./looks.ts";

export const room = signal({ width: 0, height: 560 });
export const hovered = signal<Place | null>(null);
export const births = signal<Births | null>(null);
const FONT = 'system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK JP", "DejaVu Sans", sans-serif';
const RESTARTED_SECONDS = 4;

export const palette = computed(() => {
  const { surface, text, muted, line, accent, positive, negative, bg } = tokens.value;
  return makePalette(isDark.value, { background: surface, plate: bg, text, muted, line, accent, positive, negative });
});

export const layout = computed(() => {
  const [layers, { width, height }] = [model.value, room.value];
  return layers === null || width === 0 ? null : layOut(layers, width, height);
});

/** What neurons are coloured by, by layer. */
export const figures = computed<Figures>(() => figuresOf(look.value));

function figuresOf(what: Look): Figures {
  const layers = model.value;
  if (layers === null) return [];
  if (what === "restarts") return columns.value?.restarts ?? [];
  if (what !== "age") return activity.value?.fields[what] ?? [];
  void columns.value; // once a second
  return births.value === null
    ? []
    : agesAt(still.value ? births.value.network : Date.now() / 1000, births.value, layers);
}

const scales = new Scales();
effect(() => {
  void current.value;
  scales.forget();
});

export const scale = computed<Scale>(() => {
  const layers = model.value;
  return layers === null
    ? { kind: ABOUT[look.value].kind, most: 1 }
    : scales.scaleOf(look.value, layers, figures.value);
});

const strands = computed<readonly Strand[]>(() => {
  const [layers, weights] = [model.value, matrices.value];
  return layers === null || weights === null ? [] : strandsOf(layers, weights);
});
const bold = computed(() => robustMost((matrices.value ?? []).filter((part) => part !== undefined)) || 1);

/** Connections of the selected neuron of a large network; they are fetched, see `followFans`. */
const fetched = signal<readonly Strand[]>([]);
const fetchedBold = computed(() => Math.max(1e-12, ...fetched.value.map(({ weight }) => Math.abs(weight))));

/** Those who were restarted just now, as addresses; it changes only when they do. */
const recent = computed(() => {
  const since = now.value / 1000 - RESTARTED_SECONDS;
  const seen = happenings.value.filter(
    ({ kind, time }) => time > since && (kind === "neuron_restarted" || kind === "neuron_died"),
  );
  const last = new Map(seen.map(({ address, kind }) => [address ?? "", kind === "neuron_died" ? DEAD : RESTARTED]));
  return [...last].map(([address, mark]) => `${address} ${mark}`).join(";");
});

const marks = computed(() => {
  const [layers, known] = [model.value, columns.value?.marks];
  if (layers === null) return [];
  const all = layers.layers.map(({ neurons }, layer) => Uint8Array.from(known?.[layer] ?? new Uint8Array(neurons)));
  if (still.value) return all;
  for (const one of recent.value === "" ? [] : recent.value.split(";")) {
    const [address = "", mark] = one.split(" ");
    const place = placeOf(layers, address);
    const layer = place === null ? undefined : all[place.layer];
    if (place !== null && layer !== undefined) layer[place.index] = (layer[place.index] ?? 0) | Number(mark);
  }
  return all;
});

const canvases: HTMLCanvasElement[][] = [];

/** What neurons make of the plane, as images; new ones when the survey or the palette is another one. */
export const surfaces = computed(() => {
  const [layers, seen] = [model.value, survey.value];
  if (layers === null || seen === null) return null;
  return seen.surfaces.map((ofLayer, layer) => {
    const line = (canvases[layer] ??= []);
    return ofLayer.map((surface, index) => {
      const canvas = (line[index] ??= document.createElement("canvas"));
      paintSurface(canvas, surface, middleOf(layers.layers[layer]?.activation ?? "", surface), palette.value);
      return canvas;
    });
  });
});

export const scene = computed<Scene | null>(() => {
  const [layers, where, seen] = [model.value, layout.value, activity.value];
  if (layers === null || where === null) return null;
  const fields = seen?.fields ?? {};
  return {
    model: layers,
    layout: where,
    palette: palette.value,
    font: FONT,
    figures: figures.value,
    scale: scale.value,
    ...given("sums", fields["sum"]),
    ...given("outputs", fields["output"]),
    ...given("input", seen?.input),
    ...given("target", seen?.target),
    marks: marks.value,
    strands: strands.value,
    chosen: fetched.value,
    bold: where.detailed ? bold.value : fetchedBold.value,
    selected: selected.value,
    hovered: hovered.value,
    surfaces: surfacesShown.value ? surfaces.value : null,
  };
});

function given<Name extends string, T>(name: Name, value: T | undefined): Partial<Record<Name, T>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, T>);
}

/** For each part that is fetched, and as if there were two at least. */
const FAN_SECONDS = 0.4;

/** Keep the connections of the selected neuron of a large network as they are; call what is returned to end that. */
export function followFans(): () => void {
  let timer = 0;
  let newest = 0;
  const end = effect(() => {
    const [layers, place, network, where] = [model.value, selected.value, current.value, layout.value];
    const mine = ++newest;
    clearTimeout(timer);
    fetched.value = [];
    if (layers === null || place === null || where === null || where.detailed) return;
    const again = async (known: Model) => {
      if (!frozen.peek() || fetched.peek().length === 0) {
        const found = await fetchFan(network, known, place).catch(() => null);
        if (mine !== newest) return;
        if (found !== null) fetched.value = found;
      }
      const count = parts(size(known, place.layer - 1)).length + parts(size(known, place.layer + 1)).length;
      timer = window.setTimeout(() => void again(known), FAN_SECONDS * 1000 * Math.max(count, 2));
    };
    void again(layers);
  });
  return () => {
    newest++;
    clearTimeout(timer);
    end();
  };
}

/** Know since when neurons have been there; call what is returned to end that. */
export function followBirths(): () => void {
  let seen = 0;
  const endNetwork = effect(() => {
    const network = current.value;
    births.value = null;
    seen = 0;
    if (network === "") return;
    void fetchBirths(network).then(
      (found) => {
        if (current.peek() === network) births.value = found;
      },
      () => undefined,
    );
  });
  const endEvents = effect(() => {
    const [all, known] = [happenings.value, births.value];
    if (known === null) return;
    const later = all.filter(({ id }) => id > seen);
    seen = all.at(-1)?.id ?? seen;
    const next = withEvents(known, later);
    if (next !== known) births.value = next;
  });
  return () => {
    endNetwork();
    endEvents();
  };
}
