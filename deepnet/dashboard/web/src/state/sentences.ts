// Sentences of the service in the language of whoever reads: the common ones by their pattern, others as they were said.

import { language, say } from "../i18n/index.ts";
import { word } from "./words.ts";

const FIGURE = "(?<figure>[a-z][a-z0-9_]*)";
const NUMBER = "-?[\\d.]+(?:e[+-]?\\d+)?|-?inf|nan";
const ROWS = "(?:all (?<rows>\\d+) rows|the only row)";
const SUMS = `(?<sums>(?:between )?(?:${NUMBER})(?: and (?:${NUMBER}))?)`;

/** The texts are in i18n/ja/sentences.ts under the same names; what stands in {figure}, {rest} and so on is found here. */
const PATTERNS: Record<string, RegExp> = {
  epochs: /^(?<n>\d+) epochs?$/,
  steps: /^(?<n>\d+) steps?$/,
  seconds: /^(?<n>[\d.e+]+) seconds$/,
  below: new RegExp(`^${FIGURE} (?<n>${NUMBER}) is below (?<limit>${NUMBER})$`),
  above: new RegExp(`^${FIGURE} (?<n>${NUMBER}) is above (?<limit>${NUMBER})$`),
  no_better: new RegExp(`^${FIGURE} has not got better for (?<n>\\d+) epochs: best (?<best>${NUMBER}) in epoch (?<epoch>\\d+)$`),
  no_number: new RegExp(`^${FIGURE} was no number in any of (?<n>\\d+) epochs$`),
  plateau: new RegExp(`^${FIGURE} has stayed within (?<limit>${NUMBER}) for (?<n>\\d+) epochs$`),
  stopped: /^(?:it was )?stopped$/,
  network_stopped: /^the network was stopped$/,
  diverged: new RegExp(`^the loss became (?<n>${NUMBER}) at step (?<step>\\d+): (?<rest>.+); the weights of step (?<kept>\\d+) are kept$`),
  diverged_weight: /^a weight became infinite at step (?<step>\d+): (?<rest>.+); the weights of step (?<kept>\d+) are kept$/,
  lower_rate: /^try a lower learning rate$/,
  faults: /^faults are injected into its neurons, undo them; or try a lower learning rate$/,
  too_many_deaths: /^the network's supervisor gave up \((?<why>.+)\): its actors died faster than its restart limit allows$/,
  no_network: /^there is no network '(?<name>[^']*)'(?:: there (?:is|are) (?<names>.+))?$/,
  no_run: /^there is no run '(?<name>[^']*)'.*$/,
  no_answer: /^the service does not answer: is it still running\?$/,
  coming_up: /^(?<name>\S+) is not up: it is coming up$/,
  gradient: /^its gradient is not finite$/,
  large_gradient: new RegExp(`^the norm of its gradient is (?<n>${NUMBER}): beyond .*$`),
  large_update: new RegExp(`^its next update, of norm (?<n>${NUMBER}), is (?<times>${NUMBER}) times its weights and bias, of norm (?<norm>${NUMBER})$`),
  bias: new RegExp(`^its bias is (?<n>${NUMBER})$`),
  weights: /^(?<n>\d+) of its (?<all>\d+) weights? (?:is|are) not finite$/,
  sum: /^its weighted sum is not finite for (?<n>\d+) of (?<all>\d+) rows?$/,
  dead_relu: new RegExp(`^its weighted sum is (?<where>below 0|0 or below) for ${ROWS}, at most (?<most>${NUMBER}): (?<activation>\\w+) (?<rest>.+)$`),
  no_error_through: /^gives 0 and lets no error through$/,
  never_fires: /^never fires$/,
  dead_flat: new RegExp(`^its weighted sum is ${SUMS} for ${ROWS}, where (?<activation>\\w+) is flat and lets no error through$`),
  saturated: new RegExp(
    `^its output is within (?<near>${NUMBER}) of (?<bounds>.+) of (?<all>\\d+) rows?, where the slope of (?<activation>\\w+) is (?<slope>${NUMBER}) at most$`,
  ),
  stuck: new RegExp(`^its output is (?<n>${NUMBER}) for ${ROWS}: (?<rest>.+)$`),
  stuck_weights: /^all its weights are 0$/,
  stuck_inputs: /^none of its inputs varies$/,
  stuck_level: new RegExp(`^its weighted sum is ${SUMS}, where (?<activation>\\w+) is level$`),
  stuck_sum: /^what its inputs vary by does not change its weighted sum$/,
  leak_order: /^(?<target>.+) always (?<way>rises|falls) when (?<feature>.+) rises, so one can be read off the other$/,
  leak_values: /^each of the (?<n>\d+) values of (?<feature>.+) has (?:a range of (?<target>.+) to itself|one (?<one>.+) only)$/,
  leak_ranges: /^each (?<target>.+) has a range of (?<feature>.+) to itself$/,
  leak_alone: new RegExp(`^(?<feature>.+) alone tells whether (?<target>.+) is (?<low>${NUMBER}) or less, or (?<high>${NUMBER}) or more$`),
  target_constant: /^(?:\S+: )?(?:the target )?(?<target>.+?) is (?<n>.+) in every (?:training )?row$/,
  target_classes: /^(?:\S+: )?the target (?<target>.+) has (?<n>\d+) classes, \d+ is the most$/,
  target_thin: /^(?:\S+: )?the target (?<target>.+) has (?<n>\d+) classes in (?<rows>\d+) rows, .*$/,
  no_feature: /^(?:\S+: )?no feature is left to predict (?<target>.+) from$/,
};

/** What *text*, a sentence of the service, says; in English as it is, without advice that only a terminal takes. */
export function reasonText(text: string): string {
  const plain = withoutOptions(text);
  return language.value === "en" ? plain : (translated(plain) ?? translated(beforeAdvice(plain)) ?? plain);
}

function translated(text: string): string | undefined {
  for (const [name, pattern] of Object.entries(PATTERNS)) {
    const found = pattern.exec(text);
    if (found !== null) return say(`sentences.${name}`, valuesOf(found.groups ?? {}));
  }
  return undefined;
}

function valuesOf(groups: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value = ""] of Object.entries(groups)) {
    values[name] = name === "rest" ? reasonText(value) : name === "figure" ? figureName(value)
      : (say(`sentences.${name}_${value.replaceAll(" ", "_")}`) ?? value);
  }
  values["sums"] = (values["sums"] ?? "").replace(/^between (.+) and (.+)$/, "$1〜$2");
  values["bounds"] = (values["bounds"] ?? "").replaceAll(/(\S+) for (\d+)(?: and of )?/g, "$1（$2 行）");
  values["rows"] ||= "1";
  values["target"] ||= values["one"] ?? "";
  return values;
}

function figureName(name: string): string {
  return name.startsWith("validation_") ? `${say("overview.validation") ?? ""} ${word(name.slice("validation_".length))}` : word(name);
}

/** "...: leave it out with --ignore name" is of use in a terminal only. */
function withoutOptions(text: string): string {
  return text.includes(" --") ? beforeAdvice(text) : text;
}

function beforeAdvice(text: string): string {
  const end = text.lastIndexOf(": ");
  return end < 0 ? text : text.slice(0, end);
}
