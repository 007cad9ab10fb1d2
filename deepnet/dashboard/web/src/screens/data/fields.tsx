// A field for each column: numbers with a slider over what the rows of the run hold, truths, names to choose from.

import type { Signal } from "@preact/signals";
import { t } from "../../i18n/index.ts";
import { figure } from "../../parts/numbers.ts";
import type { Reach } from "./samples.ts";
import type { Cell, Column, Units } from "./units.ts";

const SLIDER_STEPS = 200;
/** More are taken from a row of the run, and not typed. */
const MOST_FIELDS = 64;

interface FieldsProps {
  units: Units;
  cells: Signal<Cell[]>;
  reach: readonly (Reach | null)[];
}

export function Fields({ units, cells, reach }: FieldsProps) {
  const set = (place: number, cell: Cell) => {
    cells.value = cells.value.map((each, index) => (index === place ? cell : each));
  };
  return (
    <div class={`ask-fields ${units.columns.length > 12 ? "many" : ""}`}>
      {units.columns.slice(0, MOST_FIELDS).map((column, index) => (
        <Field
          key={column.name}
          column={units.named ? column : { ...column, name: t("data.input_number", { name: column.name }) }}
          cell={cells.value[index] ?? null}
          reach={reach[index] ?? null}
          onChange={(cell) => set(index, cell)}
        />
      ))}
      {units.columns.length > MOST_FIELDS && <p class="muted">{t("data.more_inputs", { count: units.columns.length - MOST_FIELDS })}</p>}
    </div>
  );
}

interface FieldProps {
  column: Column;
  cell: Cell;
  reach: Reach | null;
  onChange: (cell: Cell) => void;
}

function Field({ column, cell, reach, onChange }: FieldProps) {
  if (column.kind === "truth") {
    return (
      <label class="row ask-truth">
        <input type="checkbox" checked={cell === true} onChange={(event) => onChange(event.currentTarget.checked)} />
        <span>{column.name}</span>
      </label>
    );
  }
  if (column.kind === "category") {
    return (
      <label class="field">
        <span>{column.name}</span>
        <select value={String(cell ?? "")} onChange={(event) => onChange(event.currentTarget.value)}>
          {column.values.map((value) => <option key={value} value={value}>{value}</option>)}
        </select>
      </label>
    );
  }
  const value = typeof cell === "number" ? cell : null;
  const take = (text: string) => onChange(text === "" || !Number.isFinite(Number(text)) ? null : Number(text));
  const stepOf = reach === null ? 0.01 : nice((reach.high - reach.low) / SLIDER_STEPS);
  return (
    <div class="field">
      <label>
        <span class="field-name">{column.name}</span>
        <input type="number" step="any" value={value ?? ""} onInput={(event) => take(event.currentTarget.value)} />
      </label>
      {reach !== null && (
        <input
          type="range"
          aria-label={column.name}
          aria-valuetext={figure(value)}
          title={`${figure(reach.low)} … ${figure(reach.high)}`}
          min={Math.floor(reach.low / stepOf) * stepOf}
          max={Math.ceil(reach.high / stepOf) * stepOf}
          step={stepOf}
          value={value ?? reach.low}
          onInput={(event) => onChange(Number(Number(event.currentTarget.value).toPrecision(6)))}
        />
      )}
    </div>
  );
}

/** The power of ten at or below: whole numbers stay whole. */
function nice(step: number): number {
  return 10 ** Math.min(0, Math.floor(Math.log10(step || 1)));
}
