// The rows of the run, page by page, with what the network makes of each as it is now; a click asks about it.

import { download, part } from "../../api/http.ts";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { count, figure } from "../../parts/numbers.ts";
import { Loading, ProblemBox } from "../../parts/states.tsx";
import { summary } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { param, setParams } from "../../state/view.ts";
import { predict, useAsking } from "./answering.ts";
import { Thumbnail } from "./digits.tsx";
import { loadSamples, type Sample } from "./samples.ts";
import { type Cell, isPicture, targetName, toUnits, type Units } from "./units.ts";

const ROWS = 12;
const PICTURES = 32;
const MOST_COLUMNS = 14;
const PAUSE = 1000;

interface RowsProps {
  network: string;
  run: string;
  units: Units;
  onTake: (inputs: Float32Array) => void;
}

export function Rows({ network, run, units, onTake }: RowsProps) {
  const rows = isPicture(units) ? PICTURES : ROWS;
  const first = Math.max(0, Math.floor(Number(param("first")) || 0));
  const page = useResource(`${run} ${first}`, () => loadSamples(run, first, rows));
  const found = page.data.value;
  const samples = found?.samples ?? [];
  const answers = useAsking(
    found === null || samples.length === 0 ? null : `${run} ${first} ${summary.value?.step}`,
    async () => ({ first, ...(await predict(network, samples.map(({ inputs }) => Array.from(inputs)))) }),
    PAUSE,
  );
  if (found === null) {
    return (
      <Card title={t("data.rows")}>
        {page.problem.value === "" ? <Loading /> : <ProblemBox detail={page.problem.value} retry={page.reload} />}
      </Card>
    );
  }
  const told = answers.data.value?.first === first ? answers.data.value.outputs : [];
  const turn = (by: number) => setParams({ first: String(Math.max(0, first + by)) });
  return (
    <Card
      class="rows-card"
      title={t("data.rows")}
      aside={
        <>
          <span class="muted">{t("data.rows_of", { from: count(first + 1), to: count(first + samples.length), total: count(found.total) })}</span>
          <Button disabled={first === 0} label={t("data.before")} onClick={() => turn(-rows)}>←</Button>
          <Button disabled={first + rows >= found.total} label={t("data.after")} onClick={() => turn(rows)}>→</Button>
          <Button kind="quiet" onClick={() => download(`/runs/${part(run)}/data`)}>{t("common.download")}</Button>
        </>
      }
    >
      {isPicture(units) ? <Gallery units={units} samples={samples} told={told} onTake={onTake} /> : (
        <div class="table-scroll" tabIndex={0} role="region" aria-label={t("data.table_of", { name: t("data.rows") })}>
          <table>
            <Head units={units} />
            <tbody>
              {samples.map((sample, index) => (
                <Row key={sample.number} units={units} sample={sample} outputs={told[index]} onTake={() => onTake(sample.inputs)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function Head({ units }: { units: Units }) {
  const columns = units.columns.slice(0, MOST_COLUMNS);
  return (
    <thead>
      <tr>
        <th scope="col" class="number">#</th>
        {columns.map(({ name, kind }) => <th key={name} scope="col" class={kind === "number" ? "number" : ""}>{name}</th>)}
        {units.columns.length > MOST_COLUMNS && <th scope="col">… + {units.columns.length - MOST_COLUMNS}</th>}
        <th scope="col" class="number">{units.target === "" ? t("common.target") : units.target}</th>
        <th scope="col" class="number">{t("data.network_says")}</th>
        <th scope="col"><span class="hidden">{t("data.ask_this")}</span></th>
      </tr>
    </thead>
  );
}

interface RowProps {
  units: Units;
  sample: Sample;
  outputs: readonly number[] | undefined;
  onTake: () => void;
}

/** What a row should be, what the network says, and whether that is so; null where there is no right or wrong. */
function judged(units: Units, sample: Sample, outputs: readonly number[] | undefined) {
  const wanted = targetName(units, sample.targets);
  const said = outputs === undefined ? "" : units.labels.length > 0 ? targetName(units, outputs) : outputs.map((each) => figure(each)).join(", ");
  return { wanted, said, isRight: units.labels.length === 0 || said === "" ? null : said === wanted };
}

interface GalleryProps {
  units: Units;
  samples: readonly Sample[];
  told: readonly (readonly number[])[];
  onTake: (inputs: Float32Array) => void;
}

function Gallery({ units, samples, told, onTake }: GalleryProps) {
  return (
    <ul class="gallery">
      {samples.map((sample, index) => {
        const { wanted, said, isRight } = judged(units, sample, told[index]);
        return (
          <li key={sample.number}>
            <button
              type="button"
              class={isRight === false ? "wrong-answer" : ""}
              title={t("data.take_row", { number: sample.number + 1, target: wanted })}
              onClick={() => onTake(sample.inputs)}
            >
              <Thumbnail numbers={toUnits(units, sample.inputs).map(Number)} />
              <span>
                <b>{wanted}</b>
                <br />
                {isRight === null ? <span class="muted">…</span>
                  : <span class={`tag ${isRight ? "ok" : "bad"}`}>{isRight ? "✓" : "✗"} {said}<span class="hidden"> {t(isRight ? "data.right" : "data.not_right")}</span></span>}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Row({ units, sample, outputs, onTake }: RowProps) {
  const cells = toUnits(units, sample.inputs);
  const { wanted, said, isRight } = judged(units, sample, outputs);
  return (
    <tr>
      <td class="number muted">{count(sample.number + 1)}</td>
      {cells.slice(0, MOST_COLUMNS).map((cell, index) => <td key={index} class={typeof cell === "number" ? "number" : ""}>{shownCell(cell)}</td>)}
      {cells.length > MOST_COLUMNS && <td class="muted">…</td>}
      <td class="number">{wanted}</td>
      <td class="number">
        {said} {isRight !== null && <span class={`tag ${isRight ? "ok" : "bad"}`}>{isRight ? `✓ ${t("data.right")}` : `✗ ${t("data.not_right")}`}</span>}
      </td>
      <td><Button kind="quiet" label={t("data.ask_row", { number: sample.number + 1, target: wanted })} onClick={onTake}>{t("data.ask_this")}</Button></td>
    </tr>
  );
}

function shownCell(cell: Cell): string {
  return typeof cell === "number" ? figure(cell) : String(cell ?? "–");
}
