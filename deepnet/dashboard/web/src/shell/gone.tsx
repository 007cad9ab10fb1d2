// Nobody answers: what is shown is old, and nothing that is clicked will be done.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { heardAt, link } from "../api/live.ts";
import { t } from "../i18n/index.ts";
import { Command } from "../parts/command.tsx";
import { timeOf } from "../parts/numbers.ts";
import { loggedOut, shutDown } from "../state/session.ts";

/** A server that is killed is back within a second or two: that is for the badge to say. */
const PATIENCE_SECONDS = 3;

export function Gone() {
  const isLong = useSignal(false);
  const isGone = link.value === "gone";
  useEffect(() => {
    isLong.value = false;
    if (!isGone) return undefined;
    const timer = setTimeout(() => (isLong.value = true), PATIENCE_SECONDS * 1000);
    return () => clearTimeout(timer);
  }, [isGone]);
  if (!isGone || loggedOut.value || !(isLong.value || shutDown.value)) return null;
  const heard = heardAt.value === 0 ? "" : timeOf((Date.now() - performance.now() + heardAt.value) / 1000);
  return (
    <section class="gone" role="alert">
      <p class="state-title">{shutDown.value ? t("common.shut_down") : t("common.no_service")}</p>
      <p>
        {heard !== "" && `${t("common.last_heard", { time: heard })} `}
        {shutDown.value ? t("common.shut_down_help") : t("common.no_service_help")}
      </p>
      <Command>deepnet serve</Command>
    </section>
  );
}
