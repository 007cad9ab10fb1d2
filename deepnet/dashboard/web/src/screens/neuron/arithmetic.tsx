// What the neuron made of its last step, with the numbers: forward, and back.

import type { ComponentChildren } from "preact";
import type { Neuron } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Card } from "../../parts/card.tsx";
import { count, figure, toNumber } from "../../parts/numbers.ts";
import { mayOperate } from "../../state/session.ts";
import { summary } from "../../state/network.ts";
import { curveOf, slopeAt } from "./activations.ts";
import { ActivationPlot } from "./plot.tsx";
import { ROW } from "./glance.ts";
import { largest, type Sums, sumsOf, type Term } from "./terms.ts";

const WRITTEN = 6;

interface ArithmeticProps {
  neuron: Neuron;
  /** What it makes of one row, where no step of its own has been seen. */
  glance: Sums | null;
}

export function Arithmetic({ neuron, glance }: ArithmeticProps) {
  const activity = neuron.history.at(-1);
  const sums = activity === undefined && glance !== null ? glance : sumsOf(neuron, activity);
  const aside = activity === undefined ? glance !== null && <span class="muted">{t("neuron.of_row", { row: ROW + 1 })}</span> : (
    <span class="muted">{t("neuron.of_step", { step: count(activity.step) })}{sums.rows > 1 && ` · ${t("neuron.last_of_rows", { rows: sums.rows })}`}</span>
  );
  return (
    <Card title={t("neuron.arithmetic")} aside={aside}>
      {activity === undefined && <p class="muted">{glance === null ? t(nothingSeen()) : t("neuron.of_row_help", { row: ROW + 1, step: count(neuron.step) })}</p>}
      <div class="arithmetic">
        <div class="formulas">
          <h3>{t("neuron.forward")}</h3>
          <Line name="z"><Products {...sums} /></Line>
          <Output neuron={neuron} sums={sums} />
          <h3>{t("neuron.back")}</h3>
          <Back neuron={neuron} sums={sums} />
        </div>
        <ActivationPlot name={neuron.activation} z={sums.sum} a={sums.output} />
      </div>
    </Card>
  );
}

function nothingSeen() {
  const state = summary.value?.state;
  if (state === "running") return "neuron.nothing_seen_yet" as const;
  return state === "paused" && mayOperate.value ? "neuron.nothing_seen_paused" as const : "neuron.nothing_seen" as const;
}

function Line({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <p class="formula">
      <var>{name}</var>
      <span>{children}</span>
    </p>
  );
}

/** A number in a product: in brackets if it is negative. */
function factor(value: number): string {
  const text = figure(value);
  return text.startsWith("−") ? `(${text})` : text;
}

function Products({ terms, bias, sum }: Sums) {
  const { shown, more } = largest(terms, WRITTEN);
  const known = Number.isFinite(sum);
  return (
    <>
      ={" "}
      {shown.map((term, index) => (
        <span key={term.index}>
          {index > 0 && " + "}
          <span class="product" title={`w${term.index} · x${term.index}`}>
            <span class="of-weight">{factor(term.weight)}</span>·<span class="of-input">{known ? factor(term.input) : <var>x<sub>{term.index}</sub></var>}</span>
          </span>
        </span>
      ))}
      {more > 0 && <span class="muted"> + … {t("neuron.more_terms", { count: count(more) })}</span>}
      {" + "}<span class="of-bias" title={t("common.bias")}>{factor(bias.weight)}</span>
      {known && <> = <b>{figure(sum)}</b></>}
    </>
  );
}

function Output({ neuron, sums }: { neuron: Neuron; sums: Sums }) {
  const { sum, output } = sums;
  const known = Number.isFinite(output);
  if (neuron.lesioned !== null) return <Line name="a">= <b>{figure(neuron.lesioned)}</b> <span class="muted">{t("neuron.held")}</span></Line>;
  if (curveOf(neuron.activation) === undefined) {
    return <Line name="a">= {neuron.activation}({t("neuron.all_sums")}){known && <> = <b>{figure(output)}</b></>}</Line>;
  }
  return <Line name="a">= {neuron.activation}({known ? figure(sum) : <var>z</var>}){known && <> = <b>{figure(output)}</b></>}</Line>;
}

function Back({ neuron, sums }: { neuron: Neuron; sums: Sums }) {
  if (neuron.lesioned !== null) return <Line name="δ">= 0 <span class="muted">{t("neuron.held_back")}</span></Line>;
  const { terms, bias, rows, delta, sum } = sums;
  const first = largest(terms, 1).shown[0];
  return (
    <>
      <Line name="δ"><Delta name={neuron.activation} sum={sum} delta={delta} /></Line>
      {first !== undefined && <Gradient name={<>∂L/∂w<sub>{first.index}</sub></>} sums={sums} term={first} rows={rows} note={terms.length > 1 ? whyThisOne(first) : ""} />}
      <Gradient name={<>∂L/∂b</>} sums={sums} term={bias} rows={rows} />
      {first !== undefined && <Change name={<>w<sub>{first.index}</sub></>} term={first} isFrozen={neuron.frozen} />}
      <Change name="b" term={bias} isFrozen={neuron.frozen} />
    </>
  );
}

function Delta({ name, sum, delta }: { name: string; sum: number; delta: number }) {
  const slope = slopeAt(name, sum);
  if (!Number.isFinite(delta)) return <>= {t("neuron.error")} · {name}′(<var>z</var>)</>;
  if (slope === undefined) return <>= ∂L/∂z = <b>{figure(delta)}</b> <span class="muted">{t("neuron.by_all_outputs")}</span></>;
  if (Math.abs(slope) < 1e-12) return <>= {t("neuron.error")} · {name}′({figure(sum)}) = <b>{figure(delta)}</b></>;
  return (
    <>
      = <span title={t("neuron.error_help")}>{factor(delta / slope)}</span>·{name}′({figure(sum)}) = {factor(delta / slope)}·{factor(slope)} = <b>{figure(delta)}</b>
    </>
  );
}

/** One weight stands for all: which, and why. */
function whyThisOne(term: Term): string {
  return t(Number.isNaN(term.product) ? "neuron.largest_weight" : "neuron.largest_term", { index: term.index });
}

interface GradientProps {
  name: ComponentChildren;
  sums: Sums;
  term: Term;
  rows: number;
  note?: string;
}

function Gradient({ name, sums, term, rows, note = "" }: GradientProps) {
  const isBias = term.index === sums.terms.length;
  const why = note !== "" && <span class="muted small"> {note}</span>;
  if (!Number.isFinite(term.gradient)) {
    return <p class="formula"><var>{name}</var><span>= δ{!isBias && <> · <var>x<sub>{term.index}</sub></var></>}{why}</span></p>;
  }
  return (
    <p class="formula">
      <var>{name}</var>
      <span>
        = {rows > 1 ? <span title={t("neuron.over_rows", { rows })}>Σ δ{!isBias && <>·x<sub>{term.index}</sub></>}</span> : isBias ? "δ" : <>{factor(sums.delta)}·{factor(term.input)}</>} = <b>{figure(term.gradient)}</b>
        {rows > 1 && <span class="muted"> {t("neuron.over_rows", { rows })}</span>}{why}
      </span>
    </p>
  );
}

function Change({ name, term, isFrozen }: { name: ComponentChildren; term: Term; isFrozen: boolean }) {
  if (isFrozen) return <p class="formula"><var>{name}</var><span>= {figure(term.weight)} <span class="muted">{t("neuron.stays_frozen")}</span></span></p>;
  if (!Number.isFinite(term.gradient) || !Number.isFinite(term.after)) return null;
  const moved = toNumber(term.after) - term.weight;
  return (
    <p class="formula">
      <var>{name}</var>
      <span>{figure(term.weight)} → <b>{figure(term.after)}</b> <span class="muted">({moved < 0 ? "−" : "+"}{figure(Math.abs(moved), 3)})</span></span>
    </p>
  );
}
