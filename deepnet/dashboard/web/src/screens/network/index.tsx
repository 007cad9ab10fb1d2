// Network: the picture of all neurons, as they are now.

import { useEffect } from "preact/hooks";
import { MOST_STRANDS } from "../../draw/edges.ts";
import type { Model } from "../../draw/model.ts";
import { t } from "../../i18n/index.ts";
import { Card } from "../../parts/card.tsx";
import { Loading, ProblemBox } from "../../parts/states.tsx";
import { summary, summaryProblem } from "../../state/network.ts";
import { param } from "../../state/view.ts";
import { Beginning } from "./beginning.tsx";
import { PictureCanvas } from "./canvas.tsx";
import { Controls } from "./controls.tsx";
import { Legend } from "./legend.tsx";
import { activity, frozen, hasPlane, matrices, model, problem, Follow } from "./looking.ts";
import { Messages } from "./messages.tsx";
import { Panel } from "./panel.tsx";
import { Plane } from "./plane.tsx";
import { halt } from "./stepping.ts";
import { NeuronTable } from "./table.tsx";

export function NetworkScreen() {
  useEffect(() => halt, []);
  if (model.value === null) {
    return summaryProblem.value === "" ? <Loading /> : <ProblemBox detail={summaryProblem.value} />;
  }
  const isTable = param("as") === "table";
  return (
    <div class="grid network-screen">
      <Follow key={shapeOf(model.value)} />
      <div class="stack network-main">
        <Card title={t("network.picture")} class="network-card">
          <Beginning />
          <Controls />
          {problem.value !== "" && (
            <p class="network-problem" role="status">
              {problem.value}
            </p>
          )}
          {activity.value?.rows === 0 && <p class="muted">{t("network.no_rows")}</p>}
          {isTable ? null : <PictureCanvas />}
          {!isTable && <Legend />}
          {!isTable && <Strongest />}
          {frozen.value && (
            <p class="network-frozen" role="status">
              {t("network.is_frozen")}
            </p>
          )}
        </Card>
        {isTable && <NeuronTable />}
      </div>
      <div class="stack network-side">
        <Panel />
        {hasPlane.value && <Plane />}
        {summary.value?.run !== null && <Messages />}
      </div>
    </div>
  );
}

function shapeOf({ inputs, layers }: Model): string {
  return [inputs, ...layers.map(({ address, neurons }) => `${address} ${neurons}`)].join(", ");
}

/** Says so where not all connections are drawn. */
function Strongest() {
  const total = (matrices.value ?? []).reduce((sum, part) => sum + (part?.length ?? 0), 0);
  if (total <= MOST_STRANDS) return null;
  return <p class="muted network-note">{t("network.strongest", { count: MOST_STRANDS, total })}</p>;
}
