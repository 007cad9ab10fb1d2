// Overview: how well it learns, and what steers it.

import { useComputed } from "@preact/signals";
import { get } from "../../api/http.ts";
import type { Happening, Page } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Card, Fact, Facts } from "../../parts/card.tsx";
import { count, duration, figure, fleeting, timeOf, toNumber } from "../../parts/numbers.ts";
import { Empty, Loading, ProblemBox } from "../../parts/states.tsx";
import { useHistory } from "../../state/history.ts";
import { tell } from "../../state/kinds.ts";
import { current, gaps, happenings, summary, summaryProblem } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { linkTo } from "../../state/view.ts";
import { word } from "../../state/words.ts";
import { Control } from "./control.tsx";
import { LossCurve } from "./curve.tsx";
import { LATELY, lately, TOLD } from "./lately.ts";
import { MARKED } from "./marks.ts";

export function OverviewScreen() {
  const network = current.value;
  const history = useHistory(network);
  const past = useResource(network === "" ? null : `${network} ${gaps.value}`, () =>
    get<Page<Happening>>("/events", { network, kind: MARKED, order: "desc", limit: 500 }));
  const known = useComputed(() => [...(past.data.value?.items ?? []).slice().reverse(), ...happenings.value]);
  const shown = summary.value;
  if (shown === null) return summaryProblem.value === "" ? <Loading /> : <ProblemBox detail={summaryProblem.value} />;
  const epochs = history.value;
  return (
    <div class="grid">
      <div class="stack two-thirds">
        {shown.run === null ? <NoRun /> : <LossCurve epochs={epochs} happenings={known.value} />}
        <Figures seconds={toNumber(epochs?.records.at(-1)?.seconds)} />
      </div>
      <div class="stack third">
        {shown.run !== null && <Control />}
        <Lately />
      </div>
    </div>
  );
}

function NoRun() {
  return (
    <Card title={t("overview.loss_curve")}>
      <Empty title={t("overview.no_run")}>
        <p class="muted">{t("overview.no_run_help")}</p>
        <p>
          <a href={linkTo("data")}>{t("overview.to_data")}</a> · <a href={linkTo("welcome")}>{t("overview.to_stories")}</a>
        </p>
      </Empty>
    </Card>
  );
}

function Figures({ seconds }: { seconds: number }) {
  const shown = summary.value;
  if (shown === null) return null;
  const rate = (value: number | null | undefined) => fleeting(count(value));
  return (
    <Card title={t("overview.figures")}>
      <Facts>
        <Fact name={t("common.epoch")}>{count(shown.epoch)}</Fact>
        <Fact name={t("common.step")}>{count(shown.step)}</Fact>
        <Fact name={t("common.loss")}>{figure(shown.loss)}</Fact>
        {Object.entries(shown.metrics).map(([name, value]) => (
          <Fact key={name} name={word(name)}>{figure(value)}</Fact>
        ))}
        <Fact name={t("common.rate")}>{figure(shown.learning_rate)}</Fact>
        <Fact name={t("common.steps_per_second")}>{rate(shown.steps_per_second)}</Fact>
        <Fact name={t("common.messages_per_second")}>{rate(shown.messages_per_second)}</Fact>
        <Fact name={t("overview.learning_for")}>{fleeting(duration(seconds))}</Fact>
        <Fact name={t("common.restarts")}>{count(shown.restarts)}</Fact>
        <Fact name={t("common.neurons")}>{count(shown.neurons)}</Fact>
        <Fact name={t("common.parameters")}>{count(shown.parameters)}</Fact>
      </Facts>
    </Card>
  );
}

function Lately() {
  const network = current.value;
  const past = useResource(network === "" ? null : `${network} ${gaps.value}`, () =>
    get<Page<Happening>>("/events", { network, kind: TOLD, order: "desc", limit: 5 * LATELY }));
  const recent = lately([...(past.data.value?.items ?? []).slice().reverse(), ...happenings.value], LATELY).reverse();
  return (
    <Card title={t("overview.latest")} aside={<a href={linkTo("events")}>{t("common.events")}</a>}>
      {recent.length === 0 ? <p class="muted">{past.loading.value ? t("common.loading") : t("overview.nothing_lately")}</p> : (
        <ol class="lately">
          {recent.map((event) => (
            <li key={event.id}>
              <time class="muted mono">{timeOf(event.time)}</time> <span>{tell(event)}</span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
