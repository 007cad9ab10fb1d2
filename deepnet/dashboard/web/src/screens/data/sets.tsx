// The data sets there are: uploaded ones and those that are built in; and the place where a file is dropped.

import { useSignal } from "@preact/signals";
import { part, send } from "../../api/http.ts";
import { type Progress, uploadTold } from "../../api/uploading.ts";
import { t } from "../../i18n/index.ts";
import { Button, ConfirmButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { count, size } from "../../parts/numbers.ts";
import { Loading, ProblemBox } from "../../parts/states.tsx";
import { act, dismiss, notices, notify } from "../../state/actions.ts";
import type { Resource } from "../../state/resource.ts";
import { mayAdminister, mayOperate } from "../../state/session.ts";
import { param, setParams } from "../../state/view.ts";
import { nameOfFile } from "./training.ts";

export interface DatasetRow {
  name: string;
  kind: "csv" | "npz" | "builtin";
  created: number | null;
  bytes: number | null;
  rows: number | null;
  columns: string[];
  target: string | null;
}

export interface Datasets {
  items: DatasetRow[];
  builtin: string[];
}

const TYPES: Record<string, string> = { csv: "text/csv", tsv: "text/csv", txt: "text/csv", npz: "application/x-npz" };

/** The notice of the last upload that failed: the next upload takes its place. */
let failure = 0;

export function chooseSet(name: string): void {
  setParams({ set: name, target: "", ignore: "", keep: "", missing: "", row: "", first: "", part: "learn" });
}

export function Sets({ sets }: { sets: Resource<Datasets> }) {
  const found = sets.data.value;
  return (
    <Card title={t("data.sets")}>
      <div class="stack">
        {mayOperate.value && <Drop sets={sets} />}
        {found === null && (
          sets.problem.value === "" ? <Loading /> : <ProblemBox detail={sets.problem.value} retry={sets.reload} />
        )}
        {found !== null && (
          <>
            <div>
              <h3>{t("data.uploaded")}</h3>
              {found.items.length === 0 && <p class="muted">{t(mayOperate.value ? "data.none_uploaded" : "data.none_uploaded_viewer")}</p>}
              <ul class="sets">
                {found.items.map((row) => (
                  <li key={row.name}>
                    <SetButton name={row.name} />
                    <span class="muted">{t("data.rows_columns", { rows: count(row.rows), columns: row.columns.length })} · {size(row.bytes)}</span>
                    {mayAdminister.value && <Remove name={row.name} sets={sets} />}
                  </li>
                ))}
              </ul>
            </div>
            <div>
              <h3>{t("data.builtin")}</h3>
              <div class="row">{found.builtin.map((name) => <SetButton key={name} name={name} />)}</div>
            </div>
          </>
        )}
      </div>
    </Card>
  );
}

function SetButton({ name }: { name: string }) {
  return <Button pressed={param("set") === name} onClick={() => chooseSet(name)}>{name}</Button>;
}

function Remove({ name, sets }: { name: string; sets: Resource<Datasets> }) {
  const remove = async () => {
    const done = await act(async () => {
      await send("DELETE", `/datasets/${part(name)}`);
      return true;
    });
    if (done !== null && param("set") === name) chooseSet("");
    sets.reload();
  };
  return (
    <ConfirmButton question={t("data.remove_question", { name })} answer={t("data.remove")} title={t("data.remove")} onClick={remove}>
      <span aria-hidden="true">✕</span>
      <span class="hidden">{t("data.remove")} {name}</span>
    </ConfirmButton>
  );
}

function Drop({ sets }: { sets: Resource<Datasets> }) {
  const isOver = useSignal(false);
  const isBusy = useSignal(false);
  const sent = useSignal<Progress | null>(null);
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    const type = TYPES[file.name.split(".").pop()?.toLowerCase() ?? ""];
    dismiss(failure);
    if (type === undefined) {
      notify(t("data.wrong_file", { name: file.name }), { bad: true });
      failure = notices.value.at(-1)?.id ?? 0;
      return;
    }
    const taken = [...(sets.data.value?.items ?? []).map((row) => row.name), ...(sets.data.value?.builtin ?? [])];
    const name = nameOfFile(file.name, taken);
    isBusy.value = true;
    const row = await act(() => uploadTold<DatasetRow>(`/datasets/${part(name)}`, file, type, (told) => (sent.value = told)));
    isBusy.value = false;
    sent.value = null;
    if (row === null) {
      failure = notices.value.at(-1)?.id ?? 0;
      return;
    }
    sets.reload();
    chooseSet(row.name);
    notify(t("data.kept", { name: row.name, rows: count(row.rows) }));
  };
  return (
    <label
      class={`drop ${isOver.value ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => (isOver.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        void take(event.dataTransfer?.files[0]);
      }}
    >
      <b role={isBusy.value ? "status" : undefined}>{isBusy.value ? inWords(sent.value) : t("data.drop")}</b>
      {isBusy.value && sent.value !== null && (
        <progress value={sent.value.sent} max={sent.value.total} aria-label={t("data.uploading")} />
      )}
      <span class="muted">{t("data.drop_help")}</span>
      <input
        type="file"
        accept=".csv,.tsv,.txt,.npz,text/csv"
        disabled={isBusy.value}
        aria-label={t("data.drop")}
        onChange={(event) => {
          const input = event.currentTarget;
          void take(input.files?.[0]).then(() => (input.value = ""));
        }}
      />
    </label>
  );
}

/** A file of which all is sent is being read. */
function inWords(told: Progress | null): string {
  if (told === null) return t("data.uploading");
  return told.sent < told.total ? t("data.uploading_of", { sent: size(told.sent), total: size(told.total) }) : t("data.reading");
}
