// What somebody may do to a neuron, besides killing it. All of it is one change between two steps, and can be undone.

import { useSignal } from "@preact/signals";
import { part } from "../../api/http.ts";
import type { Neuron } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Button, ConfirmButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { figure, plain, toNumber } from "../../parts/numbers.ts";
import { change, setNeuron, undo } from "../../state/actions.ts";
import { briefly } from "../../state/kinds.ts";
import { current, summary } from "../../state/network.ts";
import { ACTIVATIONS } from "./activations.ts";
import { NumberField } from "./field.tsx";
import type { Place } from "./place.ts";

export function Change({ neuron, place }: { neuron: Neuron; place: Place }) {
  const { address } = place;
  const target = `${current.value}/${address}`;
  const choices = ACTIVATIONS.includes(neuron.activation) ? ACTIVATIONS : [neuron.activation, ...ACTIVATIONS];
  return (
    <Card title={t("neuron.change")} aside={<Button kind="quiet" onClick={() => undo()}>↶ {t("common.undo")}</Button>}>
      <div class="stack small-gap">
        <div>
          <NumberField named label={t("common.bias")} value={toNumber(neuron.bias)} onSet={(bias) => setNeuron(address, { bias })} />
          <Command>{`deepnet edit ${target} --bias ${plain(toNumber(neuron.bias))}`}</Command>
        </div>
        <div>
          <label class="field">
            <span>{t("common.activation")}</span>
            <select value={neuron.activation} onChange={(event) => void setNeuron(address, { activation: event.currentTarget.value })}>
              {choices.map((name) => <option key={name} value={name}>{name}</option>)}
            </select>
          </label>
          {neuron.activation !== place.layer.activation && (
            <Button kind="quiet" onClick={() => setNeuron(address, { activation: null })}>
              {t("neuron.as_layer", { name: place.layer.activation })}
            </Button>
          )}
        </div>
        <div title={t("neuron.rate_help")}>
          <NumberField named least={0} label={t("neuron.rate")} value={toNumber(neuron.rate)} onSet={(rate) => setNeuron(address, { rate })} />
          <Command>{`deepnet set ${target} rate ${plain(toNumber(neuron.rate))}`}</Command>
        </div>
        <Switches neuron={neuron} address={address} target={target} />
        {neuron.faults.length > 0 && <Faults neuron={neuron} address={address} />}
        <Prune place={place} target={target} />
      </div>
    </Card>
  );
}

function Switches({ neuron, address, target }: { neuron: Neuron; address: string; target: string }) {
  const held = useSignal("0");
  const isLesioned = neuron.lesioned !== null;
  const value = Number(held.value);
  return (
    <>
      <div>
        <div class="row">
          <Button pressed={neuron.frozen} title={t("neuron.freeze_help")} onClick={() => setNeuron(address, { frozen: !neuron.frozen })}>
            ❄ {t(neuron.frozen ? "neuron.thaw" : "neuron.freeze")}
          </Button>
          <Command>{`deepnet set ${target} frozen ${neuron.frozen ? "false" : "true"}`}</Command>
        </div>
        <p class="muted small">{t("neuron.freeze_help")}</p>
      </div>
      <div>
        <div class="row">
          <Button
            pressed={isLesioned}
            title={t("neuron.lesion_help")}
            disabled={!isLesioned && !Number.isFinite(value)}
            onClick={() => setNeuron(address, { lesioned: isLesioned ? null : value })}
          >
            ⊘ {isLesioned ? t("neuron.heal", { value: figure(neuron.lesioned) }) : t("neuron.lesion")}
          </Button>
          {!isLesioned && (
            <label class="row">
              <span class="muted">{t("neuron.held_at")}</span>
              <input type="text" inputMode="decimal" size={5} value={held.value} onInput={(event) => (held.value = event.currentTarget.value.replace(",", "."))} />
            </label>
          )}
          <Command>{`deepnet set ${target} lesioned ${isLesioned ? "none" : held.value || "0"}`}</Command>
        </div>
        <p class="muted small">{t("neuron.lesion_help")}</p>
      </div>
    </>
  );
}

function Faults({ neuron, address }: { neuron: Neuron; address: string }) {
  return (
    <div>
      <h3>{t("neuron.faults")}</h3>
      <ul class="faults">
        {neuron.faults.map((fault, index) => (
          <li key={index}><span class="tag warn">{String(fault["kind"]).replaceAll("_", " ")}</span> {briefly(without(fault, "kind"))}</li>
        ))}
      </ul>
      <Button onClick={() => setNeuron(address, { faults: null })}>{t("neuron.remove_faults")}</Button>
    </div>
  );
}

function without(fault: Record<string, unknown>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fault).filter(([each, value]) => each !== name && value !== null));
}

/** Only where the service lets it: neither out of the last layer, nor the last one of a layer. */
function Prune({ place, target }: { place: Place; target: string }) {
  const layers = summary.value?.layers ?? [];
  if (layers.at(-1)?.address === place.layer.address || place.layer.neurons < 2) return null;
  const prune = () => change("POST", `/networks/${part(current.value)}/neurons/${place.address}/prune`);
  return (
    <div class="row">
      <ConfirmButton question={t("neuron.prune_question", { address: place.address })} answer={t("neuron.prune")} onClick={prune}>
        {t("neuron.prune")}
      </ConfirmButton>
      <Command>{`deepnet prune ${target}`}</Command>
    </div>
  );
}
