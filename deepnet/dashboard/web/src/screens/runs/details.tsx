// All of one run: how it is, why it ended, its plan, its checkpoints, and who changed something.

import type { ComponentChildren } from "preact";
import { get, part } from "../../api/http.ts";
import type { Run, RunDetails } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Card, Fact, Facts } from "../../parts/card.tsx";
import { count, dateOf, duration, figure, fleeting } from "../../parts/numbers.ts";
import { Loading, ProblemBox } from "../../parts/states.tsx";
import { useResource } from "../../state/resource.ts";
import { reasonText } from "../../state/sentences.ts";
import { linkTo } from "../../state/view.ts";
import { Changes } from "./changes.tsx";
import { Checkpoints } from "./checkpoints.tsx";
import { asNow, useHistories } from "./following.ts";
import { StateName, took } from "./list.tsx";
import { bestOf } from "./series.ts";
import { Steering } from "./steering.tsx";
import { Taking } from "./taking.tsx";
import { planFacts } from "./words.ts";

export function ChosenRun({ id, known }: { id: string; known: Run | undefined }) {
  const found = useResource(id, () => get<RunDetails>(`/runs/${part(id)}`), known?.state);
  const details = found.data.value;
  if (details === null) {
    return found.problem.value === "" ? <Loading /> : <ProblemBox detail={found.problem.value} retry={found.reload} />;
  }
  const run: RunDetails = { ...details, ...asNow(known ?? details) };
  return (
    <div class="grid">
      <div class="stack two-thirds">
        <About run={run} />
        <Checkpoints run={run} />
      </div>
      <div class="stack third">
        <Plan run={run} />
        <Changes run={run} />
      </div>
    </div>
  );
}

function About({ run }: { run: RunDetails }) {
  const history = useHistories([run.id], run.state === "running").data.value?.[run.id] ?? [];
  const best = bestOf(history);
  return (
    <Card title={run.id} aside={<StateName state={run.state} />}>
      <Facts>
        <Fact name={t("common.network")}><a href={linkTo("overview", { net: run.network })}>{run.network}</a></Fact>
        <Fact name={t("common.epoch")}>{count(run.epochs)}</Fact>
        <Fact name={t("common.step")}>{count(run.step)}</Fact>
        <Fact name={t("common.loss")}>{figure(run.loss)}</Fact>
        {best !== null && (
          <Fact name={`★ ${run.ended === null ? t("runs.best") : t("runs.best_of_all")}`} hint={t("runs.best_help")}>
            {figure(best.value)} <small class="muted">{t("runs.at_epoch", { epoch: count(best.record.epoch) })}</small>
          </Fact>
        )}
        <Fact name={t("runs.data")}>{run.dataset ?? t("runs.own_rows")}</Fact>
        {run.batches !== null && <Fact name={t("runs.batches")}>{count(run.batches)}</Fact>}
        <Fact name={t("runs.created")}>{dateOf(run.created)}</Fact>
        <Fact name={t("runs.took")}>{fleeting(duration(took(run)))}</Fact>
        {run.resumed_at !== null && <Fact name={t("runs.resumed_at")}>{count(run.resumed_at)}</Fact>}
      </Facts>
      {run.reason !== "" && <Note kind={run.state === "failed" ? "bad" : "plain"} name={t("overview.reason")}>{reasonText(run.reason)}</Note>}
      {run.failure !== null && (
        <Note kind="bad" name={t("runs.failure")}>
          {t("runs.failure_text", { address: run.failure.address, step: run.failure.step })}{" "}
          <code>{run.failure.error.type}: {run.failure.error.message}</code>
        </Note>
      )}
      {run.problems.map((problem) => <Note key={problem} kind="bad" name={t("runs.problem")}>{problem}</Note>)}
      <Steering run={run} />
      <Taking run={run} />
    </Card>
  );
}

function Note({ kind, name, children }: { kind: "plain" | "bad"; name: string; children: ComponentChildren }) {
  return <p class={`run-note ${kind}`}><b>{name}:</b> {children}</p>;
}

function Plan({ run }: { run: RunDetails }) {
  return (
    <Card title={t("runs.plan")}>
      <dl class="pairs">
        {planFacts(run.plan).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
