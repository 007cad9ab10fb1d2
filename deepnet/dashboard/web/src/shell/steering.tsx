// Start, pause, one step, once more: on every screen, for a phone has no space key.

import { t } from "../i18n/index.ts";
import { Button, ConfirmButton } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { again, pause, resume, step } from "../state/actions.ts";
import { summary } from "../state/network.ts";
import { mayOperate } from "../state/session.ts";

const OVER = ["finished", "stopped", "failed"];

export function Steering() {
  const shown = summary.value;
  const run = shown?.run ?? null;
  if (shown === null || run === null || !mayOperate.value) return null;
  if (OVER.includes(shown.state)) {
    return (
      <div class="steer">
        <ConfirmButton kind="plain" question={t("overview.again_question")} answer={t("overview.again")} onClick={() => again(run)}>
          <Icon name="play" />{t("common.run_again")}
        </ConfirmButton>
      </div>
    );
  }
  if (shown.state !== "running" && shown.state !== "paused") return null;
  return (
    <div class="steer">
      {shown.state === "running" ? (
        <Button onClick={pause} label={t("common.pause_run")} title={`${t("common.pause")} (${t("common.space")})`}>
          <Icon name="pause" /><span class="steer-word">{t("common.pause")}</span>
        </Button>
      ) : shown.step === 0 ? (
        <Button kind="primary" onClick={resume} label={t("common.start_run")} title={`${t("common.start")} (${t("common.space")})`}>
          <Icon name="play" />{t("common.start")}
        </Button>
      ) : (
        <Button kind="primary" onClick={resume} label={t("common.resume_run")} title={`${t("common.resume")} (${t("common.space")})`}>
          <Icon name="play" /><span class="steer-word">{t("common.resume")}</span>
        </Button>
      )}
      <Button onClick={() => step("batch")} label={t("common.step_once")} title={`${t("common.step_once")} (.)`}>
        <Icon name="step" /><span class="steer-word">{t("common.step")}</span>
      </Button>
    </div>
  );
}
