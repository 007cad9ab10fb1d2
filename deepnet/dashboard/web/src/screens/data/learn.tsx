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
  return param("ignore").split(",").filter((name) => name !== "").map(decodeURIComponent);
}

export function ignore(names: readonly string[]): void {
  setParams({ ignore: names.map(encodeURIComponent).join(",") });
}

export function Learn() {
  const sets = useResource("datasets", () => get<Datasets>("/datasets", { limit: 1000 }));
  const name = param("set");
  const [target, leftOut, missing] = [param("target"), ignored(), param("missing")];
  const key = name === "" ? null : JSON.stringify([name, target, leftOut, missing]);
  const outline = useResource(key, () => loadOutline(name, target, leftOut, missing));
  const shown = outline.data.value;
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
