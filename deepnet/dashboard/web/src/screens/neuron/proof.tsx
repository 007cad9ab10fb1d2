// "The loss curve did not notice": the curve around the death, and the weights of before beside those of after.

import { useEffect } from "preact/hooks";
import { get, part } from "../../api/http.ts";
import type { Epoch, Page, State } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Chart, type Mark } from "../../parts/chart.tsx";
import { count, figure, toNumber } from "../../parts/numbers.ts";
import { useHistory } from "../../state/history.ts";
import { current, summary } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { epochAt } from "../overview/marks.ts";
import { AROUND, type Comparison, lossAround } from "./comparing.ts";
import { isOver } from "./over.ts";
import type { Story } from "./story.ts";

interface ProofProps {
  story: Story;
  /** Of the numbers before with those after; null if not both were seen. */
  comparison: Comparison | null;
  /** Whether each step is looked at. */
  isClose: boolean;
}

export function Proof({ story, comparison, isClose }: ProofProps) {
  const { run } = story;
  return (
    <div class="proof">
      <Numbers story={story} comparison={comparison} isClose={isClose} />
      {run === null || run !== summary.value?.run ? <p class="muted">{t(run === null ? "neuron.no_curve" : "neuron.curve_of_other")}</p> : <Curve story={story} />}
    </div>
  );
}

function Numbers({ story, comparison: found, isClose }: ProofProps) {
  if (found === null) {
    return <p class="muted">{t(isClose ? "neuron.not_compared" : "neuron.too_fast", { step: count(story.step - 1) })}</p>;
  }
  return (
    <p class={found.same ? "verdict ok" : "verdict warn"}>
      <span aria-hidden="true">{found.same ? "✓ " : "≠ "}</span>
      {t(found.same ? "neuron.same_numbers" : "neuron.other_numbers", { count: found.count, step: count(found.step) })}
    </p>
  );
}

/** How many epochs come between one look at the epochs near the death and the next, while they are still to come. */
const LOOKS = 4;

/** The epochs near the death: of a long run the page itself knows only some. */
function useRecords(story: Story): readonly Epoch[] {
  const known = useHistory(current.value).value?.records ?? [];
  const near = Math.floor(epochAt(story.step, known));
  const isThere = (known.at(-1)?.step ?? 0) >= story.step;
  const since = Math.max(0, Math.min(AROUND, (known.at(-1)?.epoch ?? 0) - near));
  const found = useResource(isThere ? `${story.run} ${story.id}` : null, () =>
    get<Page<Epoch>>(`/runs/${part(story.run ?? "")}/history`, { after: Math.max(0, near - AROUND), limit: 2 * AROUND + 2 }));
  useEffect(() => found.reload(), [Math.floor(since / LOOKS)]);
  return found.data.value?.items ?? [];
}

/** Why the loss after the death is not there: it comes, it comes when the run goes on, or never. */
function whatNext(state: State | undefined) {
  if (isOver(state)) return "neuron.curve_over" as const;
  return state === "paused" ? "neuron.curve_rests" as const : "neuron.curve_waits" as const;
}

function Curve({ story }: { story: Story }) {
  const records = useRecords(story);
  const around = lossAround(story.step, records);
  if (around === null) return <p class="muted">{t(whatNext(summary.value?.state))}</p>;
  const losses = around.records.map((each) => toNumber(each.loss));
  const isLog = losses.every((loss) => loss > 0) && Math.max(...losses) > 3 * Math.min(...losses);
  const marks: Mark[] = [{ x: epochAt(story.step, around.records), kind: "death" }];
  const values = { before: figure(around.before), during: figure(around.during), after: figure(around.after) };
  return (
    <div>
      <p class={around.calm ? "verdict ok" : "verdict"}>
        {around.calm && <span aria-hidden="true">✓ </span>}
        <b>{t(around.calm ? "neuron.curve_calm" : "neuron.curve_look")}</b>{" "}
        {t(around.isOver ? "neuron.curve_numbers" : "neuron.curve_numbers_yet", values)}
      </p>
      <Chart
        label={`${t("neuron.curve_label")} ${t("neuron.curve_numbers", values)}`}
        xName={t("common.epoch")}
        x={around.records.map((each) => each.epoch)}
        curves={[{ name: t("common.loss"), values: losses.map((loss) => (Number.isFinite(loss) ? loss : null)) }]}
        marks={marks}
        log={isLog}
        height={190}
      />
    </div>
  );
}
