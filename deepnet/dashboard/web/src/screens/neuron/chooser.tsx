// Which neuron: at first the layers, and then the way to those beside it.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { LayerShape } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { count } from "../../parts/numbers.ts";
import { current, summary } from "../../state/network.ts";
import { go, linkTo } from "../../state/view.ts";
import { neighbour, type Place } from "./place.ts";

const SHOWN = 48;

export function Chooser({ layers }: { layers: readonly LayerShape[] }) {
  const first = layers[0];
  if (first === undefined) return null;
  const at = `${first.address}/0`;
  return (
    <div class="stack">
      <Card title={t("neuron.choose")}>
        <p>{t("neuron.choose_help")}</p>
        <p><a class="button primary" href={toNeuron(at)}>{t("neuron.begin_with", { address: at })}</a></p>
      </Card>
      {layers.map((layer) => <OfLayer key={layer.address} layer={layer} />)}
    </div>
  );
}

function toNeuron(at: string): string {
  return linkTo("neuron", { net: current.value, at });
}

function OfLayer({ layer }: { layer: LayerShape }) {
  const most = useSignal(SHOWN);
  const shown = Math.min(layer.neurons, most.value);
  return (
    <Card title={layer.address} aside={<span class="muted">{t("neuron.layer_is", { neurons: count(layer.neurons), activation: layer.activation })}</span>}>
      <nav class="neuron-chips" aria-label={layer.address}>
        {Array.from({ length: shown }, (_, index) => (
          <a key={index} class="chip" href={toNeuron(`${layer.address}/${index}`)} aria-label={`${layer.address}/${index}`}>{index}</a>
        ))}
        {layer.neurons > shown && <Button kind="quiet" onClick={() => (most.value *= 4)}>{t("neuron.show_more", { count: count(layer.neurons - shown) })}</Button>}
        {layer.neurons > SHOWN && <ByNumber layer={layer} />}
      </nav>
    </Card>
  );
}

function ByNumber({ layer }: { layer: LayerShape }) {
  const typed = useSignal("");
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.value !== "") go("neuron", { net: current.value, at: `${layer.address}/${typed.value}` });
      }}
    >
      <label class="row">
        <span class="muted">{t("neuron.number")}</span>
        <input type="number" min="0" max={layer.neurons - 1} value={typed.value} onInput={(event) => (typed.value = event.currentTarget.value)} />
      </label>
    </form>
  );
}

export function Heading({ place, children }: { place: Place; children: ComponentChildren }) {
  const layers = summary.value?.layers ?? [];
  const to = (address: string) => go("neuron", { net: current.value, at: address });
  return (
    <div class="neuron-head">
      <a class="button quiet" href={toNeuron(neighbour(place, -1))} aria-label={t("neuron.before")} title={t("neuron.before")}>‹</a>
      <label>
        <span class="hidden">{t("common.layer")}</span>
        <select value={place.layer.address} onChange={(event) => to(`${event.currentTarget.value}/0`)}>
          {layers.map((each) => <option key={each.address} value={each.address}>{each.address}</option>)}
        </select>
      </label>
      <span aria-hidden="true">/</span>
      <label>
        <span class="hidden">{t("neuron.number")}</span>
        <input
          key={place.address}
          type="number"
          min="0"
          max={place.layer.neurons - 1}
          defaultValue={place.index}
          onChange={(event) => to(`${place.layer.address}/${Math.min(Math.max(0, Math.round(Number(event.currentTarget.value))), place.layer.neurons - 1)}`)}
        />
      </label>
      <a class="button quiet" href={toNeuron(neighbour(place, 1))} aria-label={t("neuron.after")} title={t("neuron.after")}>›</a>
      <span class="muted">{t("neuron.of_layer", { neurons: count(place.layer.neurons) })}</span>
      {children}
      <span class="grow" />
      <a href={linkTo("neuron", { net: current.value, at: "" })}>{t("neuron.all")}</a>
    </div>
  );
}
