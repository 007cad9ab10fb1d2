// What can be taken home: the epochs as a table or as JSON, and the parameters of the network.

import { download, get, part, saveText } from "../../api/http.ts";
import type { Epoch, Page, Run, RunDetails } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Command } from "../../parts/command.tsx";
import { act, busy } from "../../state/actions.ts";
import { historyCsv } from "./csv.ts";

const PAGE = 1000;

export function Taking({ run }: { run: RunDetails }) {
  const save = (form: "csv" | "json") => act(async () => {
    const records = await wholeHistory(run);
    const name = `${run.id}-history.${form}`;
    if (form === "csv") saveText(name, historyCsv(records), "text/csv");
    else saveText(name, JSON.stringify(records, null, 1));
  });
  return (
    <div class="taking">
      <span class="muted">{t("common.download")}:</span>
      <div class="row tight">
        <Button kind="quiet" disabled={busy.value > 0 || run.epochs === 0} onClick={() => save("csv")}>{t("runs.history_csv")}</Button>
        <Button kind="quiet" disabled={busy.value > 0 || run.epochs === 0} onClick={() => save("json")}>{t("runs.history_json")}</Button>
        {run.live && (
          <Button kind="quiet" onClick={() => download(`/networks/${part(run.network)}/parameters`)}>{t("runs.parameters")}</Button>
        )}
      </div>
      {run.live && <Command>{`deepnet export ${run.network} ${run.network}.model`}</Command>}
    </div>
  );
}

async function wholeHistory(run: Run): Promise<Epoch[]> {
  const records: Epoch[] = [];
  let after: string | null = null;
  do {
    const page: Page<Epoch> = await get<Page<Epoch>>(`/runs/${part(run.id)}/history`, { limit: PAGE, after });
    records.push(...page.items);
    after = page.next;
  } while (after !== null);
  return records;
}
