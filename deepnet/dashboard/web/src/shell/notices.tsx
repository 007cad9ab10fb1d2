import { part, send } from "../api/http.ts";
import type { Change } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { Button } from "../parts/button.tsx";
import { saying } from "../state/sayings.ts";
import { act, dismiss, notices, noticesHeld, notify } from "../state/actions.ts";

/** What was done, with the way back; and what could not be done. */
export function Notices() {
  const takeBack = async (id: number, network: string) => {
    dismiss(id);
    const undone = await act(() => send<Change>("POST", `/networks/${part(network)}/undo`, { n: 1 }));
    if (undone !== null) notify(saying(undone));
  };
  return (
    <div
      class="notices"
      role="log"
      aria-live="polite"
      aria-label={t("common.notices")}
      onMouseEnter={() => (noticesHeld.value = true)}
      onMouseLeave={() => (noticesHeld.value = false)}
      onFocusIn={() => (noticesHeld.value = true)}
      onFocusOut={() => (noticesHeld.value = false)}
    >
      {notices.value.map(({ id, text, bad, undo }) => (
        <div key={id} class={`notice ${bad ? "bad" : ""}`} {...(bad ? { role: "alert" } as const : {})}>
          <span>{text}</span>
          {undo !== "" && <Button kind="quiet" onClick={() => takeBack(id, undo)}>{t("common.undo")}</Button>}
          <Button kind="quiet" label={t("common.close")} onClick={() => dismiss(id)}>×</Button>
        </div>
      ))}
    </div>
  );
}
