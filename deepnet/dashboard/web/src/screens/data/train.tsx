// The last step to a network that learns a table: what `deepnet train` would choose, to be changed before it begins.

import { useSignal } from "@preact/signals";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { act, notify } from "../../state/actions.ts";
import { networks } from "../../state/network.ts";
import { mayOperate } from "../../state/session.ts";
import { go } from "../../state/view.ts";
import { word } from "../../state/words.ts";
import { ACTIVATIONS, commandOf, type Outline, type Suggested, train, usualWishes, type Wishes, wrongField } from "./training.ts";

export function Train({ outline, suggested }: { outline: Outline; suggested: Suggested }) {
  const taken = (networks.value ?? []).map((network) => network.name);
  const wishes = useSignal<Wishes>(usualWishes(suggested, taken));
  const isBusy = useSignal(false);
  if (!mayOperate.value) return <p class="muted">{t("data.train_viewer")}</p>;
  const wrong = isBusy.value ? null : wrongField(wishes.value, taken);
  const set = (name: keyof Wishes) => (event: Event) => {
    wishes.value = { ...wishes.value, [name]: (event.currentTarget as HTMLInputElement).value };
  };
  const begin = async () => {
    isBusy.value = true;
    const name = await act(() => train(suggested, wishes.value));
    isBusy.value = false;
    if (name === null) return;
    notify(t("data.begun", { name }));
    go("overview", { net: name });
  };
  const { name, hidden, activation, epochs, rate } = wishes.value;
  const layers = suggested.network.model.layers;
  const [first, last] = [layers[0]?.inputs ?? 0, layers.at(-1)];
  return (
    <Card title={t("data.train_title")}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong === null) void begin();
        }}
      >
        <div class="row fields">
          <Field label={t("data.name")} value={name} onInput={set("name")} wrong={wrong === "name" || wrong === "taken"} />
          <Field label={t("data.hidden")} value={hidden} onInput={set("hidden")} wrong={wrong === "hidden"} />
          <label class="field">
            <span>{t("common.activation")}</span>
            <select value={activation} onChange={set("activation")}>
              {ACTIVATIONS.map((each) => <option key={each} value={each}>{each}</option>)}
            </select>
          </label>
          <Field label={t("data.epochs")} value={epochs} onInput={set("epochs")} wrong={wrong === "epochs"} narrow />
          <Field label={t("common.rate")} value={rate} onInput={set("rate")} wrong={wrong === "rate"} narrow />
        </div>
        <p class="muted shape">
          {t("data.shape", {
            layers: [first, ...(hidden.trim() === "" ? [] : hidden.split(/[,\s]+/)), last?.neurons ?? 0].join(" → "),
            output: last?.activation ?? "", loss: word(String(suggested.run["loss"])), optimizer: suggested.run.optimizer.name,
            batch: suggested.run.batch_size,
          })}
        </p>
        {wrong !== null && <p class="wrong" role="alert">{t(`data.wrong_${wrong}`)}</p>}
        <div class="row">
          <button type="submit" class="button primary" disabled={wrong !== null || isBusy.value}>
            ▶ {t(isBusy.value ? "data.beginning" : "data.train")}
          </button>
          <Button kind="quiet" onClick={() => (wishes.value = usualWishes(suggested, taken))}>{t("data.usual")}</Button>
        </div>
        {isBusy.value && <p class="muted" role="status">{t("data.first_time")}</p>}
        <Command>{commandOf(outline, suggested, wishes.value)}</Command>
      </form>
    </Card>
  );
}

interface FieldProps {
  label: string;
  value: string;
  onInput: (event: Event) => void;
  wrong: boolean;
  narrow?: boolean;
}

function Field({ label, value, onInput, wrong, narrow = false }: FieldProps) {
  return (
    <label class={`field ${narrow ? "narrow" : ""}`}>
      <span>{label}</span>
      <input value={value} onInput={onInput} aria-invalid={wrong} spellcheck={false} autocomplete="off" />
    </label>
  );
}
