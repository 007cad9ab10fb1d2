// Ask the network that is looked at: type a row, draw a digit, or move over the plane; the answer follows as it learns.

import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, part } from "../../api/http.ts";
import type { Network } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { Loading, ProblemBox } from "../../parts/states.tsx";
import { current, summary, summaryProblem } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { param, setParams } from "../../state/view.ts";
import { askAbout, useAsking } from "./answering.ts";
import { AnswerView } from "./answer.tsx";
import { DigitPad } from "./digits.tsx";
import { Fields } from "./fields.tsx";
import { Forward } from "./forward.tsx";
import { PlanePad } from "./pad.tsx";
import { Rows } from "./rows.tsx";
import { firstCells, loadSamples, reachOf, type Samples } from "./samples.ts";
import { type Cell, cellsFromText, cellsToText, isPicture, toUnits, type Units, unitsOf } from "./units.ts";

/** So many rows say how far the columns reach. */
const LOOKED_AT = 300;
const ANSWER_PAUSE = 120;
const ADDRESS_PAUSE = 400;
/** A longer row is not kept in the address of the page. */
const LONGEST_ADDRESS = 800;

export function Ask() {
  const name = current.value;
  const inputs = summary.value?.layers[0]?.inputs;
  const network = useResource(name === "" || inputs === undefined ? null : `${name} ${inputs}`, () => get<Network>(`/networks/${part(name)}`));
  const run = summary.value?.run ?? null;
  const samples = useResource(run, () => loadSamples(run ?? "", 0, LOOKED_AT));
  const found = network.data.value;
  if (found === null || found.name !== name) {
    const problem = network.problem.value || (summary.value === null ? summaryProblem.value : "");
    return problem === "" ? <Loading /> : <ProblemBox detail={problem} retry={network.reload} />;
  }
  if (run !== null && samples.data.value === null && samples.problem.value === "") return <Loading />;
  return <Asking key={`${name} ${run}`} network={name} run={run} units={unitsOf(found)} samples={samples.data.value} />;
}

interface AskingProps {
  network: string;
  run: string | null;
  units: Units;
  samples: Samples | null;
}

function Asking({ network, run, units, samples }: AskingProps) {
  const rows = samples?.samples ?? [];
  const cells = useSignal<Cell[]>(cellsFromText(units, param("row")) ?? firstCells(units, rows));
  const step = summary.value?.step ?? 0;
  const text = cellsToText(cells.value);
  const asked = useAsking(`${text} ${step}`, () => askAbout(network, units, cells.value), ANSWER_PAUSE);
  useEffect(() => {
    const timer = setTimeout(() => setParams({ row: text.length > LONGEST_ADDRESS ? "" : text }), ADDRESS_PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  const answer = asked.data.value;
  const isPlane = units.columns.length === 2 && units.columns.every(({ kind }) => kind === "number");
  return (
    <>
      <div class="grid">
        <div class="half stack">
          <Card title={t("data.input")} aside={isPicture(units) ? undefined : <Again units={units} cells={cells} samples={samples} />}>
            {isPicture(units) ? <DigitPad cells={cells} units={units} samples={samples} />
              : isPlane ? (
                <>
                  <PlanePad network={network} units={units} cells={cells} samples={rows} />
                  <Fields units={units} cells={cells} reach={reachOf(units, rows)} />
                </>
              ) : <Fields units={units} cells={cells} reach={reachOf(units, rows)} />}
          </Card>
        </div>
        <div class="half stack">
          <AnswerView network={network} units={units} answer={answer} problem={asked.problem.value} question={text} />
          {units.columns.length <= 32 && units.columns.every(({ kind }) => kind !== "category") && (
            <Command>{`deepnet predict ${network} --row ${cells.value.map(Number).join(",")}`}</Command>
          )}
        </div>
      </div>
      <Forward network={network} inputs={answer?.inputs ?? null} />
      {run !== null && <Rows network={network} run={run} units={units} onTake={(inputs) => (cells.value = toUnits(units, inputs))} />}
    </>
  );
}

/** Another row of the run, by chance. */
function Again({ units, cells, samples }: { units: Units; cells: Signal<Cell[]>; samples: Samples | null }) {
  if (samples === null || samples.samples.length < 2) return null;
  const take = () => {
    const sample = samples.samples[Math.floor(Math.random() * samples.samples.length)];
    if (sample !== undefined) cells.value = toUnits(units, sample.inputs);
  };
  return <button type="button" class="button quiet" onClick={take}>{t("data.any_row")}</button>;
}
