// What neurons can be coloured by, and how far each scale goes.

import type { Model } from "../../draw/model.ts";
import { CalmMost, robustMost, type Kind, type Scale } from "../../draw/scale.ts";
import type { Figures } from "../../draw/scene.ts";
import type { Key } from "../../i18n/index.ts";

export const LOOKS = ["output", "bias", "delta", "gradient", "restarts", "age"] as const;
export type Look = (typeof LOOKS)[number];

interface About {
  readonly kind: Kind;
  readonly name: Key;
  readonly help: Key;
  /** As it stands at the scale; "" for plain numbers. */
  readonly unit: string;
}

export const ABOUT: Readonly<Record<Look, About>> = {
  output: { kind: "diverging", name: "network.by_output", help: "network.help_output", unit: "" },
  bias: { kind: "diverging", name: "network.by_bias", help: "network.help_bias", unit: "" },
  delta: { kind: "diverging", name: "network.by_delta", help: "network.help_delta", unit: "∂L/∂z" },
  gradient: { kind: "sequential", name: "network.by_gradient", help: "network.help_gradient", unit: "‖∂L/∂w‖" },
  restarts: { kind: "sequential", name: "network.by_restarts", help: "network.help_restarts", unit: "×" },
  age: { kind: "logarithmic", name: "network.by_age", help: "network.help_age", unit: "s" },
};

/** Those that neurons do not tell themselves: they are counted by whoever supervises them. */
export const SUPERVISED: readonly Look[] = ["restarts", "age"];

/** Activations that never leave -1 to 1: then so does the scale. */
const BOUNDED = ["sigmoid", "hard_sigmoid", "tanh", "hard_tanh", "softmax", "softsign", "step"];

export function isLook(name: string): name is Look {
  return (LOOKS as readonly string[]).includes(name);
}

/** The ends of all scales, which follow the numbers calmly. */
export class Scales {
  private readonly calm = new Map<Look, CalmMost>();

  scaleOf(look: Look, model: Model, figures: Figures): Scale {
    const { kind } = ABOUT[look];
    if (look === "output" && model.layers.every(({ activation }) => BOUNDED.includes(activation)))
      return { kind, most: 1 };
    const known = figures.filter((part) => part !== undefined);
    if (look === "restarts" || look === "age") return { kind, most: Math.max(4, greatest(known)) };
    let most = this.calm.get(look);
    if (most === undefined) this.calm.set(look, (most = new CalmMost()));
    return { kind, most: most.follow(robustMost(known)) };
  }

  forget(): void {
    this.calm.clear();
  }
}

function greatest(parts: readonly Float32Array[]): number {
  let most = 0;
  for (const part of parts) for (const value of part) if (value > most) most = value;
  return most;
}
