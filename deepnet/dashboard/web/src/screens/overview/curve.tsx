// The loss by epoch, with the threshold of the stop rule and marks for what has happened.

import { get, part } from "../../api/http.ts";
import type { Happening, RunDetails } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Card } from "../../parts/card.tsx";
import { Chart, type Curve } from "../../parts/chart.tsx";
import { figure, toNumber } from "../../parts/numbers.ts";
import { Empty } from "../../parts/states.tsx";
import type { Epochs } from "../../state/history.ts";
import { summary } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { reasonText } from "../../state/sentences.ts";
import { param, setParams } from "../../state/view.ts";
import { marksOf } from "./marks.ts";
import { thresholdOf } from "../../state/rules.ts";

interface LossCurveProps {
  epochs: Epochs | null;
  happenings: readonly Happening[];
}

export function LossCurve({ epochs, happenings }: LossCurveProps) {
  const run = summary.value?.run ?? null;
  const changes = happenings.filter((event) => event.kind === "intervened").length;
  const details = useResource(run, () => get<RunDetails>(`/runs/${part(run ?? "")}`), String(changes));
  const isLog = param("scale") !== "linear";
  const records = epochs?.records ?? [];
  const [first, last] = [records[0], records.at(-1)];
  const toggle = (
    <label class="row">
      <input type="checkbox" checked={isLog} onChange={() => setParams({ scale: isLog ? "linear" : "" })} />
      {t("overview.log")}
    </label>
  );
  const reason = summary.value?.reason ?? "";
  const isFailed = summary.value?.state === "failed" && reason !== "";
  return (
    <Card title={t("overview.loss_curve")} aside={toggle}>
      {isFailed && (
        <p class="failed" role="alert"><b>{t("overview.failed")}</b> {reasonText(reason)}</p>
      )}
      {first === undefined || last === undefined ? (
        !isFailed && <Empty title={t("overview.no_epochs")}><p class="muted">{t("overview.no_epochs_help")}</p></Empty>
      ) : (
        <Chart
          label={t("overview.loss_label", { first: figure(first.loss), last: figure(last.loss), epoch: last.epoch })}
          xName={t("common.epoch")}
          x={records.map((record) => record.epoch)}
          curves={curvesOf(records)}
          log={isLog}
          threshold={details.data.value === null ? null : thresholdOf(details.data.value.plan.until)}
          marks={marksOf(happenings, records, run)}
          height={320}
        />
      )}
      {reason !== "" && !isFailed && <p class="reason"><b>{t("overview.reason")}:</b> {reasonText(reason)}</p>}
      <p class="muted legend">
        <span aria-hidden="true" class="mark-death">▲</span> {t("overview.mark_death")}{" "}
        <span aria-hidden="true" class="mark-change">●</span> {t("overview.mark_change")}{" "}
        <span aria-hidden="true">◆</span> {t("overview.mark_checkpoint")}
      </p>
    </Card>
  );
}

function curvesOf(records: Epochs["records"]): Curve[] {
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  const curves: Curve[] = [{ name: t("common.loss"), values: records.map((record) => finite(toNumber(record.loss))) }];
  if (records.some((record) => record.validation["loss"] !== undefined)) {
    const values = records.map((record) => finite(toNumber(record.validation["loss"])));
    curves.push({ name: t("overview.validation"), values, tone: 2, dashed: true });
  }
  return curves;
}
