import type { neuron as en } from "../en/neuron.ts";

export const neuron: Record<keyof typeof en, string> = {
  title: "ニューロン",
};
