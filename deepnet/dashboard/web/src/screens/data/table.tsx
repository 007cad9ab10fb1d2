// The columns of a data set, each with a box to leave it out, and its first rows as they were read.

import { t } from "../../i18n/index.ts";
import { Card } from "../../parts/card.tsx";
import { count, figure } from "../../parts/numbers.ts";
import { whyOut } from "./choose.tsx";
import { ignored, kept, use } from "./learn.tsx";
import type { ColumnFacts, Outline } from "./training.ts";

const MOST_COLUMNS = 200;
const MOST_VALUES = 6;

export function Table({ outline }: { outline: Outline }) {
  const columns = outline.columns.slice(0, MOST_COLUMNS);
  const isTable = outline.suggested === null || outline.suggested.run.target !== undefined;
  return (
    <>
      <Card title={t("data.columns")} aside={<span class="muted">{count(outline.column_count)}</span>}>
        <div class="table-scroll" tabIndex={0} role="region" aria-label={t("data.table_of", { name: t("data.columns") })}>
          <table>
            <thead>
              <tr>
                {isTable && <th scope="col">{t("data.use")}</th>}
                <th scope="col">{t("data.column")}</th>
                <th scope="col">{t("data.kind")}</th>
                <th scope="col">{t("data.holds")}</th>
                <th scope="col" class="number">{t("data.missing")}</th>
              </tr>
            </thead>
            <tbody>
              {columns.map((column) => (
                <Row key={column.name} column={column} isTarget={column.name === outline.target} canIgnore={isTable} isForeign={isForeign(column, outline)} outline={outline} />
              ))}
            </tbody>
          </table>
        </div>
        {outline.column_count > columns.length && <p class="muted">… + {count(outline.column_count - columns.length)}</p>}
      </Card>
      <Card title={t("data.preview")}>
        <div class="table-scroll preview" tabIndex={0} role="region" aria-label={t("data.table_of", { name: t("data.preview") })}>
          <table>
            <thead>
              <tr>{columns.map(({ name, kind }) => <th key={name} scope="col" class={kind === "number" ? "number" : ""}>{name}</th>)}</tr>
            </thead>
            <tbody>
              {outline.preview.map((row, index) => (
                <tr key={index}>
                  {columns.map(({ name, kind }, place) => (
                    <td key={name} class={kind === "number" ? "number" : ""}>
                      {row[place] ?? <span class="muted" title={t("data.no_value")}>–</span>}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
    </>
  );
}

/** A built-in table knows columns that are never learnt from. */
function isForeign({ name }: ColumnFacts, outline: Outline): boolean {
  const { kind, suggested, used, left_out: leftOut } = outline;
  const isOut = ignored().includes(name) || leftOut.some(({ column }) => column === name);
  return kind === "builtin" && suggested !== null && !used.includes(name) && !isOut;
}

interface RowProps {
  column: ColumnFacts;
  isTarget: boolean;
  canIgnore: boolean;
  isForeign: boolean;
  outline: Outline;
}

function Row({ column, isTarget, canIgnore, isForeign, outline }: RowProps) {
  const unasked = outline.left_out.find((each) => each.column === column.name);
  const isUsed = unasked === undefined && !ignored().includes(column.name);
  const isUnfit = unasked !== undefined || kept().includes(column.name);
  const inTheWay = outline.cures.some((cure) => cure.column === column.name);
  return (
    <tr class={inTheWay ? "in-the-way" : isUsed && !isForeign ? "" : "left-out"}>
      {canIgnore && (
        <td>
          {isTarget ? <span class="tag">{t("data.is_target")}</span> : isForeign ? <span class="muted">–</span> : (
            <input type="checkbox" checked={isUsed} onChange={() => use(column.name, !isUsed, isUnfit)} aria-label={`${t("data.use")}: ${column.name}`} />
          )}
        </td>
      )}
      <th scope="row">{column.name}</th>
      <td>{t(`data.kind_${column.kind}`)}</td>
      <td class="wrap">
        {holds(column)}
        {unasked !== undefined && <span class="tag">{whyOut(unasked)}</span>}
        {column.commas > 0 && <span class="tag bad">{t("data.why_commas", { count: count(column.commas) })}</span>}
      </td>
      <td class="number">{column.missing === 0 ? "" : <span class="tag warn">{count(column.missing)}</span>}</td>
    </tr>
  );
}

function holds({ kind, low, high, mean, values, different }: ColumnFacts): string {
  if (kind === "number") return low === null ? "" : t("data.range", { low: figure(low), high: figure(high), mean: figure(mean) });
  if (different === null) return "";
  const shown = values.slice(0, MOST_VALUES).join(", ") + ((different ?? 0) > MOST_VALUES ? " …" : "");
  return `${count(different)}: ${shown}`;
}
