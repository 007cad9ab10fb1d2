// The curves of up to six runs, one over the other.

import { useMemo } from "preact/hooks";
import type { Run } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Card } from "../../parts/card.tsx";
import { Chart, type Curve, type Mark } from "../../parts/chart.tsx";
import { figure } from "../../parts/numbers.ts";
import { Empty, Loading, ProblemBox } from "../../parts/states.tsx";
import { param, setParams } from "../../state/view.ts";
import { word } from "../../state/words.ts";
import { useHistories } from "./following.ts";
import { align, AXES, type Axis, bestOf, equalEpochs, figuresOf, placeOf, valueOf } from "./series.ts";

interface CompareProps {
  runs: readonly string[];
  known: readonly Run[];
  shown: string;
}

export function CompareCard({ runs, known, shown }: CompareProps) {
  const live = runs.some((id) => known.find((run) => run.id === id)?.state === "running");
  const found = useHistories(runs, live);
  const all = found.data.value;
  const axis = AXES.find((each) => each === param("x")) ?? "epoch";
  const isLog = param("scale") !== "linear";
  const names = figuresOf(Object.values(all ?? {}));
  const wished = param("y");
  const of = names.includes(wished) ? wished : "loss";
  const { x, curves, marks, label, same } = useMemo(() => {
    const histories = runs.map((id) => all?.[id] ?? []);
    // The first of those before with the same epochs: its curve lies under this one.
    const twins = histories.map((each, index) => histories.slice(0, index).findIndex((before) => equalEpochs(before, each) > 1));
    const aligned = align(histories, axis, of);
    const made = runs.map((id, index): Curve => ({ name: id, values: aligned.values[index] ?? [], tone: index, dashed: index > 2 || twins[index] !== -1 }));
    const best = bestOf(all?.[shown] ?? []);
    const stars: Mark[] = best === null || !runs.includes(shown) ? [] : [{ x: placeOf(best.record, axis), y: valueOf(best.record, of), kind: "best" }];
    const lasts = runs.map((id, index) => `${id} ${figure(aligned.values[index]?.findLast((value) => value !== null))}`);
    const equal = twins.flatMap((twin, index) => {
      const count = equalEpochs(histories[twin] ?? [], histories[index] ?? []);
      return twin === -1 ? [] : [t("runs.same", { one: runs[twin] ?? "", other: runs[index] ?? "", count })];
    });
    return { x: aligned.x, curves: made, marks: stars, same: equal, label: t("runs.curves_label", { figure: nameOf(of), runs: lasts.join(", ") }) };
  }, [all, runs.join(), axis, of, shown]);
  return (
    <Card title={t("runs.curves")} aside={<Choices axis={axis} isLog={isLog} of={of} names={names} />}>
      {all === null ? (
        found.problem.value === "" ? <Loading /> : <ProblemBox detail={found.problem.value} retry={found.reload} />
      ) : x.length === 0 ? (
        <Empty title={t("overview.no_epochs")}><p class="muted">{t("overview.no_epochs_help")}</p></Empty>
      ) : (
        <>
          <Chart label={label} xName={t(`runs.x_${axis}`)} x={x} curves={curves} log={isLog} marks={marks} height={300} />
          {same.map((text) => <p key={text} class="run-note good">= {text}</p>)}
          <p class="muted legend"><span aria-hidden="true">★</span> {t("runs.mark_best", { run: shown })}</p>
        </>
      )}
    </Card>
  );
}

function nameOf(name: string): string {
  if (name === "loss") return t("common.loss");
  if (name.startsWith("validation_")) return t("runs.held_out", { figure: word(name.slice("validation_".length)) });
  return word(name);
}

interface ChoicesProps {
  axis: Axis;
  isLog: boolean;
  of: string;
  names: readonly string[];
}

function Choices({ axis, isLog, of, names }: ChoicesProps) {
  return (
    <>
      {names.length > 1 && (
        <label class="row">
          <span class="muted">{t("runs.y")}</span>
          <select value={of} onChange={(event) => setParams({ y: event.currentTarget.value === "loss" ? "" : event.currentTarget.value })}>
            {names.map((each) => <option key={each} value={each}>{nameOf(each)}</option>)}
          </select>
        </label>
      )}
      <label class="row">
        <span class="muted">{t("runs.x")}</span>
        <select value={axis} onChange={(event) => setParams({ x: event.currentTarget.value === "epoch" ? "" : event.currentTarget.value })}>
          {AXES.map((each) => <option key={each} value={each}>{t(`runs.x_${each}`)}</option>)}
        </select>
      </label>
      <label class="row">
        <input type="checkbox" checked={isLog} onChange={() => setParams({ scale: isLog ? "linear" : "" })} />
        {t("overview.log")}
      </label>
    </>
  );
}
