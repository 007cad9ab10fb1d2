// The colours of the picture. Told apart by all who see colours differently: blue and orange, light and dark.

import { ramp, type Ramp } from "./colours.ts";

export interface Palette {
  readonly dark: boolean;
  readonly background: string;
  readonly plate: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly accent: string;
  /** Of weights. */
  readonly positive: string;
  readonly negative: string;
  /** Of messages on their way. */
  readonly forward: string;
  readonly backward: string;
  readonly died: string;
  readonly healed: string;
  readonly diverging: Ramp;
  readonly sequential: Ramp;
}

/** The part of a palette that goes with the rest of the page. */
export type Tones = Pick<
  Palette,
  "background" | "plate" | "line" | "text" | "muted" | "accent" | "positive" | "negative"
>;

const LIGHT: Tones = {
  background: "#ffffff",
  plate: "#f4f5f7",
  line: "#d7dae0",
  text: "#1b1f27",
  muted: "#5f6673",
  accent: "#1a5fb4",
  positive: "#c4500c",
  negative: "#1a5fb4",
};

const DARK: Tones = {
  background: "#14171d",
  plate: "#1c2028",
  line: "#363c48",
  text: "#e8eaee",
  muted: "#9aa3b2",
  accent: "#7ab4ff",
  positive: "#ff9f5a",
  negative: "#7ab4ff",
};

/** Return the palette for a light or a dark page; *tones* are those of the page where they are other ones. */
export function makePalette(dark: boolean, tones: Partial<Tones> = {}): Palette {
  return dark ? onDark({ ...DARK, ...tones }) : onLight({ ...LIGHT, ...tones });
}

function onLight(tones: Tones): Palette {
  const nothing = "#c9ccd3";
  return {
    ...tones,
    dark: false,
    forward: "#0b6e7d",
    backward: "#a3237f",
    died: "#b3152b",
    healed: "#12733d",
    diverging: ramp(["#0a3768", "#1f64ad", "#7db2dd", "#f6f5f2", "#f2ab62", "#c4580c", "#742f02"], nothing),
    sequential: ramp(["#f5f5ef", "#b9dfc0", "#5db8a9", "#2b8598", "#28557f", "#2b2060"], nothing),
  };
}

function onDark(tones: Tones): Palette {
  const nothing = "#4a4f5a";
  return {
    ...tones,
    dark: true,
    forward: "#4fd6e0",
    backward: "#f58ad2",
    died: "#ff7b86",
    healed: "#62d991",
    diverging: ramp(["#c8e3ff", "#6aaef0", "#1f5c9e", "#232832", "#8f4a12", "#f5943f", "#ffdcb0"], nothing),
    sequential: ramp(["#20232c", "#2e2f66", "#2b5d8c", "#2d9295", "#6bc890", "#f3f0a0"], nothing),
  };
}
