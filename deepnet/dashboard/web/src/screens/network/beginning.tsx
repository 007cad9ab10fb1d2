// What a story is about, over the picture, until its run has begun.

import { get, part } from "../../api/http.ts";
import type { Network } from "../../api/types.ts";
import { say, t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { resume } from "../../state/actions.ts";
import { current, summary } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { mayOperate } from "../../state/session.ts";

export function Beginning() {
  const { state, step, run = null } = summary.value ?? {};
  const isAtBeginning = run !== null && step === 0 && state === "paused";
  const name = current.value;
  const known = useResource(isAtBeginning ? name : null, () => get<Network>(`/networks/${part(name)}`));
  const story = known.data.value?.about["story"];
  if (!isAtBeginning || typeof story !== "string") return null;
  const text = say(`welcome.${story.replaceAll("-", "_")}_text`);
  if (text === undefined) return null;
  return (
    <section class="beginning" aria-label={t("network.ready")}>
      <p>{text}</p>
      {mayOperate.value && <Button kind="primary" onClick={resume}>▶ {t("common.start")}</Button>}
    </section>
  );
}
