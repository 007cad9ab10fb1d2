// Neurons that are not well on the rows of the run: dead, saturated, exploding or stuck, each with why it is thought so.

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, part } from "../../api/http.ts";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { count } from "../../parts/numbers.ts";
import { Loading } from "../../parts/states.tsx";
import { now } from "../../state/clock.ts";
import { current, summary } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { reasonText } from "../../state/sentences.ts";
import { palette } from "../../state/theme.ts";
import { param, setParams, still } from "../../state/view.ts";
import { NeuronLink } from "./pointed.tsx";

const CONDITIONS = ["exploding", "dead", "saturated", "stuck"] as const;
type Condition = (typeof CONDITIONS)[number];

interface Report {
  step: number;
  rows: number;
  findings: { address: string; condition: Condition; evidence: string }[];
  treated: { address: string; treatment: string }[];
}

/** The rows of each layer that the picture marks, with their colours. */
export const sick = signal<ReadonlyMap<string, ReadonlyMap<number, string>>>(new Map());
const report = signal<Report | null>(null);
effect(() => {
  const { bad, warn } = palette.value;
  const marks = new Map<string, Map<number, string>>();
  for (const { address, condition } of report.value?.findings ?? []) {
    const [layer = "", index = ""] = address.split("/");
    if (!marks.has(layer)) marks.set(layer, new Map());
    marks.get(layer)?.set(Number(index), condition === "dead" || condition === "exploding" ? bad : warn);
  }
  sick.value = marks;
});

const EVERY_SECONDS = 5;
const SHOWN = 60;

export function Health({ layer }: { layer: string }) {
  const network = current.value;
  const hasRun = summary.value?.run !== null;
  const isLearning = summary.value?.state === "running";
  const beat = isLearning && !still.value ? Math.floor(now.value / 1000 / EVERY_SECONDS) : (summary.value?.step ?? 0);
  const found = useResource(hasRun ? network : null, () => get<Report>(`/networks/${part(network)}/health`));
  useEffect(() => found.reload(), [beat]);
  useEffect(() => {
    report.value = found.data.value;
    return () => (report.value = null);
  }, [found.data.value]);
  const told = found.data.value;
  const wished = param("ill");
  const all = told?.findings ?? [];
  const shown = all.filter((each) => wished === "" || each.condition === wished);
  return (
    <Card title={t("weights.health")} aside={told === null ? undefined : <span class="muted">{t("weights.health_of", { rows: count(told.rows), step: count(told.step) })}</span>}>
      {!hasRun && <p class="muted">{t("weights.health_no_run")}</p>}
      {hasRun && told === null && (found.problem.value === "" ? <Loading /> : <p class="muted">{found.problem.value}</p>)}
      {told !== null && (
        <div class="stack">
          <div class="row" role="group" aria-label={t("weights.condition")}>
            {CONDITIONS.map((condition) => (
              <Button
                key={condition}
                pressed={wished === condition}
                title={t(`weights.${condition}_help`)}
                onClick={() => setParams({ ill: wished === condition ? "" : condition })}
              >
                {t(`weights.${condition}`)} <b>{count(all.filter((each) => each.condition === condition).length)}</b>
              </Button>
            ))}
          </div>
          {all.length === 0 && <p class="ok-line">✓ {t("weights.all_well")}</p>}
          <ul class="ill">
            {shown.slice(0, SHOWN).map(({ address, condition, evidence }) => (
              <li key={address} class={address.startsWith(`${layer}/`) ? "of-layer" : ""}>
                <span><NeuronLink address={address} /> <span class={`tag ${condition === "dead" || condition === "exploding" ? "bad" : "warn"}`}>{t(`weights.${condition}`)}</span></span>
                <span class="muted">{reasonText(evidence)}</span>
              </li>
            ))}
          </ul>
          {shown.length > SHOWN && <p class="muted">… + {count(shown.length - SHOWN)}</p>}
          {told.treated.length > 0 && <p class="muted">{t("weights.treated", { count: told.treated.length })}</p>}
        </div>
      )}
    </Card>
  );
}
