// What a data set holds, and the two requests that have a network learn it: as suggested, with what somebody chose.

import { get, part, send } from "../../api/http.ts";
import type { Network, Run } from "../../api/types.ts";

export interface ColumnFacts {
  name: string;
  kind: "number" | "truth" | "category" | "unreadable";
  missing: number;
  /** Cells with a decimal comma: 1,5. */
  commas: number;
  low: number | null;
  high: number | null;
  mean: number | null;
  values: string[];
  different: number | null;
}

export interface Layer {
  kind: string;
  inputs?: number;
  neurons?: number;
  activation?: string;
  [field: string]: unknown;
}

export interface Suggested {
  network: { name: string; model: { layers: Layer[] }; about: Record<string, unknown>; [field: string]: unknown };
  run: {
    dataset: string;
    target?: string;
    until: { epochs?: number; [field: string]: unknown };
    optimizer: { name: string; learning_rate: number; [field: string]: unknown };
    batch_size: number;
    [field: string]: unknown;
  };
}

/** Of GET /datasets/{name}/outline. */
export interface Outline {
  name: string;
  kind: "csv" | "npz" | "builtin";
  rows: number;
  columns: ColumnFacts[];
  column_count: number;
  preview: (string | null)[][];
  target: string | null;
  task: "regression" | "binary" | "multiclass" | null;
  labels: string[];
  features: string[];
  /** Columns of a table that the inputs are made of. */
  used: string[];
  learnt: number;
  tested: number;
  warnings: string[];
  leaks: { feature: string; reason: string }[];
  constants: string[];
  baselines: Record<string, Record<string, number | null>>;
  /** Columns that nobody has asked to leave out: no network could learn from them. */
  left_out: { column: string; why: "text" | "empty" | "unreadable"; different: number }[];
  /** What is done about missing values, and in how many rows. */
  missing: "error" | "drop" | "mean";
  gap_rows: number;
  problem: string;
  cures: Cure[];
  suggested: Suggested | null;
}

/** What is in the way of learning, and what helps. */
export interface Cure {
  column: string;
  cure: "ignore" | "missing" | "target";
  why: "text" | "empty" | "unreadable" | "commas" | "mixed" | "gaps";
  count: number;
}

/** What somebody may change before a network learns; all as it stands in the fields. */
export interface Wishes {
  name: string;
  hidden: string;
  activation: string;
  epochs: string;
  rate: string;
}

export const ACTIVATIONS = ["relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "silu", "softplus", "softsign"] as const;
const LONGEST_NAME = 48;

export const loadOutline = (name: string, target: string, ignore: readonly string[], keep: readonly string[], missing: string) =>
  get<Outline>(`/datasets/${part(name)}/outline`, { target: target || null, ignore, keep, missing: missing || null });

/** What stands in the fields at first. */
export function usualWishes({ network, run }: Suggested, taken: readonly string[]): Wishes {
  const hidden = network.model.layers.slice(0, -1).filter((layer) => layer.kind === "dense");
  return {
    name: freeName(network.name, taken),
    hidden: hidden.map((layer) => layer.neurons).join(","),
    activation: hidden[0]?.activation ?? "relu",
    epochs: String(run.until.epochs ?? ""),
    rate: String(run.optimizer.learning_rate),
  };
}

/** Return *name*, or the first of name-2, name-3 ... that nobody has. */
export function freeName(name: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const end = number === 1 ? "" : `-${number}`;
    const found = name.slice(0, LONGEST_NAME - end.length) + end;
    if (!taken.includes(found)) return found;
  }
}

/** The name that a file's content is kept under: as the service takes names. */
export function nameOfFile(file: string, taken: readonly string[]): string {
  const plain = file.replace(/\.[^.]*$/, "").toLowerCase().replace(/[^a-z0-9_-]+/g, "-").replace(/^[-_]+|[-_]+$/g, "");
  return freeName(plain || "table", taken);
}

/** The widths of hidden layers: "32,8" or nothing for none; null if they are no widths. */
export function widthsOf(text: string): number[] | null {
  const parts = text.trim() === "" || text.trim() === "none" ? [] : text.split(/[,\s]+/).filter((each) => each !== "");
  const widths = parts.map(Number);
  return widths.every((width) => Number.isInteger(width) && width >= 1 && width <= 50_000) ? widths : null;
}

/** Which field cannot be used; null if all can. */
export function wrongField(wishes: Wishes, taken: readonly string[]): Exclude<keyof Wishes, "activation"> | "taken" | null {
  if (!/^[a-z0-9][a-z0-9_-]{0,47}$/.test(wishes.name)) return "name";
  if (taken.includes(wishes.name)) return "taken";
  if (widthsOf(wishes.hidden) === null) return "hidden";
  if (!(Number.isInteger(Number(wishes.epochs)) && Number(wishes.epochs) >= 1)) return "epochs";
  return Number(wishes.rate) > 0 ? null : "rate";
}

/** The bodies of the two requests, with what was chosen. */
export function bodies({ network, run }: Suggested, wishes: Wishes): Suggested {
  const layers = network.model.layers.filter((layer) => layer.kind === "dense");
  const [first, last] = [layers[0], layers.at(-1)];
  const widths = widthsOf(wishes.hidden) ?? [];
  const inputs = first?.inputs ?? 1;
  // A layer without hidden ones before it is initialised as the others are.
  const hidden = widths.map((neurons, index): Layer => ({
    ...first, kind: "dense", inputs: widths[index - 1] ?? inputs, neurons, activation: wishes.activation,
  }));
  return {
    network: { ...network, name: wishes.name, model: { layers: [...hidden, { ...last, kind: "dense", inputs: widths.at(-1) ?? inputs }] } },
    run: {
      ...run,
      until: { ...run.until, epochs: Number(wishes.epochs) },
      optimizer: { ...run.optimizer, learning_rate: Number(wishes.rate) },
    },
  };
}

/** Create the network and begin its run; return its name. */
export async function train(suggested: Suggested, wishes: Wishes): Promise<string> {
  const { network, run } = bodies(suggested, wishes);
  await send<Network>("POST", "/networks", network);
  await send<Run>("POST", `/networks/${part(network.name)}/runs`, run);
  return network.name;
}

/** What does the same in a terminal: a file is read from its folder there. */
export function commandOf({ name, kind }: Outline, suggested: Suggested, wishes: Wishes): string {
  const { run } = suggested;
  const file = kind === "builtin" ? name : `${name}.${kind}`;
  const options: [string, string][] = [["service", wishes.name]];
  if (run.target !== undefined) options.unshift(["target", run.target]);
  const ignore = run["ignore"] as string[] | undefined;
  if (ignore !== undefined) options.push(["ignore", ignore.join(",")]);
  if (typeof run["missing"] === "string") options.push(["missing", run["missing"]]);
  const usual = usualWishes(suggested, []);
  if (wishes.hidden !== usual.hidden) options.push(["hidden", widthsOf(wishes.hidden)?.join(",") || "none"]);
  if (wishes.activation !== usual.activation) options.push(["activation", wishes.activation]);
  if (wishes.epochs !== usual.epochs) options.push(["epochs", wishes.epochs]);
  if (wishes.rate !== usual.rate) options.push(["learning-rate", wishes.rate]);
  return `deepnet train ${file} ${options.map(([name, value]) => `--${name} ${quoted(value)}`).join(" ")}`;
}

function quoted(value: string): string {
  return /^[\w.,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
