import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

export interface Column<T> {
  name: string;
  show: (row: T) => ComponentChildren;
  /** What to sort by; without it the column cannot be sorted. */
  by?: (row: T) => number | string;
  number?: boolean;
}

interface TableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string | number;
  /** Those beyond are not shown, but counted. */
  most?: number;
}

/** A table that can be sorted by a click or a key on a heading. It scrolls by itself where the page is narrow. */
export function Table<T>({ label, columns, rows, rowKey, most = 500 }: TableProps<T>) {
  const order = useSignal<{ column: number; descending: boolean } | null>(null);
  const { column, descending } = order.value ?? { column: -1, descending: false };
  const by = columns[column]?.by;
  const sorted = by === undefined ? rows : [...rows].sort((a, b) => compare(by(a), by(b)) * (descending ? -1 : 1));
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((each, index) => (
              <th
                scope="col"
                class={each.number ? "number" : ""}
                {...(index === column ? { "aria-sort": descending ? "descending" : "ascending" } as const : {})}
              >
                {each.by === undefined ? each.name : (
                  <button
                    type="button"
                    onClick={() => (order.value = { column: index, descending: index === column && !descending })}
                  >
                    {each.name}
                    <span aria-hidden="true">{index === column ? (descending ? " ↓" : " ↑") : ""}</span>
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, most).map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((each) => <td class={each.number ? "number" : ""}>{each.show(row)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > most && <p class="muted">… + {sorted.length - most}</p>}
    </div>
  );
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a - b;
  }
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}
