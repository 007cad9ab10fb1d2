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
export type Tones = Pick<Palette, "background" | "plate" | "line" | "text" | "muted" | "accent">;

const LIGHT: Tones = {
  background: "#ffffff",
  plate: "#f4f5f7",
  line: "#d7dae0",
  text: "#1b1f27",
  muted: "#5f6673",
  accent: "#2456c7",
};

const DARK: Tones = {
  background: "#14171d",
  plate: "#1c2028",
  line: "#363c48",
  text: "#e8eaee",
  muted: "#9aa3b2",
  accent: "#86a9ff",
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
    positive: "#2166ac",
    negative: "#c8660a",
    forward: "#0b6e7d",
    backward: "#a3237f",
    died: "#b3152b",
    healed: "#12733d",
    diverging: ramp(["#7a3803", "#c8660a", "#f0a95a", "#f6f5f2", "#7db2dd", "#2166ac", "#0a3768"], nothing),
    sequential: ramp(["#f5f5ef", "#b9dfc0", "#5db8a9", "#2b8598", "#28557f", "#2b2060"], nothing),
  };
}

function onDark(tones: Tones): Palette {
  const nothing = "#4a4f5a";
  return {
    ...tones,
    dark: true,
    positive: "#5fa8e6",
    negative: "#f09a3e",
    forward: "#4fd6e0",
    backward: "#f58ad2",
    died: "#ff7b86",
    healed: "#62d991",
    diverging: ramp(["#ffd9a0", "#f09a3e", "#8a4d12", "#20242c", "#1d5d9c", "#5fa8e6", "#c4e4ff"], nothing),
    sequential: ramp(["#20232c", "#2e2f66", "#2b5d8c", "#2d9295", "#6bc890", "#f3f0a0"], nothing),
  };
}
