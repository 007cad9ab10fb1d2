// A number that can be set: old -> new is seen before it is done. Enter sets it, Escape leaves it.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { figure, plain } from "../../parts/numbers.ts";

interface NumberFieldProps {
  label: string;
  value: number;
  onSet: (value: number) => Promise<unknown>;
  /** It has just been opened: the focus goes there. */
  isOpen?: boolean;
  onClose?: () => void;
  /** Whether the name stands above. */
  named?: boolean;
  least?: number;
}

export function NumberField({ label, value, onSet, isOpen = false, onClose, named = false, least }: NumberFieldProps) {
  /** What is in the field while somebody is at it: the number itself goes on changing as it learns. */
  const typed = useSignal<string | null>(null);
  const began = useRef("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isOpen) input.current?.focus();
  }, []);
  const begin = () => {
    began.current = plain(value);
    typed.value ??= began.current;
    queueMicrotask(() => input.current?.select());
  };
  const text = typed.value ?? plain(value);
  const wanted = Number(text);
  const isOther = typed.value !== null && text.trim() !== "" && Number.isFinite(wanted) && typed.value !== began.current
    && (least === undefined || wanted >= least);
  const close = () => {
    typed.value = null;
    onClose?.();
  };
  const set = async () => {
    if (isOther) await onSet(wanted);
    close();
  };
  return (
    <form
      class="number-field"
      onSubmit={(event) => {
        event.preventDefault();
        void set();
      }}
    >
      <label class={named ? "field" : ""}>
        <span class={named ? "" : "hidden"}>{label}</span>
        <input
          ref={input}
          type="text"
          inputMode="decimal"
          size={9}
          value={text}
          onFocus={begin}
          onBlur={() => {
            if (!isOpen && typed.value === began.current) typed.value = null;
          }}
          onInput={(event) => (typed.value = event.currentTarget.value.replace(",", ".").replace("−", "-"))}
          onKeyDown={(event) => event.key === "Escape" && (event.stopPropagation(), close())}
        />
      </label>
      {isOther && (
        <>
          <span class="muted number">{figure(value)} → {figure(wanted)}</span>
          <Button kind="primary" onClick={set}>{t("neuron.set")}</Button>
        </>
      )}
      {isOpen && !isOther && <Button kind="quiet" onClick={close}>{t("common.cancel")}</Button>}
    </form>
  );
}
