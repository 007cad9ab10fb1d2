// What comes in and what goes out, as bars; what comes in can be set.

import { useSignal } from "@preact/signals";
import { floats, type Tensors } from "../../api/safetensors.ts";
import type { LayerShape, Neuron } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { count, figure, toNumber } from "../../parts/numbers.ts";
import { setNeuron } from "../../state/actions.ts";
import { current, summary } from "../../state/network.ts";
import { mayOperate } from "../../state/session.ts";
import { useTopic } from "../../state/topic.ts";
import { linkTo, param, setParams } from "../../state/view.ts";
import { NumberField } from "./field.tsx";
import type { Place } from "./place.ts";

const SHOWN = 12;
const MORE = 50;
const MOST_OUT = 256;

interface Bar {
  readonly index: number;
  readonly value: number;
  readonly href: string | null;
  readonly name: string;
}

export function WeightsIn({ neuron, place, before }: { neuron: Neuron; place: Place; before: LayerShape | undefined }) {
  const net = current.value;
  const bars = neuron.weights.map((weight, index): Bar => {
    const at = `${before?.address}/${index}`;
    const isNeuron = before !== undefined && before.neurons === neuron.weights.length;
    return { index, value: toNumber(weight), name: isNeuron ? at : `x${index}`, href: isNeuron ? linkTo("neuron", { net, at }) : null };
  });
  const set = (index: number, value: number) => setNeuron(place.address, { weights: { [index]: value } });
  return (
    <Card title={t("neuron.weights_in", { count: count(bars.length) })} aside={<Order />}>
      <Bars bars={bars} label={t("neuron.weights_in", { count: count(bars.length) })} {...(mayOperate.value ? { set } : {})} />
      {mayOperate.value && <Command>{`deepnet edit ${net}/${place.address} --weight 0=0.1`}</Command>}
      <Slots slots={neuron.slots} />
    </Card>
  );
}

/** A column of the weights of the next layer: they are its neurons' own, so they are looked at there. */
export function WeightsOut({ place }: { place: Place }) {
  const layers = summary.value?.layers ?? [];
  const next = layers[layers.findIndex((each) => each.address === place.layer.address) + 1];
  const net = current.value;
  const window = [0, Math.min(next?.neurons ?? 0, MOST_OUT), place.index, place.index + 1];
  const told = useTopic<Tensors>(next === undefined ? null : { topic: "weights", network: net, address: next.address, window, rate: 2 });
  const found = told.data.value === null ? undefined : floats(told.data.value, "tile");
  const title = t("neuron.weights_out", { count: count(next?.neurons ?? 0) });
  if (next === undefined) return <Card title={t("neuron.weights_out_none")}><p class="muted">{t("neuron.last_layer")}</p></Card>;
  const bars = [...(found ?? [])].map((value, index): Bar => {
    const at = `${next.address}/${index}`;
    return { index, value, name: at, href: linkTo("neuron", { net, at }) };
  });
  return (
    <Card title={title} aside={<Order />}>
      {told.problem.value !== "" && <p class="muted">{told.problem.value}</p>}
      <Bars bars={bars} label={title} />
      {next.neurons > MOST_OUT && (
        <p class="muted">{t("neuron.only_first", { count: MOST_OUT })} <a href={linkTo("weights", { layer: next.address })}>{next.address}</a></p>
      )}
    </Card>
  );
}

function Order() {
  return (
    <label class="row">
      <span class="hidden">{t("neuron.order")}</span>
      <select value={param("order")} onChange={(event) => setParams({ order: event.currentTarget.value })}>
        <option value="">{t("neuron.by_place")}</option>
        <option value="size">{t("neuron.by_size")}</option>
      </select>
    </label>
  );
}

function Bars({ bars, label, set }: { bars: readonly Bar[]; label: string; set?: (index: number, value: number) => Promise<unknown> }) {
  const most = useSignal(SHOWN);
  const edited = useSignal(-1);
  const size = (bar: Bar) => Math.abs(bar.value) || 0;
  const widest = bars.reduce((so, bar) => Math.max(so, size(bar)), 0) || 1;
  const ordered = param("order") === "size" ? [...bars].sort((a, b) => size(b) - size(a)) : bars;
  const left = bars.length - most.value;
  return (
    <>
      <ul class="weight-bars" aria-label={label}>
        {ordered.slice(0, most.value).map((bar) => (
          <li key={bar.index}>
            <span class="weight-name mono">{bar.href === null ? bar.name : <a href={bar.href}>{bar.name}</a>}</span>
            <BarPicture share={bar.value / widest} />
            {set === undefined || edited.value !== bar.index ? (
              <Value bar={bar} {...(set === undefined ? {} : { onEdit: () => (edited.value = bar.index) })} />
            ) : (
              <NumberField
                label={t("neuron.weight_of", { name: bar.name })}
                value={bar.value}
                isOpen
                onSet={(value) => set(bar.index, value)}
                onClose={() => (edited.value = -1)}
              />
            )}
          </li>
        ))}
      </ul>
      {left > 0 && <Button kind="quiet" onClick={() => (most.value += MORE)}>{t("neuron.show_more", { count: count(left) })}</Button>}
    </>
  );
}

function Value({ bar, onEdit }: { bar: Bar; onEdit?: () => void }) {
  if (onEdit === undefined) return <span class="weight-value number">{figure(bar.value)}</span>;
  return (
    <button type="button" class="weight-value number editable" aria-label={t("neuron.edit_weight", { name: bar.name, value: figure(bar.value) })} onClick={onEdit}>
      {figure(bar.value)}
    </button>
  );
}

/** From the middle to the right if it is above 0, to the left if below. */
function BarPicture({ share }: { share: number }) {
  const width = Math.min(Math.abs(share) || 0, 1) * 50;
  return (
    <svg class="weight-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class={share < 0 ? "below" : "above"} x={share < 0 ? 50 - width : 50} y="1" width={width} height="8" />
      <line x1="50" x2="50" y1="0" y2="10" />
    </svg>
  );
}

function Slots({ slots }: { slots: Neuron["slots"] }) {
  const names = Object.keys(slots);
  if (names.length === 0) return null;
  return (
    <details class="slots">
      <summary>{t("neuron.slots")}</summary>
      <p class="muted">{t("neuron.slots_help")}</p>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={t("neuron.slots")}>
        <table>
          <thead><tr><th scope="col">#</th>{names.map((name) => <th key={name} scope="col" class="number">{name.replaceAll("_", " ")}</th>)}</tr></thead>
          <tbody>
            {(slots[names[0] ?? ""] ?? []).slice(0, MOST_OUT).map((_, index, all) => (
              <tr key={index}>
                <td>{index === all.length - 1 && all.length <= MOST_OUT ? t("common.bias") : `w${index}`}</td>
                {names.map((name) => <td key={name} class="number">{figure(slots[name]?.[index])}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
