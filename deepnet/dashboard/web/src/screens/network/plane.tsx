// The large surface of one neuron of a network with two inputs, with the rows of the run over it.

import { useEffect, useRef } from "preact/hooks";
import { getBytes, part } from "../../api/http.ts";
import { readTensors, type Tensors } from "../../api/safetensors.ts";
import type { Place } from "../../draw/model.ts";
import { paintPlane, planeHeight, type Points } from "../../draw/plane.ts";
import { middleOf } from "../../draw/surfaces.ts";
import { short } from "../../draw/words.ts";
import { t } from "../../i18n/index.ts";
import { Card } from "../../parts/card.tsx";
import { summary } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { nameOf } from "./describe.ts";
import { model, selected, survey } from "./looking.ts";
import { palette, surfaces } from "./scenery.ts";

const [LEAST_SIDE, MOST_SIDE] = [220, 400];
const FONT = "system-ui, sans-serif";

export function Plane() {
  const layers = model.value;
  const run = summary.value?.run ?? null;
  const data = useResource(run, async () => readTensors(await getBytes(`/runs/${part(run ?? "")}/data`)));
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = (layers?.layers.length ?? 1) - 1;
  const place = selected.value !== null && selected.value.layer >= 0 ? selected.value : { layer: last, index: 0 };
  const [seen, images, colours, rows] = [survey.value, surfaces.value, palette.value, data.data.value];
  const surface = seen?.surfaces[place.layer]?.[place.index];
  const middle = surface === undefined ? null : middleOf(layers?.layers[place.layer]?.activation ?? "", surface);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || seen === null || middle === null) return;
    const ratio = window.devicePixelRatio || 1;
    const side = Math.min(Math.max(context.canvas.parentElement?.clientWidth ?? 0, LEAST_SIDE), MOST_SIDE);
    context.canvas.width = side * ratio;
    context.canvas.height = planeHeight(side) * ratio;
    context.canvas.style.width = `${side}px`;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const points = rows === null ? null : pointsOf(rows, place, last);
    paintPlane(context, side, images?.[place.layer]?.[place.index] ?? null, seen.bounds, points, colours, FONT);
  }, [seen, images, colours, rows, place.layer, place.index]);
  if (layers === null || seen === null || middle === null) return null;
  const name = nameOf(layers, place);
  return (
    <Card title={t("network.plane", { name })}>
      <div class="plane-room">
        <canvas ref={canvas} class="plane" role="img" aria-label={t("network.plane_label", { name })} />
      </div>
      <p class="muted plane-help">
        {t("network.plane_help", {
          low: short(middle.middle - middle.reach),
          high: short(middle.middle + middle.reach),
        })}
      </p>
    </Card>
  );
}

/** The rows of the run, coloured by the target of the neuron if it is an output, else by that of the first output. */
export function pointsOf(tensors: Tensors, place: Place, last: number): Points | null {
  const [inputs, targets] = [tensors.arrays.get("inputs"), tensors.arrays.get("targets")];
  if (inputs === undefined || targets === undefined || inputs.shape[1] !== 2) return null;
  const outputs = targets.shape[1] ?? 1;
  const which = place.layer === last ? place.index : 0;
  const wanted = Float32Array.from({ length: targets.shape[0] ?? 0 }, (_, row) =>
    Number(targets.data[row * outputs + which] ?? 0),
  );
  // Neurons are coloured about 0 or a half, whatever the targets are: so these are by where they lie among themselves.
  let [low, high] = [Infinity, -Infinity];
  for (const one of wanted) [low, high] = [Math.min(low, one), Math.max(high, one)];
  return {
    at: Float32Array.from(inputs.data as ArrayLike<number>),
    wanted: wanted.map((one) => (high > low ? (one - low) / (high - low) : 0.5)),
  };
}
