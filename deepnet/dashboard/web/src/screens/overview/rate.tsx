import { useSignal } from "@preact/signals";
import { t } from "../../i18n/index.ts";
import { Command } from "../../parts/command.tsx";
import { figure, plain } from "../../parts/numbers.ts";
import { setRun } from "../../state/actions.ts";
import { current } from "../../state/network.ts";

const LOWEST = -6;
const HIGHEST = 2;

/** The learning rate by powers of ten; it is set when the slider is let go, and can be taken back. */
export function RateSlider({ rate }: { rate: number | null }) {
  const held = useSignal<number | null>(null);
  if (rate === null) return null;
  const shown = held.value ?? rate;
  const set = async (value: number) => {
    held.value = value;
    await setRun({ learning_rate: value });
    held.value = null;
  };
  const fromSlider = (value: string) => Number((10 ** Number(value)).toPrecision(3));
  return (
    <div>
      <label class="field">
        <span>{t("overview.rate")}: <b class="rate-value">{figure(shown)}</b></span>
        <input
          type="range"
          min={LOWEST}
          max={HIGHEST}
          step="0.05"
          value={Math.log10(shown)}
          aria-valuetext={figure(shown)}
          onInput={(event) => (held.value = fromSlider(event.currentTarget.value))}
          onChange={(event) => void set(fromSlider(event.currentTarget.value))}
        />
      </label>
      <Command>{`deepnet set ${current.value} learning-rate ${plain(shown)}`}</Command>
    </div>
  );
}
