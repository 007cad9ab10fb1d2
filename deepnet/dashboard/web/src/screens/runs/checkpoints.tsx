// The states of a run that are kept: gone back to, gone on from, taken home.

import { useEffect } from "preact/hooks";
import { download, get, part, send } from "../../api/http.ts";
import type { Change, Checkpoint, Page, RunDetails } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Button, ConfirmButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { count, fleeting, size, timeOf } from "../../parts/numbers.ts";
import { Empty, Loading, ProblemBox } from "../../parts/states.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { act, notify } from "../../state/actions.ts";
import { happenings } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { mayAdminister, mayOperate } from "../../state/session.ts";
import { Branch } from "./steering.tsx";

const AGAIN_SECONDS = 5;

export function Checkpoints({ run }: { run: RunDetails }) {
  const saved = happenings.value.filter((event) => event.kind === "checkpoint_saved" && event.run === run.id).length;
  const found = useResource(run.id, () => get<Page<Checkpoint>>(`/runs/${part(run.id)}/checkpoints`));
  useEffect(() => {
    found.reload();
    if (run.state !== "running") return undefined;
    const timer = setInterval(found.reload, AGAIN_SECONDS * 1000); // the service makes some by itself
    return () => clearInterval(timer);
  }, [saved, run.id, run.state]);
  const kept = found.data.value?.items ?? null;
  return (
    <Card title={t("runs.checkpoints")}>
      {kept === null ? (
        found.problem.value === "" ? <Loading /> : <ProblemBox detail={found.problem.value} retry={found.reload} />
      ) : kept.length === 0 ? <Empty /> : (
        <>
          <Table
            label={t("runs.checkpoints")}
            columns={columnsOf(run)}
            rows={[...kept].reverse()}
            rowKey={(one) => `${one.step} ${one.change}`}
          />
          <div class="row under"><Command>{`deepnet checkpoint list ${run.id}`}</Command></div>
        </>
      )}
    </Card>
  );
}

function columnsOf(run: RunDetails): Column<Checkpoint>[] {
  const columns: Column<Checkpoint>[] = [
    { name: t("common.step"), number: true, by: (one) => one.step, show: (one) => count(one.step) },
    { name: t("common.time"), by: (one) => one.time, show: (one) => timeOf(one.time) },
    { name: t("runs.changes_by_then"), number: true, show: (one) => count(one.change) },
    { name: t("runs.size"), number: true, by: (one) => one.bytes, show: (one) => fleeting(size(one.bytes)) },
    { name: t("runs.what_to_do"), show: (one) => <Actions run={run} step={one.step} /> },
  ];
  const { batches } = run;
  if (batches !== null && batches > 0) {
    columns.splice(1, 0, { name: t("common.epoch"), number: true, show: (one) => count(Math.floor(one.step / batches)) });
  }
  return columns;
}

function Actions({ run, step }: { run: RunDetails; step: number }) {
  const restore = async () => {
    const made = await act(() => send<Change>("POST", `/runs/${part(run.id)}/checkpoints/${step}/restore`));
    if (made !== null) notify(made.text, { undo: run.network });
  };
  return (
    <span class="row tight">
      {mayAdminister.value && run.live && (
        <ConfirmButton
          kind="quiet"
          question={t("runs.restore_question", { network: run.network, step })}
          answer={t("runs.restore")}
          onClick={restore}
        >
          {t("runs.restore")}
        </ConfirmButton>
      )}
      {mayOperate.value && <Branch run={run} step={step} quiet>{t("runs.branch")}</Branch>}
      <Button
        kind="quiet"
        label={t("runs.download_step", { step })}
        onClick={() => download(`/runs/${part(run.id)}/checkpoints/${step}`)}
      >
        {t("common.download")}
      </Button>
    </span>
  );
}
