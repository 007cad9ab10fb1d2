// Against which checkpoint the weights are held: so one sees what has changed since.

import { get, part, send } from "../../api/http.ts";
import type { Checkpoint, Page } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { count, timeOf } from "../../parts/numbers.ts";
import { act } from "../../state/actions.ts";
import { happenings, summary } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { mayOperate } from "../../state/session.ts";
import { param, setParams } from "../../state/view.ts";

export function Against() {
  const run = summary.value?.run ?? null;
  const saved = happenings.value.filter((event) => event.kind === "checkpoint_saved").at(-1)?.id ?? 0;
  const kept = useResource(run === null ? null : `${run} ${saved}`, () => get<Page<Checkpoint>>(`/runs/${part(run ?? "")}/checkpoints`));
  if (run === null) return null;
  const chosen = param("against");
  const found = kept.data.value?.items ?? [];
  const isListed = found.some(({ step }) => String(step) === chosen);
  const now = async () => {
    const made = await act(() => send<Checkpoint>("POST", `/runs/${part(run)}/checkpoints`));
    if (made === null) return;
    kept.reload();
    setParams({ against: String(made.step) });
  };
  const mayMake = mayOperate.value && ["running", "paused"].includes(summary.value?.state ?? "");
  return (
    <div class="row against">
      <label class="row">
        <span class="muted">{t("weights.against")}</span>
        <select value={chosen} onChange={(event) => setParams({ against: event.currentTarget.value })}>
          <option value="">{t("weights.against_nothing")}</option>
          {chosen !== "" && !isListed && <option value={chosen}>{t("weights.against_step", { step: count(Number(chosen)) })}</option>}
          {[...found].reverse().map(({ step, time }) => (
            <option key={step} value={String(step)}>{t("weights.against_step", { step: count(step) })} · {timeOf(time)}</option>
          ))}
        </select>
      </label>
      {mayMake && <Button onClick={now} title={t("weights.from_now_help")}>{t("weights.from_now")}</Button>}
    </div>
  );
}
