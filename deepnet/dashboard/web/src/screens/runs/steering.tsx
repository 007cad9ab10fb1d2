// Again, back to the beginning, and apart: what can be done with a run besides watching it.

import { useSignal } from "@preact/signals";
import { part, send } from "../../api/http.ts";
import type { Change, Checkpoint, Network, Run, RunDetails } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Button, ConfirmButton, Dialog } from "../../parts/button.tsx";
import { Command } from "../../parts/command.tsx";
import { act, again, busy, notify } from "../../state/actions.ts";
import { mayOperate } from "../../state/session.ts";
import { go, setParams } from "../../state/view.ts";

const path = (run: Run, more: string): string => `/runs/${part(run.id)}${more}`;

export function Steering({ run }: { run: RunDetails }) {
  if (!mayOperate.value) return null;
  const isOver = !["running", "paused"].includes(run.state);
  return (
    <div class="steering">
      <div class="row">
        {run.live && isOver && <Again run={run} />}
        {run.live && !isOver && <Rewind run={run} />}
        {run.live && !isOver && <Save run={run} />}
        {run.live && <Branch run={run} />}
        {!run.live && <FromTheBeginning run={run} />}
      </div>
      {run.live ? (
        <div class="row">
          {!isOver && <Command>{`deepnet rewind ${run.network}`}</Command>}
          {!isOver && <Command>{`deepnet checkpoint save ${run.network}`}</Command>}
          <Command>{`deepnet branch ${run.id}`}</Command>
        </div>
      ) : <p class="muted small">{t("runs.not_live", { network: run.network })}</p>}
    </div>
  );
}

/** A run that is over begins once more: same seed, same rows, same plan, so the curves lie on each other. */
function Again({ run }: { run: Run }) {
  const begin = async () => {
    const made = await again(run.id);
    if (made !== null) setParams({ run: made.id, runs: `${run.id},${made.id}` });
  };
  return <Button kind="primary" disabled={busy.value > 0} title={t("runs.again_help")} onClick={begin}>↻ {t("runs.again")}</Button>;
}

function Rewind({ run }: { run: Run }) {
  const rewind = async () => {
    const made = await act(() => send<Change>("POST", path(run, "/rewind")));
    if (made !== null) notify(made.text, { undo: run.network });
  };
  return (
    <ConfirmButton kind="plain" question={t("runs.rewind_question", { run: run.id })} answer={t("runs.rewind")} onClick={rewind}>
      {t("runs.rewind")}
    </ConfirmButton>
  );
}

function Save({ run }: { run: Run }) {
  const save = async () => {
    const made = await act(() => send<Checkpoint>("POST", path(run, "/checkpoints")));
    if (made !== null) notify(t("overview.checkpoint_saved", { step: made.step }));
  };
  return <Button onClick={save}>{t("overview.checkpoint")}</Button>;
}

/** The first checkpoint of a run is how it began: a network that goes on from there learns the same. */
function FromTheBeginning({ run }: { run: Run }) {
  return <Branch run={run} step={0}>{t("runs.again_as_branch")}</Branch>;
}

interface BranchProps {
  run: Run;
  /** Of a checkpoint; without it the run goes on from where it is. */
  step?: number;
  children?: string | readonly string[];
  quiet?: boolean;
}

export function Branch({ run, step, children, quiet = false }: BranchProps) {
  const asks = useSignal(false);
  const name = useSignal("");
  const branch = async () => {
    asks.value = false;
    const wished = name.value.trim();
    const body = { ...(step === undefined ? {} : { step }), ...(wished === "" ? {} : { name: wished }) };
    const made = await act(() => send<Network>("POST", path(run, "/branch"), body));
    if (made === null) return;
    notify(t("runs.branched", { network: made.name }));
    go("overview", { net: made.name });
  };
  return (
    <>
      <Button kind={quiet ? "quiet" : "plain"} onClick={() => (asks.value = true)}>{children ?? t("runs.branch")}</Button>
      {asks.value && (
        <Dialog title={t("runs.branch_title")} onClose={() => (asks.value = false)}>
          <form
            class="stack"
            onSubmit={(event) => {
              event.preventDefault();
              void branch();
            }}
          >
            <p>{step === undefined ? t("runs.branch_here", { run: run.id }) : t("runs.branch_at", { run: run.id, step })}</p>
            <label class="field">
              <span>{t("runs.branch_name")}</span>
              <input
                class="full"
                value={name.value}
                maxLength={48}
                pattern="[a-z0-9][a-z0-9_\-]*"
                title={t("runs.branch_pattern")}
                placeholder={t("runs.branch_any")}
                onInput={(event) => (name.value = event.currentTarget.value)}
              />
            </label>
            <Command>{`deepnet branch ${run.id} ${name.value.trim() || "NAME"}${step === undefined ? "" : ` --step ${step}`}`}</Command>
            <div class="row end">
              <Button onClick={() => (asks.value = false)}>{t("common.cancel")}</Button>
              <button type="submit" class="button primary">{t("runs.branch")}</button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}
