// Light or dark, and the colours that canvases need, for they do not read style sheets.

import { computed, effect, signal } from "@preact/signals";
import { remember, remembered } from "./memory.ts";
import { param } from "./view.ts";

export type Theme = "auto" | "light" | "dark";
const STORED = "theme";
const darkScreen = matchMedia("(prefers-color-scheme: dark)");
const screenIsDark = signal(darkScreen.matches);
darkScreen.addEventListener("change", (event) => (screenIsDark.value = event.matches));

export const chosenTheme = signal<Theme>((remembered(STORED) as Theme | null) ?? "auto");

export const isDark = computed(() => {
  const wished = param("theme") || chosenTheme.value;
  return wished === "dark" || (wished !== "light" && screenIsDark.value);
});

export function chooseTheme(theme: Theme): void {
  remember(STORED, theme);
  chosenTheme.value = theme;
}

effect(() => {
  document.documentElement.dataset["theme"] = isDark.value ? "dark" : "light";
});

const NAMES = ["bg", "surface", "text", "muted", "line", "accent", "positive", "negative", "zero", "ok", "warn", "bad"] as const;
export type Palette = Readonly<Record<(typeof NAMES)[number], string>>;

/** The colours of styles/tokens.css as they are now. */
export const palette = computed<Palette>(() => {
  void isDark.value;
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Palette;
});
