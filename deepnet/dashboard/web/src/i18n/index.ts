// Texts in the language of whoever reads: t("overview.title"), t("common.age", { seconds: 3 }).

import { computed, effect, signal } from "@preact/signals";
import { remember, remembered } from "../state/memory.ts";
import { param } from "../state/view.ts";
import { en } from "./en/index.ts";

export type Language = "en" | "ja";
type Messages = typeof en;
export type Key = { [Part in keyof Messages]: `${Part & string}.${keyof Messages[Part] & string}` }[keyof Messages];

const STORED = "language";
type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;

const chosen = signal<string>(remembered(STORED) ?? (navigator.language.startsWith("ja") ? "ja" : "en"));
const wished = computed<Language>(() => ((param("lang") || chosen.value) === "ja" ? "ja" : "en"));
/** Japanese texts: null before somebody has wished for them. */
const japanese = signal<Texts | null>(null);

/** The language of what is shown. */
export const language = computed<Language>(() => (japanese.value === null ? "en" : wished.value));

/** Done when the language that was wished for is there. */
let arrival: Promise<void> | null = null;
effect(() => {
  if (wished.value === "ja" && japanese.peek() === null && arrival === null) {
    arrival = import("./ja/index.ts").then(
      (found) => {
        japanese.value = found.ja;
      },
      () => {
        arrival = null; // nobody answers: English it is, until somebody asks again
      },
    );
  }
});

/** Wait for the texts of the language that is wished for. */
export async function languageReady(): Promise<void> {
  await arrival;
}

export function chooseLanguage(name: Language): void {
  remember(STORED, name);
  chosen.value = name;
}

/** Return the text called *key*; {name} in it is replaced by what *values* say, {name:neuron|neurons} with the word for so many. */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return say(key, values) ?? key;
}

/** The same for a name that is made up of data, such as that of a kind of event; undefined where there is no such text. */
export function say(key: string, values: Readonly<Record<string, string | number>> = {}): string | undefined {
  const [part = "", name = ""] = key.split(".", 2);
  const texts: Texts = en;
  const text = (language.value === "ja" ? japanese.value : null)?.[part]?.[name] ?? texts[part]?.[name];
  const counted = text?.replace(/\{(\w+):(\w+)\|(\w+)\}/g, (_, each: string, one: string, many: string) =>
    `${values[each] ?? ""} ${String(values[each]) === "1" ? one : many}`);
  return counted?.replace(/\{(\w+)\}/g, (whole, each: string) => String(values[each] ?? whole));
}
