// Who it is, and how it has been lately.

import type { Neuron } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Card, Fact, Facts } from "../../parts/card.tsx";
import { count, figure, fleeting, toNumber } from "../../parts/numbers.ts";
import { Spark } from "../../parts/spark.tsx";
import { current, summary } from "../../state/network.ts";
import { linkTo } from "../../state/view.ts";
import type { Point } from "./comparing.ts";
import { ROW } from "./glance.ts";
import { isOver } from "./over.ts";
import { pathTo, type Place } from "./place.ts";
import type { Sums } from "./terms.ts";

interface FiguresProps {
  neuron: Neuron;
  place: Place;
  points: readonly Point[];
  /** What it makes of one row, where no step of its own has been seen. */
  glance: Sums | null;
  ownActor: boolean;
}

export function Figures({ neuron, place, points, glance, ownActor }: FiguresProps) {
  return (
    <Card title={t("neuron.identity")}>
      <Facts>
        <Fact name={t("common.layer")}><a href={linkTo("weights", { layer: place.layer.address })}>{place.layer.address}</a></Fact>
        {ownActor && <Fact name={t("neuron.incarnation")} hint={t("neuron.incarnation_help")}>{count(neuron.restarts + 1)}</Fact>}
        <Fact name={t("common.step")}>{count(neuron.step)}</Fact>
        <Fact name={t("common.activation")}>{neuron.activation}</Fact>
        {ownActor && <Fact name={t("common.mailbox")} hint={t("neuron.mailbox_help")}>{fleeting(count(neuron.mailbox))}</Fact>}
        {ownActor && <Fact name={t("neuron.messages")} hint={t("neuron.messages_help")}>{fleeting(count(neuron.messages))}</Fact>}
        <Fact name={t("neuron.norm")} hint={t("neuron.norm_help")}>{figure(Math.hypot(...neuron.weights.map(toNumber)))}</Fact>
      </Facts>
      <p class="path">
        <span class="muted">{t("neuron.supervised_by")}</span>{" "}
        <a href={linkTo("tree", { at: pathTo(place, current.value, ownActor).at(-1) ?? "" })}>
          {pathTo(place, current.value, ownActor).map((each, index) => (
            <span key={each}>{index > 0 && <span class="muted"> › </span>}{each}</span>
          ))}
        </a>
      </p>
      {!ownActor && <p class="muted">{t("neuron.in_layer_actor", { layer: place.layer.address })}</p>}
      <div class="neuron-sparks">
        <Lately name={t("common.output")} symbol="a" values={points.map((each) => each.output)} now={glance?.output} />
        <Lately name={t("neuron.sum")} symbol="z" values={points.map((each) => each.sum)} now={glance?.sum} />
        <Lately name={t("neuron.delta")} symbol="δ" values={points.map((each) => each.delta)} now={glance?.delta} />
        <Lately name={t("common.bias")} symbol="b" values={points.map((each) => each.bias)} now={toNumber(neuron.bias)} />
      </div>
      <p class="muted small">
        {points.length === 0 && glance !== null && <>{t("neuron.of_row_now", { row: ROW + 1, step: count(neuron.step) })} </>}
        {points.length === 0 ? t(isOver(summary.value?.state) ? "neuron.no_points_over" : "neuron.no_points")
          : t("neuron.points", { from: count(points[0]?.step), to: count(points.at(-1)?.step) })}
      </p>
    </Card>
  );
}

/** The last of *values* and their curve; where there are none, only what it is *now*. */
function Lately({ name, symbol, values, now }: { name: string; symbol: string; values: readonly number[]; now: number | undefined }) {
  const last = values.at(-1) ?? now;
  const shown = last === undefined ? "–" : figure(last);
  return (
    <div class="lately-one">
      <span><span class="muted">{name}</span> <var>{symbol}</var></span>
      <b class="number">{shown}</b>
      {values.length > 0 && <Spark values={values} label={`${name}: ${shown}`} width={280} height={30} />}
    </div>
  );
}
