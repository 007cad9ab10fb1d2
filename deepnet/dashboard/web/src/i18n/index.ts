// Texts in the language of whoever reads: t("overview.title"), t("common.age", { seconds: 3 }).

import { computed, signal } from "@preact/signals";
import { param } from "../state/view.ts";
import { en } from "./en/index.ts";
import { ja } from "./ja/index.ts";

export type Language = "en" | "ja";
type Messages = typeof en;
export type Key = { [Part in keyof Messages]: `${Part & string}.${keyof Messages[Part] & string}` }[keyof Messages];

const STORED = "deepnet.language";
const LANGUAGES: Record<Language, Record<string, Record<string, string>>> = { en, ja };
const chosen = signal<string>(localStorage.getItem(STORED) ?? (navigator.language.startsWith("ja") ? "ja" : "en"));

export const language = computed<Language>(() => ((param("lang") || chosen.value) === "ja" ? "ja" : "en"));

export function chooseLanguage(wished: Language): void {
  localStorage.setItem(STORED, wished);
  chosen.value = wished;
}

/** Return the text called *key*; {name} in it is replaced by what *values* say. */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return say(key, values) ?? key;
}

/** The same for a name that is made up of data, such as that of a kind of event; undefined where there is no such text. */
export function say(key: string, values: Readonly<Record<string, string | number>> = {}): string | undefined {
  const [part = "", name = ""] = key.split(".", 2);
  const text = LANGUAGES[language.value][part]?.[name] ?? LANGUAGES.en[part]?.[name];
  return text?.replace(/\{(\w+)\}/g, (whole, each: string) => String(values[each] ?? whole));
}
