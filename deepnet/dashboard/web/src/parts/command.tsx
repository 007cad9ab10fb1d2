import { useSignal } from "@preact/signals";
import { t } from "../i18n/index.ts";

/** What does the same in a terminal; a click copies it. */
export function Command({ children }: { children: string }) {
  const copied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(children).then(() => (copied.value = true), () => undefined);
    setTimeout(() => (copied.value = false), 1500);
  };
  return (
    <button type="button" class="command" onClick={() => void copy()} title={t("common.copy")}>
      <span class="hidden">{t("common.in_a_terminal")}: </span>
      <code>{children}</code>
      <span aria-live="polite" class="muted">{copied.value ? t("common.copied") : ""}</span>
    </button>
  );
}
