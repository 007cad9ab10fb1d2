// What the picture is made of, as it comes in: one store, for there is one picture.

import { computed, effect, signal } from "@preact/signals";
import type { Wish } from "../../api/live.ts";
import { floats, type Tensors } from "../../api/safetensors.ts";
import { neurons, placeOf, weights, type Model, type Place } from "../../draw/model.ts";
import type { Figures } from "../../draw/scene.ts";
import { MOST_NODES } from "../../draw/layout.ts";
import { current, summary } from "../../state/network.ts";
import { useListener } from "../../state/topic.ts";
import { param, setParams } from "../../state/view.ts";
import { COLUMNS, readActivity, readColumns, readSurvey, type Activity, type Columns, type Survey } from "./frames.ts";
import { isLook, SUPERVISED, type Look } from "./looks.ts";

export const RATES = [1, 2, 5, 10];
const USUAL_RATE = 5;
/** Of larger networks only what is shown is asked for at that rate. */
const LARGE = 2000;
const ALL = ["output", "sum", "delta", "gradient", "bias"] as const;
/** The service gives more weights in parts only. */
const MOST_WEIGHTS = 65_536;

/** The layers of the network that is looked at; the same object as long as they are the same. */
export const model = signal<Model | null>(null);
effect(() => {
  const shown = summary.value;
  const first = shown?.layers[0];
  if (shown === null || shown === undefined || first === undefined) return void (model.value = null);
  const layers = shown.layers.map(({ address, inputs, neurons: count, activation }) => ({
    address,
    inputs,
    neurons: count,
    activation,
  }));
  const next = { inputs: first.inputs, layers };
  if (JSON.stringify(next) !== JSON.stringify(model.peek())) model.value = next;
});

export const activity = signal<Activity | null>(null);
/** All fields of large networks, once a second, while a neuron is selected. */
export const details = signal<Activity | null>(null);
export const matrices = signal<Figures | null>(null);
export const columns = signal<Columns | null>(null);
export const survey = signal<Survey | null>(null);
export const problem = signal("");

export const look = computed<Look>(() => (isLook(param("by")) ? (param("by") as Look) : "output"));
export const rate = computed(() => (RATES.includes(Number(param("rate"))) ? Number(param("rate")) : USUAL_RATE));
export const frozen = signal(false);
/** The row of the run that is looked at; null for the mean over the first ones. */
export const row = computed(() => (/^\d+$/.test(param("row")) ? Number(param("row")) : null));
export const selected = computed<Place | null>(() => {
  const [layers, at] = [model.value, param("at")];
  if (layers === null || at === "") return null;
  const input = /^input (\d+)$/.exec(at);
  if (input !== null) return { layer: -1, index: Math.min(Number(input[1]), layers.inputs - 1) };
  return placeOf(layers, at);
});

export function select(place: Place | null): void {
  const layers = model.peek();
  if (place === null || layers === null) return setParams({ at: "" });
  const layer = layers.layers[place.layer];
  setParams({ at: layer === undefined ? `input ${place.index}` : `${layer.address}/${place.index}` });
}

export const isLarge = computed(() => model.value !== null && neurons(model.value) > LARGE);
export const isDetailed = computed(() => model.value !== null && neurons(model.value) <= MOST_NODES);
export const hasPlane = computed(() => model.value?.inputs === 2 && isDetailed.value);
/** Whether nodes show what they make of the plane. */
export const surfacesShown = computed(() => hasPlane.value && look.value === "output" && param("fill") !== "plain");

/** Follow all that the picture needs; it renders nothing, and is to be made anew when the layers are other ones. */
export function Follow(): null {
  const [layers, network] = [model.value, current.value];
  const on = layers !== null && network !== "" && !frozen.value;
  const size = layers === null ? 0 : weights(layers);
  const shown = SUPERVISED.includes(look.value) ? "output" : look.value;
  const fields = isLarge.value ? [...new Set(["output", shown])] : ALL;
  const of = { topic: "activity", network, ...(row.value === null ? {} : { row: row.value }) } as const;
  const isDetail = on && isLarge.value && selected.value !== null;
  const weightRate = size <= 600 ? rate.value : Math.min(rate.value, size <= 4000 ? 2 : 1);
  useFrames(on ? { ...of, fields, rate: rate.value } : null, (told, known) => {
    activity.value = readActivity(told, known, fields);
    problem.value = "";
  }, (detail) => (problem.value = detail));
  useFrames(isDetail ? { ...of, fields: ALL, rate: 1 } : null, (told, known) => {
    details.value = readActivity(told, known, ALL);
  });
  const hasWeights = on && isDetailed.value && size <= MOST_WEIGHTS;
  useFrames(hasWeights ? { topic: "activity", network, fields: ["weights"], rate: weightRate } : null, (told, now) => {
    matrices.value = now.layers.map(({ address }) => floats(told, `${address}.weights`));
  });
  useFrames(on ? { topic: "columns", network, fields: COLUMNS, rate: 1 } : null, (told, known) => {
    columns.value = readColumns(told, known);
  });
  const hasSurvey = on && hasPlane.value;
  useFrames(hasSurvey ? { topic: "surface", network, rate: Math.min(rate.value, 5) } : null, (told, known) => {
    survey.value = readSurvey(told, known);
  });
  return null;
}

/** Follow a binary topic; frames of other layers than the picture shows are left out. */
function useFrames(
  wish: Wish | null,
  onTold: (told: Tensors, known: Model) => void,
  onProblem: (detail: string) => void = () => undefined,
): void {
  useListener(wish, () => ({
    onFrame(data) {
      const known = model.peek();
      const told = data as Tensors;
      if (!frozen.peek() && known !== null && fits(told, known)) onTold(told, known);
    },
    onProblem,
  }));
}

/** Whether all arrays have as many rows as their layers have neurons. */
function fits({ arrays }: Tensors, { layers }: Model): boolean {
  const counts = new Map(layers.map(({ address, neurons: count }) => [address, count]));
  return [...arrays].every(([name, { shape }]) => {
    const [layer = "", field] = name.split(".");
    return field === undefined || counts.get(layer) === shape[0];
  });
}

/** Forget what is of another network. */
effect(() => {
  void model.value;
  void current.value;
  activity.value = details.value = matrices.value = columns.value = survey.value = null;
  problem.value = "";
});

effect(() => {
  void current.value;
  frozen.value = false;
});
