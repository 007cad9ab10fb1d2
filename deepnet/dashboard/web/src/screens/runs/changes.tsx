// Who changed something in a run; and the way back, while its network still has it.

import { get, part, send } from "../../api/http.ts";
import type { Change, Happening, Page, RunDetails } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { count, timeOf } from "../../parts/numbers.ts";
import { Loading, ProblemBox } from "../../parts/states.tsx";
import { act, notify } from "../../state/actions.ts";
import { gaps, happenings } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { mayOperate } from "../../state/session.ts";
import { briefly } from "../../state/kinds.ts";
import { linkTo } from "../../state/view.ts";

const MOST = 200;
/** These change nothing of what is learnt. */
const QUIET = ["pause", "resume", "step"];

export function Changes({ run }: { run: RunDetails }) {
  const seen = happenings.value.filter((event) => event.kind === "intervened" && event.run === run.id).length;
  const found = useResource(
    run.id,
    () => get<Page<Happening>>("/events", { run: run.id, kind: ["intervened"], order: "desc", limit: MOST }),
    `${seen} ${gaps.value}`,
  );
  const changes = found.data.value?.items.filter((event) => !QUIET.includes(String(event.data["kind"]))) ?? null;
  return (
    <Card title={t("runs.changes")} aside={<a href={linkTo("events", { net: run.network })}>{t("common.events")}</a>}>
      {changes === null ? (
        found.problem.value === "" ? <Loading /> : <ProblemBox detail={found.problem.value} retry={found.reload} />
      ) : changes.length === 0 ? <p class="muted">{t("runs.undisturbed")}</p> : (
        <ol class="changes">
          {changes.map((event) => (
            <li key={event.id}>
              <span>{inWords(event)}</span>
              <span class="muted small">{timeOf(event.time)} · {t("runs.by_at", { who: whoOf(event), step: count(event.step) })}</span>
            </li>
          ))}
        </ol>
      )}
      {changes !== null && run.live && mayOperate.value && <TakeBack run={run} seen={seen} />}
    </Card>
  );
}

/** "set dense_0/2 bias 0.1 → 0.5": what was, and what is; only that which is otherwise. */
function inWords({ address, data }: Happening): string {
  const what = String(data["kind"] ?? "").replaceAll("_", " ");
  const [old, now] = [data["old"], data["new"]];
  let to = now === null || now === undefined ? "" : `${briefly(old)} → ${briefly(now)}`;
  if (isRecord(now) && isRecord(old)) {
    const names = Object.keys(now).filter((name) => JSON.stringify(now[name]) !== JSON.stringify(old[name]));
    to = names.map((name) => `${name.replaceAll("_", " ")} ${briefly(old[name])} → ${briefly(now[name])}`).join(", ");
  }
  return [what, address === "run" ? "" : address ?? "", to].filter((each) => each !== "").join(" ");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** "operator@session:ab12" is somebody who steers from a browser. */
function whoOf(event: Happening): string {
  return event.who?.split("@")[0] ?? "–";
}

function TakeBack({ run, seen }: { run: RunDetails; seen: number }) {
  const path = `/networks/${part(run.network)}`;
  const found = useResource(`${run.network} ${run.id}`, () => get<Page<Change>>(`${path}/changes`, { limit: 100 }), String(seen));
  const last = found.data.value?.items.at(-1);
  if (last === undefined) return null;
  const takeBack = async () => {
    const made = await act(() => send<Change>("POST", `${path}/undo`, { n: 1 }));
    if (made !== null) notify(made.text);
    found.reload();
  };
  return (
    <div class="stack small-gap">
      <p class="muted small">{t("runs.last_change", { change: last.text })}</p>
      <div><Button onClick={takeBack}>{t("runs.take_back")}</Button></div>
      <Command>{`deepnet undo ${run.network}`}</Command>
    </div>
  );
}
