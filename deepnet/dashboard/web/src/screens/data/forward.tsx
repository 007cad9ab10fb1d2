// The forward pass of the row that is asked about: what each neuron puts out, layer by layer; or message by message.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { part, send } from "../../api/http.ts";
import type { Num } from "../../api/types.ts";
import { colourInto, robustMost, type Scale } from "../../draw/scale.ts";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { figure, toNumber } from "../../parts/numbers.ts";
import { act } from "../../state/actions.ts";
import { drawing } from "../../state/drawing.ts";
import { summary } from "../../state/network.ts";
import { linkTo } from "../../state/view.ts";
import { useAsking } from "./answering.ts";
import { Trace, type TracedMessage } from "./trace.tsx";

const PAUSE = 700;
/** While it learns the actors are asked rarely: each answer makes learning wait. */
const LEARNING_STEPS_PAUSE = 2500;
const MOST_NEURONS = 20_000;
const MOST_TRACED = 20_000;

type Activations = Record<string, { sums: Num[][]; outputs: Num[][] }>;

export function Forward({ network, inputs }: { network: string; inputs: readonly number[] | null }) {
  const shown = summary.value;
  const trace = useSignal<{ key: string; messages: TracedMessage[] } | null>(null);
  const isLearning = shown?.state === "running";
  const key = inputs === null ? null : inputs.join();
  const isTooLarge = (shown?.neurons ?? 0) > MOST_NEURONS;
  const asked = useAsking(
    key === null || isTooLarge ? null : `${key} ${isLearning ? Math.floor(performance.now() / LEARNING_STEPS_PAUSE) : shown?.step}`,
    () => send<Activations>("POST", `/networks/${part(network)}/activations`, { inputs: [inputs] }),
    PAUSE,
  );
  const found = asked.data.value;
  if (isTooLarge) return null;
  const play = async () => {
    const told = await act(() => send<{ items: TracedMessage[] }>("POST", `/networks/${part(network)}/trace`, { inputs: [inputs] }));
    if (told !== null) trace.value = { key: key ?? "", messages: told.items };
  };
  const canTrace = (shown?.parameters ?? Infinity) <= MOST_TRACED;
  return (
    <Card
      title={t("data.forward")}
      aside={canTrace && inputs !== null && <Button onClick={play}>{t("data.trace")}</Button>}
    >
      {inputs !== null && <Strip name={t("common.input")} values={inputs} address="" />}
      {found !== null && Object.entries(found).map(([address, { outputs }]) => (
        <Strip key={address} name={address} values={(outputs[0] ?? []).map(toNumber)} address={address} />
      ))}
      {found === null && asked.problem.value !== "" && <p class="muted">{asked.problem.value}</p>}
      <p class="muted legend">{t("data.forward_help")}</p>
      {trace.value !== null && trace.value.key === key && <Trace messages={trace.value.messages} />}
    </Card>
  );
}

const MOST_ACROSS = 64;

/** A cell for each number, coloured by it; that under the pointer is told. */
function Strip({ name, values, address }: { name: string; values: readonly number[]; address: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const over = useSignal<number | null>(null);
  const colours = drawing.value;
  const across = Math.min(values.length, MOST_ACROSS);
  const down = Math.ceil(values.length / Math.max(1, across));
  const most = robustMost([Float32Array.from(values)]) || 1;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || across === 0) return;
    context.canvas.width = across;
    context.canvas.height = down;
    const data = context.createImageData(across, down);
    const scale: Scale = { kind: "diverging", most };
    colourInto(new Uint32Array(data.data.buffer), values, values.length, scale, colours.diverging.words);
    context.putImageData(data, 0, 0);
  }, [values, colours]);
  const follow = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const [x, y] = [Math.floor(((event.clientX - box.left) / box.width) * across), Math.floor(((event.clientY - box.top) / box.height) * down)];
    const place = y * across + x;
    over.value = place >= 0 && place < values.length ? place : null;
  };
  const at = over.value;
  return (
    <div class="strip">
      <span class="strip-name">
        {name} <span class="muted">{values.length}</span>
      </span>
      <canvas
        ref={canvas}
        class="strip-cells"
        style={{ height: `${Math.min(160, Math.max(20, down * 10))}px` }}
        role="img"
        aria-label={t("data.strip_label", { name, count: values.length, low: figure(Math.min(...values)), high: figure(Math.max(...values)) })}
        onPointerMove={follow}
        onPointerLeave={() => (over.value = null)}
      />
      <span class="strip-value number">
        {at === null ? <span class="muted">± {figure(most, 3)}</span>
          : address === "" ? `${at}: ${figure(values[at] ?? NaN)}`
            : <a href={linkTo("neuron", { at: `${address}/${at}` })}>{`${address}/${at}: ${figure(values[at] ?? NaN)}`}</a>}
      </span>
    </div>
  );
}
