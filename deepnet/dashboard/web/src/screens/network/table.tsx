// The neurons as a table: the first hundred, for those who would rather read.

import { useSignal } from "@preact/signals";
import { FROZEN, LESIONED, type Model } from "../../draw/model.ts";
import { exact } from "../../draw/words.ts";
import { t } from "../../i18n/index.ts";
import { Card } from "../../parts/card.tsx";
import { Table, type Column } from "../../parts/table.tsx";
import { linkTo } from "../../state/view.ts";
import { activity, columns, model } from "./looking.ts";
import { ABOUT, LOOKS } from "./looks.ts";

const MOST = 100;

interface Row {
  readonly address: string;
  readonly order: number;
  readonly values: Readonly<Record<string, number>>;
  readonly marks: number;
}

export function NeuronTable() {
  const layers = model.value;
  const chosen = useSignal(0);
  if (layers === null) return null;
  const layer = Math.min(chosen.value, layers.layers.length - 1);
  const choice = (
    <label class="row">
      <span class="muted">{t("common.layer")}</span>
      <select value={String(layer)} onChange={(event) => (chosen.value = Number(event.currentTarget.value))}>
        {layers.layers.map(({ address, neurons }, index) => (
          <option key={address} value={String(index)}>
            {address} ({neurons})
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <Card title={t("network.table")} aside={choice}>
      <Table
        label={`${t("network.table")}: ${layers.layers[layer]?.address ?? ""}`}
        columns={columnsOf()}
        rows={rowsOf(layers, layer)}
        rowKey={(row) => row.address}
        most={MOST}
      />
    </Card>
  );
}

function rowsOf(layers: Model, layer: number): Row[] {
  const { address = "", neurons = 0 } = layers.layers[layer] ?? {};
  const [fields, known] = [activity.value?.fields ?? {}, columns.value];
  return Array.from({ length: Math.min(neurons, MOST) }, (_, index) => {
    const values: Record<string, number> = { restarts: known?.restarts[layer]?.[index] ?? NaN };
    for (const field of ["output", "sum", "bias", "delta", "gradient"])
      values[field] = fields[field]?.[layer]?.[index] ?? NaN;
    const name = `${address}/${index}`;
    return { address: name, order: index, values, marks: known?.marks[layer]?.[index] ?? 0 };
  });
}

function columnsOf(): Column<Row>[] {
  const number = (field: string, name: string): Column<Row> => ({
    name,
    number: true,
    show: (row) => exact(row.values[field]),
    by: (row) => row.values[field] ?? NaN,
  });
  return [
    {
      name: t("common.address"),
      show: (row) => <a href={linkTo("neuron", { at: row.address })}>{row.address}</a>,
      by: (row) => row.order,
    },
    ...LOOKS.filter((each) => each !== "age").map((each) => number(each, t(ABOUT[each].name))),
    number("sum", t("network.sum")),
    { name: t("network.marks"), show: (row) => marksText(row.marks), by: (row) => row.marks },
  ];
}

function marksText(marks: number): string {
  const words = [
    ...(marks & FROZEN ? [t("network.mark_frozen")] : []),
    ...(marks & LESIONED ? [t("network.mark_lesioned")] : []),
  ];
  return words.join(", ");
}
