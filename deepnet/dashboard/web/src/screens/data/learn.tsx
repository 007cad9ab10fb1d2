// From a table to a network that learns it: choose the table, the column, and what to leave out; look; begin.

import { get } from "../../api/http.ts";
import { t } from "../../i18n/index.ts";
import { Loading, ProblemBox } from "../../parts/states.tsx";
import { useResource } from "../../state/resource.ts";
import { param, setParams } from "../../state/view.ts";
import { Choose } from "./choose.tsx";
import { type Datasets, Sets } from "./sets.tsx";
import { Table } from "./table.tsx";
import { loadOutline } from "./training.ts";
import { Train } from "./train.tsx";

/** Columns that are left out, as the address of the page has them. */
export function ignored(): string[] {
  return namesIn("ignore");
}

/** Columns that are used in any case, though no network could learn from them. */
export function kept(): string[] {
  return namesIn("keep");
}

/** Leave a column out, or use it. */
export function use(name: string, isUsed: boolean, isLeftOutAnyway: boolean): void {
  const [leftOut, wanted] = [ignored(), kept()].map((names) => names.filter((each) => each !== name)) as [string[], string[]];
  if (!isUsed && !isLeftOutAnyway) leftOut.push(name);
  if (isUsed && isLeftOutAnyway) wanted.push(name);
  setParams({ ignore: inAddress(leftOut), keep: inAddress(wanted) });
}

function namesIn(field: "ignore" | "keep"): string[] {
  return param(field).split(",").filter((name) => name !== "").map(decodeURIComponent);
}

function inAddress(names: readonly string[]): string {
  return names.map(encodeURIComponent).join(",");
}

export function Learn() {
  const sets = useResource("datasets", () => get<Datasets>("/datasets", { limit: 1000 }));
  const name = param("set");
  const [target, leftOut, wanted, missing] = [param("target"), ignored(), kept(), param("missing")];
  const key = name === "" ? null : JSON.stringify([name, target, leftOut, wanted, missing]);
  const outline = useResource(key, () => loadOutline(name, target, leftOut, wanted, missing));
  // What is known of another set says nothing of this one.
  const shown = outline.data.value?.name === name ? outline.data.value : null;
  return (
    <div class="grid">
      <div class="third stack"><Sets sets={sets} /></div>
      <div class="two-thirds stack">
        {name === "" && <p class="muted">{t("data.choose_set")}</p>}
        {name !== "" && shown === null && (
          outline.problem.value === "" ? <Loading /> : <ProblemBox detail={outline.problem.value} retry={outline.reload} />
        )}
        {shown !== null && (
          <>
            <Choose outline={shown} />
            {shown.suggested !== null && <Train outline={shown} suggested={shown.suggested} key={key ?? ""} />}
            <Table outline={shown} />
          </>
        )}
      </div>
    </div>
  );
}
