// Weights: those of one layer as a picture that is looked into, how they have changed, and who is not well.

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { getBytes, part, Problem } from "../../api/http.ts";
import { floats, readTensors, type Tensors } from "../../api/safetensors.ts";
import { isWhole, windowFromText, windowToText } from "../../draw/zooming.ts";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { count } from "../../parts/numbers.ts";
import { Loading, ProblemBox } from "../../parts/states.tsx";
import { current, summary, summaryProblem } from "../../state/network.ts";
import { useTopic } from "../../state/topic.ts";
import { param, setParams } from "../../state/view.ts";
import { useAsking } from "../data/answering.ts";
import { Against } from "./against.tsx";
import { Health } from "./health.tsx";
import { Figures } from "./histogram.tsx";
import { Largest } from "./largest.tsx";
import { WeightMap } from "./map.tsx";
import { type Told, toldOf } from "./tile.ts";

const RATE = 5;
const AGAINST_PAUSE = 700;

export function WeightsScreen() {
  const shown = summary.value;
  if (shown === null) return summaryProblem.value === "" ? <Loading /> : <ProblemBox detail={summaryProblem.value} />;
  const layers = shown.layers;
  const place = Math.max(0, layers.findIndex(({ address }) => address === param("layer")));
  const layer = layers[place];
  if (layer === undefined) return <Loading />;
  const shape = { rows: layer.neurons, columns: layer.inputs };
  const window = windowFromText(param("window"), shape);
  const asked = isWhole(window, shape) ? undefined : [window.row0, window.row1, window.column0, window.column1];
  const against = param("against");
  return (
    <div class="grid">
      <div class="two-thirds stack">
        <Card
          title={t("weights.of_layer", { layer: layer.address })}
          aside={<span class="muted">{t("weights.size", { rows: count(shape.rows), columns: count(shape.columns) })}</span>}
        >
          <div class="row weights-bar">
            <div class="row" role="group" aria-label={t("common.layer")}>
              {layers.map(({ address }) => (
                <Button key={address} pressed={address === layer.address} onClick={() => setParams({ layer: address, window: "" })}>{address}</Button>
              ))}
            </div>
            <Against />
          </div>
          <Live
            key={`${current.value} ${layer.address} ${against}`}
            address={layer.address}
            before={layers[place - 1]?.address ?? null}
            window={asked}
            against={against}
          />
          <Command>{`deepnet inspect ${current.value}/${layer.address} --sort norm`}</Command>
        </Card>
      </div>
      <div class="third stack">
        <Health layer={layer.address} />
      </div>
    </div>
  );
}

interface LiveProps {
  address: string;
  /** The layer before, whose outputs the columns are; null for the inputs of the network. */
  before: string | null;
  window: readonly number[] | undefined;
  against: string;
}

function Live({ address, before, window, against }: LiveProps) {
  const network = current.value;
  const wish = { topic: "weights" as const, network, address, rate: RATE, ...(window === undefined ? {} : { window }) };
  const live = useTopic<Tensors>(against === "" ? wish : null);
  const columns = useTopic<Tensors>(against === "" ? { topic: "columns", network, fields: ["bias"], rate: 2 } : null);
  // Only the last few checkpoints are kept: one that is gone is not asked for again and again.
  const isGone = useSignal(false);
  const since = useAsking(
    against === "" || isGone.value ? null : `${against} ${window?.join()} ${summary.value?.step}`,
    async () => {
      const asked = getBytes(`/networks/${part(network)}/layers/${part(address)}/weights`, { against, window: window?.join() });
      return readTensors(await asked.catch((error: unknown) => {
        isGone.value = error instanceof Problem && error.status === 404;
        throw error;
      }));
    },
    AGAINST_PAUSE,
  );
  const newest = against === "" ? live.data.value : since.data.value;
  // Until another part has come the last one stays: a picture that went away would lose the keyboard.
  const kept = useRef<Tensors | null>(null);
  kept.current = newest ?? kept.current;
  const tensors = kept.current;
  const problem = against === "" ? live.problem.value : since.problem.value;
  const told = tensors === null ? null : toldOf(tensors);
  if (told === null) return problem === "" ? <Loading /> : <ProblemBox detail={problem} />;
  const bias = columns.data.value === null ? null : (floats(columns.data.value, `${address}.bias`) ?? null);
  return (
    <>
      {problem !== "" && <p class="muted" role="status">{isGone.value ? t("weights.gone", { step: count(told.step) }) : problem}</p>}
      <Shown told={told} bias={bias} before={before} />
    </>
  );
}

function Shown({ told, bias, before }: { told: Told; bias: Float32Array | null; before: string | null }) {
  return (
    <>
      <WeightMap told={told} bias={bias} before={before} onWindow={(next) => setParams({ window: isWhole(next, told.shape) ? "" : windowToText(next) })} />
      <div class="grid weights-below">
        <div class="half"><Figures told={told} /></div>
        <div class="half"><Largest told={told} before={before} /></div>
      </div>
    </>
  );
}
