// What a neuron did at a step, term by term.

import type { Activity, Neuron } from "../../api/types.ts";
import { toNumber } from "../../parts/numbers.ts";

export interface Term {
  /** Which input. */
  readonly index: number;
  readonly weight: number;
  /** NaN where nobody has watched a step. */
  readonly input: number;
  readonly product: number;
  /** dLoss/dweight, over all rows of the step. */
  readonly gradient: number;
  /** The weight that the step has left. */
  readonly after: number;
}

export interface Sums {
  readonly terms: readonly Term[];
  readonly bias: Term;
  readonly rows: number;
  readonly sum: number;
  readonly output: number;
  readonly delta: number;
}

/** Take *neuron* and its step apart; of several rows the last one is told. */
export function sumsOf(neuron: Neuron, activity: Activity | undefined): Sums {
  const size = neuron.weights.length;
  if (activity === undefined) {
    const still = (index: number, value: unknown): Term => {
      const weight = toNumber(value as number);
      return { index, weight, input: NaN, product: NaN, gradient: NaN, after: weight };
    };
    const terms = neuron.weights.map((weight, index) => still(index, weight));
    return { terms, bias: still(size, neuron.bias), rows: 0, sum: NaN, output: NaN, delta: NaN };
  }
  const rows = activity.sum.length;
  const term = (index: number): Term => {
    const weight = toNumber(activity.row[index]);
    const input = index === size ? 1 : toNumber(activity.inputs[rows - 1]?.[index]);
    const [gradient, after] = [toNumber(activity.gradient[index]), toNumber(activity.numbers[0]?.[index])];
    return { index, weight, input, product: weight * input, gradient, after };
  };
  return {
    terms: Array.from({ length: size }, (_, index) => term(index)),
    bias: term(size),
    rows,
    sum: toNumber(activity.sum.at(-1)),
    output: toNumber(activity.output.at(-1)),
    delta: toNumber(activity.delta.at(-1)),
  };
}

/** The terms that say most, in their own order, and how many are left out. */
export function largest(terms: readonly Term[], most: number): { shown: readonly Term[]; more: number } {
  if (terms.length <= most) return { shown: terms, more: 0 };
  const size = (term: Term) => Math.abs(Number.isNaN(term.product) ? term.weight : term.product) || 0;
  const kept = [...terms].sort((a, b) => size(b) - size(a)).slice(0, most).sort((a, b) => a.index - b.index);
  return { shown: kept, more: terms.length - most };
}
