// What is to be learnt: the column, what to do about gaps, and what a person should know first.

import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card, Fact, Facts } from "../../parts/card.tsx";
import { count, figure } from "../../parts/numbers.ts";
import { param, setParams } from "../../state/view.ts";
import { ignore, ignored } from "./learn.tsx";
import type { Outline } from "./training.ts";

const GAPS = ["error", "drop", "mean"] as const;
const MOST_CONSTANTS = 10;

export function Choose({ outline }: { outline: Outline }) {
  const hasGaps = outline.columns.some((column) => column.missing > 0);
  const isTable = outline.suggested?.run.target !== undefined || outline.target === null || outline.problem !== "";
  const missing = param("missing") || "error";
  return (
    <Card title={outline.name} aside={<span class="muted">{t("data.rows_columns", { rows: count(outline.rows), columns: count(outline.column_count) })}</span>}>
      <div class="row fields">
        <label class="field">
          <span>{t("data.target")}</span>
          {isTable ? (
            <select value={outline.target ?? ""} onChange={(event) => chooseTarget(event.currentTarget.value)}>
              {outline.target === null && <option value="">{t("data.target_choose")}</option>}
              {outline.columns.map(({ name }) => <option key={name} value={name}>{name}</option>)}
            </select>
          ) : <b>{outline.target}</b>}
        </label>
        {hasGaps && (
          <label class="field">
            <span>{t("data.gaps")}</span>
            <select value={missing} onChange={(event) => setParams({ missing: event.currentTarget.value })}>
              {GAPS.map((each) => <option key={each} value={each}>{t(`data.gaps_${each}`)}</option>)}
            </select>
          </label>
        )}
      </div>
      {outline.target === null && <p class="muted hint">{t("data.target_help")}</p>}
      {outline.problem !== "" && (
        <div class="warning bad" role="alert">
          <p><b>{t("data.cannot")}</b> {outline.problem}</p>
          <p class="muted">{t("data.cannot_help")}</p>
        </div>
      )}
      <Warnings outline={outline} />
      {outline.task !== null && <Task outline={outline} />}
    </Card>
  );
}

function chooseTarget(name: string): void {
  ignore(ignored().filter((each) => each !== name));
  setParams({ target: name });
}

function Warnings({ outline }: { outline: Outline }) {
  const { leaks, constants, warnings } = outline;
  const names = constants.slice(0, MOST_CONSTANTS).join(", ") + (constants.length > MOST_CONSTANTS ? " …" : "");
  return (
    <>
      {leaks.map(({ feature, reason }) => (
        <div key={feature} class="warning">
          <p><b>{t("data.leak")}</b> {reason}.</p>
          <Button onClick={() => ignore([...ignored(), feature])}>{t("data.leave_out", { name: feature })}</Button>
        </div>
      ))}
      {constants.length > 0 && <div class="warning"><p>{t("data.constant", { names })}</p></div>}
      {warnings.map((text) => <div key={text} class="warning"><p>{text}</p></div>)}
    </>
  );
}

function Task({ outline }: { outline: Outline }) {
  const { task, labels, learnt, tested, features, baselines } = outline;
  return (
    <>
      <Facts>
        <Fact name={t("data.task")}>{t(`data.task_${task ?? "regression"}`)}</Fact>
        {labels.length > 0 && <Fact name={t("data.classes")} hint={labels.slice(0, 50).join(", ")}>{count(labels.length)}</Fact>}
        <Fact name={t("data.inputs")}>{count(features.length)}</Fact>
        <Fact name={t("data.learnt")}>{count(learnt)}</Fact>
        <Fact name={t("data.tested")}>{count(tested)}</Fact>
        {Object.entries(baselines).map(([name, scores]) => {
          const [score, value] = "accuracy" in scores ? ["accuracy", scores["accuracy"]] : ["r2", scores["r2"]];
          return (
            <Fact key={name} name={`${name} (${score === "r2" ? "R²" : t("data.accuracy")})`} hint={t("data.baseline_help")}>
              {figure(value ?? null, 3)}
            </Fact>
          );
        })}
      </Facts>
    </>
  );
}
