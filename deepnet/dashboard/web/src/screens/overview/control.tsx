// What steers a run: pause, step, rate, pace, when it stops. Each shows its command for a terminal.

import { useSignal } from "@preact/signals";
import { get, part, send } from "../../api/http.ts";
import type { Checkpoint, RunDetails } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Button, ConfirmButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { figure } from "../../parts/numbers.ts";
import { act, again, notify, pause, resume, setRun, step, stop, type Unit } from "../../state/actions.ts";
import { current, happenings, summary } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { mayOperate } from "../../state/session.ts";
import { RateSlider } from "./rate.tsx";
import { ruleText } from "../../state/rules.ts";

const UNITS: readonly Unit[] = ["message", "sample", "batch", "epoch"];
const PACES = [1, 3, 10, 30, 100, 300, 1000];

export function Control() {
  const shown = summary.value;
  const run = shown?.run ?? "";
  const changes = happenings.value.filter((event) => event.kind === "intervened").length;
  const details = useResource(run === "" ? null : run, () => get<RunDetails>(`/runs/${part(run)}`), String(changes));
  if (shown === null) return null;
  const plan = details.data.value?.plan;
  const isOver = !["running", "paused"].includes(shown.state);
  return (
    <Card title={t("overview.control")}>
      {mayOperate.value ? (
        <div class="stack">
          <Buttons isOver={isOver} />
          {!isOver && <StepBy />}
          {!isOver && <RateSlider rate={shown.learning_rate} />}
          {!isOver && plan !== undefined && <Pace pace={plan.pace ?? null} />}
          {plan !== undefined && <StopRule text={ruleText(plan.until)} canSet={!isOver} />}
        </div>
      ) : (
        <>
          <p class="muted">{t("common.viewer_help")}</p>
          {plan !== undefined && <p><span class="muted">{t("overview.stop_rule")}:</span> {ruleText(plan.until)}</p>}
        </>
      )}
    </Card>
  );
}

function Buttons({ isOver }: { isOver: boolean }) {
  const isRunning = summary.value?.state === "running";
  const save = async () => {
    const made = await act(() => send<Checkpoint>("POST", `/runs/${part(summary.value?.run ?? "")}/checkpoints`));
    if (made !== null) notify(t("overview.checkpoint_saved", { step: made.step }));
  };
  if (isOver) {
    return (
      <ConfirmButton kind="plain" question={t("overview.again_question")} answer={t("overview.again")} onClick={() => again(summary.value?.run ?? "")}>
        {t("overview.again")}
      </ConfirmButton>
    );
  }
  return (
    <div>
      <div class="row">
        <Button kind="primary" onClick={isRunning ? pause : resume} title="space">
          {isRunning ? `❚❚ ${t("common.pause")}` : `▶ ${t("common.resume")}`}
        </Button>
        <ConfirmButton question={t("overview.stop_question")} answer={t("common.stop")} onClick={stop}>
          ■ {t("common.stop")}
        </ConfirmButton>
        <Button onClick={save}>{t("overview.checkpoint")}</Button>
      </div>
      <Command>{`deepnet ${isRunning ? "pause" : "resume"} ${current.value}`}</Command>
    </div>
  );
}

function StepBy() {
  const unit = useSignal<Unit>("batch");
  return (
    <div>
      <div class="row">
        <label class="row">
          <span class="muted">{t("overview.step_by")}</span>
          <select value={unit.value} onChange={(event) => (unit.value = event.currentTarget.value as Unit)}>
            {UNITS.map((each) => <option key={each} value={each}>{t(`overview.unit_${each}`)}</option>)}
          </select>
        </label>
        <Button onClick={() => step(unit.value)} title=".">{t("overview.do_step")}</Button>
      </div>
      <Command>{`deepnet step ${current.value} ${unit.value}`}</Command>
    </div>
  );
}

function Pace({ pace }: { pace: number | null }) {
  const choices = pace === null || PACES.includes(pace) ? PACES : [...PACES, pace].sort((a, b) => a - b);
  return (
    <label class="field" title={t("overview.pace_help")}>
      <span>{t("overview.pace")} <span class="hidden">{t("overview.pace_help")}</span></span>
      <select
        value={pace === null ? "" : String(pace)}
        onChange={(event) => {
          const { value } = event.currentTarget;
          void setRun({ pace: value === "" ? null : Number(value) });
        }}
      >
        <option value="">{t("overview.pace_free")}</option>
        {choices.map((each) => <option key={each} value={each}>{t("overview.pace_value", { pace: figure(each) })}</option>)}
      </select>
    </label>
  );
}

function StopRule({ text, canSet }: { text: string; canSet: boolean }) {
  const loss = useSignal("");
  const epochs = useSignal("");
  const set = () => {
    const until = {
      ...(loss.value === "" ? {} : { mean_squared_error: Number(loss.value) }),
      ...(epochs.value === "" ? {} : { epochs: Number(epochs.value) }),
    };
    return setRun({ until });
  };
  return (
    <details>
      <summary><span class="muted">{t("overview.stop_rule")}:</span> {text}</summary>
      {canSet && (
        <div class="stack small-gap">
          <label class="field">
            <span>{t("overview.stop_loss")}</span>
            <input type="number" min="0" step="any" value={loss.value} onInput={(event) => (loss.value = event.currentTarget.value)} />
          </label>
          <label class="field">
            <span>{t("overview.stop_epochs")}</span>
            <input type="number" min="1" step="1" value={epochs.value} onInput={(event) => (epochs.value = event.currentTarget.value)} />
          </label>
          <Button disabled={loss.value === "" && epochs.value === ""} onClick={set}>{t("overview.stop_set")}</Button>
        </div>
      )}
    </details>
  );
}
