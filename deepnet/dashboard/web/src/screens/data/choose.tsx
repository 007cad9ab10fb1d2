// What is to be learnt: the column, what to do about gaps, and what a person should know first.

import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card, Fact, Facts } from "../../parts/card.tsx";
import { count, figure } from "../../parts/numbers.ts";
import { reasonText } from "../../state/sentences.ts";
import { setParams } from "../../state/view.ts";
import { use } from "./learn.tsx";
import type { Cure, Outline } from "./training.ts";

const GAPS = ["error", "drop", "mean"] as const;
const MOST_CONSTANTS = 10;
const MOST_TOLD = 6;

export function Choose({ outline }: { outline: Outline }) {
  const hasGaps = outline.columns.some((column) => column.missing > 0);
  const isTable = outline.suggested?.run.target !== undefined || outline.target === null || outline.problem !== "";
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
        {hasGaps && outline.target !== null && (
          <label class="field">
            <span>{t("data.gaps")}</span>
            <select value={outline.missing} onChange={(event) => setParams({ missing: event.currentTarget.value })}>
              {GAPS.map((each) => <option key={each} value={each}>{t(`data.gaps_${each}`)}</option>)}
            </select>
          </label>
        )}
      </div>
      {outline.target === null && <p class="muted hint">{t("data.target_help")}</p>}
      <Settled outline={outline} />
      {outline.problem !== "" && <Obstacles outline={outline} />}
      <Warnings outline={outline} />
      {outline.task !== null && <Task outline={outline} />}
    </Card>
  );
}

function chooseTarget(name: string): void {
  use(name, true, false);
  setParams({ target: name });
}

/** What has been done without being asked for, so that choosing the target is enough. */
function Settled({ outline }: { outline: Outline }) {
  const { left_out: leftOut, missing, gap_rows: rows } = outline;
  if (outline.target === null) return null;
  return (
    <>
      {leftOut.length > 0 && (
        <p class="muted settled">
          {leftOut.slice(0, MOST_TOLD).map((each) => `${each.column} — ${whyOut(each)}`).join("; ")}
          {leftOut.length > MOST_TOLD && ` … + ${count(leftOut.length - MOST_TOLD)}`}
        </p>
      )}
      {rows > 0 && missing !== "error" && <p class="muted settled">{t(`data.settled_${missing}`, { rows: count(rows), all: count(outline.rows) })}</p>}
    </>
  );
}

/** "left out: 301 different values" */
export function whyOut({ why, different }: Outline["left_out"][number]): string {
  return t(`data.out_${why}`, { count: count(different) });
}

/** What is in the way, each with a button that does what helps; else the words of the service. */
function Obstacles({ outline }: { outline: Outline }) {
  const cures = outline.cures.slice(0, MOST_TOLD);
  return (
    <div class="warning bad" role="alert">
      <p><b>{t("data.cannot")}</b> {cures.length === 0 && reasonText(outline.problem)}</p>
      {cures.map((cure) => (
        <div key={`${cure.column} ${cure.why}`} class="row obstacle">
          <span><b>{cure.column}</b>: {t(`data.why_${cure.why}`, { count: count(cure.count) })}</span>
          <CureButtons cure={cure} missing={outline.missing} isTarget={cure.column === outline.target} />
        </div>
      ))}
      {outline.cures.length > cures.length && <p class="muted">… + {count(outline.cures.length - cures.length)}</p>}
      {cures.length === 0 && <p class="muted">{t("data.cannot_help")}</p>}
    </div>
  );
}

function CureButtons({ cure, missing, isTarget }: { cure: Cure; missing: Outline["missing"]; isTarget: boolean }) {
  if (cure.cure === "target") return null;
  const settle = (way: Outline["missing"]) => setParams({ missing: way });
  return (
    <>
      {cure.cure === "missing" && missing !== "drop" && <Button onClick={() => settle("drop")}>{t("data.gaps_drop")}</Button>}
      {cure.cure === "missing" && missing !== "mean" && !isTarget && <Button onClick={() => settle("mean")}>{t("data.gaps_mean")}</Button>}
      {!isTarget && (
        <Button onClick={() => use(cure.column, false, cure.why === "text" || cure.why === "empty" || cure.why === "unreadable")}>
          {t("data.leave_out", { name: cure.column })}
        </Button>
      )}
    </>
  );
}

function Warnings({ outline }: { outline: Outline }) {
  const { leaks, constants, warnings } = outline;
  const names = constants.slice(0, MOST_CONSTANTS).join(", ") + (constants.length > MOST_CONSTANTS ? " …" : "");
  return (
    <>
      {leaks.map(({ feature, reason }) => (
        <div key={feature} class="warning">
          <p><b>{t("data.leak")}</b> {reasonText(reason)}{t("data.full_stop")}</p>
          <Button onClick={() => use(feature.split("=")[0] ?? feature, false, false)}>{t("data.leave_out", { name: feature })}</Button>
        </div>
      ))}
      {constants.length > 0 && <div class="warning"><p>{t("data.constant", { names })}</p></div>}
      {warnings.map((text) => <div key={text} class="warning"><p>{reasonText(text)}</p></div>)}
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
