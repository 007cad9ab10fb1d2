// The answer in words and bars, and how it has come about while the network learnt.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n/index.ts";
import { Card } from "../../parts/card.tsx";
import { count, figure, toNumber } from "../../parts/numbers.ts";
import { Loading } from "../../parts/states.tsx";
import { Spark } from "../../parts/spark.tsx";
import { summary } from "../../state/network.ts";
import { still } from "../../state/view.ts";
import type { Answer } from "./answering.ts";
import { chosen, type Units } from "./units.ts";

const KEPT = 120;
const MOST_BARS = 40;
/** Last activations whose outputs are from 0 to 1. */
const SHARES = ["sigmoid", "hard_sigmoid", "softmax"];

interface AnswerViewProps {
  network: string;
  units: Units;
  answer: Answer | null;
  problem: string;
  /** What was asked: the past of another question is no past of this one. */
  question: string;
}

export function AnswerView({ network, units, answer, problem, question }: AnswerViewProps) {
  const isLearning = summary.value?.state === "running";
  return (
    <Card
      title={t("data.answer", { network })}
      aside={answer === null ? undefined : <span class="muted">{t("data.at_step", { step: count(answer.step) })}</span>}
    >
      {problem !== "" && <p class="wrong" role="alert">{problem}</p>}
      {answer === null ? (problem === "" && <Loading />) : (
        <div class="answer" aria-live={isLearning ? "off" : "polite"}>
          <Headline units={units} answer={answer} />
          {answer.outputs.length === 1 && units.labels.length === 0
            ? <Past answer={answer} question={question} />
            : <Bars bars={barsOf(units, answer)} />}
          {isLearning && <p class="muted">{t("data.learning")}</p>}
        </div>
      )}
    </Card>
  );
}

function Headline({ units, answer }: { units: Units; answer: Answer }) {
  const said = answer.answer;
  if (Array.isArray(said)) return null;
  const sure = answer.probabilities === null || typeof said !== "string" ? undefined : answer.probabilities[said];
  return (
    <p class="headline">
      {units.target !== "" && <span class="muted">{units.target} </span>}
      <b>{typeof said === "string" && units.labels.length > 0 ? said : figure(said as number)}</b>
      {sure !== undefined && <span class="muted"> {percent(toNumber(sure))}</span>}
    </p>
  );
}

interface Bar {
  name: string;
  value: number;
  /** From 0 to 1. */
  length: number;
  text: string;
  best: boolean;
}

function barsOf(units: Units, answer: Answer): Bar[] {
  const { probabilities, outputs } = answer;
  if (probabilities !== null) {
    return Object.entries(probabilities).map(([name, value]): Bar => {
      const share = toNumber(value);
      return { name, value: share, length: share, text: percent(share), best: name === answer.answer };
    });
  }
  const last = summary.value?.layers.at(-1)?.activation ?? "";
  const most = SHARES.includes(last) ? 1 : Math.max(1e-12, ...outputs.map(Math.abs).filter(Number.isFinite));
  const isChoice = outputs.length > 1 && (units.labels.length > 0 || last === "softmax");
  const largest = chosen(outputs);
  return outputs.map((value, index): Bar => ({
    name: units.labels[index] ?? String(index),
    value,
    length: Math.abs(value) / most,
    text: figure(value),
    best: isChoice && index === largest,
  }));
}

export function Bars({ bars }: { bars: readonly Bar[] }) {
  return (
    <>
      <ol class="bars">
        {bars.slice(0, MOST_BARS).map(({ name, value, length, text, best }) => (
          <li key={name} class={best ? "best" : ""}>
            <span class="bar-name clip" title={name}>{name}</span>
            <span class="bar-room" aria-hidden="true">
              <span class={`bar ${value < 0 ? "below" : ""}`} style={{ width: `${100 * Math.min(1, Math.max(0, length))}%` }} />
            </span>
            <span class="number">{text}</span>
          </li>
        ))}
      </ol>
      {bars.length > MOST_BARS && <p class="muted">… + {count(bars.length - MOST_BARS)}</p>}
    </>
  );
}

/** How a single number has changed since it was asked for. */
function Past({ answer, question }: { answer: Answer; question: string }) {
  const past = useSignal<{ question: string; values: number[]; step: number }>({ question: "", values: [], step: -1 });
  const value = answer.outputs[0] ?? NaN;
  useEffect(() => {
    const before = past.value.question === question ? past.value : { values: [], step: -1 };
    if (before.step === answer.step && before.values.length > 0) return;
    past.value = { question, values: [...before.values, value].slice(-KEPT), step: answer.step };
  }, [answer.step, question]);
  const { values } = past.value;
  if (still.value || values.length < 3) return null;
  return <Spark values={values} label={t("data.past", { from: figure(values[0] ?? NaN), to: figure(value) })} width={360} height={64} />;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.0995 && share < 0.9995 ? 1 : 2)} %`;
}
