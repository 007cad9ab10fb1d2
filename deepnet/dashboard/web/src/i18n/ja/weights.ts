import type { weights as en } from "../en/weights.ts";

export const weights: Record<keyof typeof en, string> = {
  title: "重み",
};
