import type { Run } from "../../api/types.ts";
import { t, type Key } from "../../i18n/index.ts";
import { count, dateOf, duration, figure, fleeting, toNumber } from "../../parts/numbers.ts";
import { type Column, Table } from "../../parts/table.tsx";
import { now } from "../../state/clock.ts";
import { linkTo } from "../../state/view.ts";
import { compare, look, MOST_COMPARED } from "./chosen.ts";
import { useSeeds } from "./following.ts";
import { planText } from "./words.ts";

interface RunTableProps {
  runs: readonly Run[];
  shown: string;
  compared: readonly string[];
  ofAll: boolean;
}

export function RunTable({ runs, shown, compared, ofAll }: RunTableProps) {
  const seeds = useSeeds().value;
  const columns: Column<Run>[] = [
    { name: t("runs.compare"), show: (run) => <Compared id={run.id} compared={compared} /> },
    {
      name: t("runs.run"),
      by: (run) => run.id,
      show: (run) => (
        <a
          href={linkTo("runs", { run: run.id })}
          class={run.id === shown ? "chosen-run" : ""}
          {...(run.id === shown ? { "aria-current": "true" } as const : {})}
          onClick={(event) => {
            event.preventDefault();
            look(run.id, compared);
          }}
        >
          {run.id}
        </a>
      ),
    },
    { name: t("common.state"), by: (run) => run.state, show: (run) => <StateName state={run.state} /> },
    { name: t("common.loss"), number: true, by: (run) => toNumber(run.loss), show: (run) => figure(run.loss) },
    { name: t("runs.epochs"), number: true, by: (run) => run.epochs, show: (run) => count(run.epochs) },
    { name: t("runs.data"), by: (run) => run.dataset ?? "", show: (run) => run.dataset ?? t("runs.own_rows") },
    { name: t("runs.seed"), number: true, by: (run) => seeds?.[run.network] ?? -1, show: (run) => seeds?.[run.network] ?? "–" },
    { name: t("runs.created"), by: (run) => run.created, show: (run) => dateOf(run.created) },
    { name: t("runs.took"), number: true, by: took, show: (run) => fleeting(duration(took(run))) },
    { name: t("runs.plan"), show: (run) => planText(run.plan) },
  ];
  if (ofAll) columns.splice(2, 0, { name: t("common.network"), by: (run) => run.network, show: (run) => run.network });
  return <Table label={t("runs.list")} columns={columns} rows={runs} rowKey={(run) => run.id} />;
}

function Compared({ id, compared }: { id: string; compared: readonly string[] }) {
  const isChosen = compared.includes(id);
  const isFull = !isChosen && compared.length >= MOST_COMPARED;
  return (
    <input
      type="checkbox"
      checked={isChosen}
      disabled={isFull}
      aria-label={t("runs.compare_run", { run: id })}
      {...(isFull ? { title: t("runs.compare_full", { most: MOST_COMPARED }) } : {})}
      onChange={() => compare(isChosen ? compared.filter((each) => each !== id) : [...compared, id])}
    />
  );
}

export function StateName({ state }: { state: Run["state"] }) {
  return <span class={`badge state-${state}`}>{t(`common.${state}` as Key)}</span>;
}

/** From its beginning to its end, or to now. */
export function took(run: Run): number {
  return (run.ended ?? now.value / 1000) - run.created;
}
