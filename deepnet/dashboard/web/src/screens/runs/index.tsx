// Runs: which there were, how their curves compare, and what can be done with one: again, back, apart.

import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { Empty, Loading, ProblemBox } from "../../parts/states.tsx";
import { current } from "../../state/network.ts";
import { linkTo, param, setParams } from "../../state/view.ts";
import { chosenRuns, MOST_COMPARED } from "./chosen.ts";
import { CompareCard } from "./compare.tsx";
import { ChosenRun } from "./details.tsx";
import { useRuns } from "./following.ts";
import { RunTable } from "./list.tsx";

export function RunsScreen() {
  const ofAll = param("of") === "all" || current.value === "";
  const network = ofAll ? "" : current.value;
  const runs = useRuns(network);
  const items = runs.items.value;
  if (items === null) {
    return runs.problem.value === "" ? <Loading /> : <ProblemBox detail={runs.problem.value} retry={runs.reload} />;
  }
  const { shown, compared } = chosenRuns(items);
  return (
    <div class="stack">
      <Card title={t("runs.list")} aside={<Scope ofAll={ofAll} />}>
        {items.length === 0 ? (
          <Empty title={ofAll ? t("runs.none") : t("runs.none_of", { network })}>
            <p>
              <a href={linkTo("data")}>{t("overview.to_data")}</a> · <a href={linkTo("welcome")}>{t("overview.to_stories")}</a>
            </p>
          </Empty>
        ) : (
          <>
            <p class="muted small">{t("runs.list_help", { most: MOST_COMPARED })}</p>
            <RunTable runs={items} shown={shown} compared={compared} ofAll={ofAll} />
            <div class="row under">
              {runs.more.value && <Button onClick={runs.showMore}>{t("runs.older")}</Button>}
              <Command>{ofAll ? "deepnet ps" : `deepnet ps ${network}`}</Command>
            </div>
          </>
        )}
      </Card>
      {compared.length > 0 && <CompareCard runs={compared} known={items} shown={shown} />}
      {shown !== "" && <ChosenRun id={shown} known={items.find((run) => run.id === shown)} />}
    </div>
  );
}

function Scope({ ofAll }: { ofAll: boolean }) {
  if (current.value === "") return null;
  return (
    <div class="row" role="group" aria-label={t("runs.scope")}>
      <Button pressed={!ofAll} onClick={() => setParams({ of: "" })}>{current.value}</Button>
      <Button pressed={ofAll} onClick={() => setParams({ of: "all" })}>{t("runs.all")}</Button>
    </div>
  );
}
