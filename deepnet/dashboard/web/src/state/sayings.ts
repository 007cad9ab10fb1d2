// What somebody has done, in a short sentence: of an answer of the service, or of an event.

import { type Key, t } from "../i18n/index.ts";
import { briefly } from "./kinds.ts";
import { word } from "./words.ts";

interface Done {
  readonly kind: string;
  readonly address: string | null;
  readonly step: number | null;
  readonly old: unknown;
  readonly new: unknown;
}

const STEERED: Readonly<Record<string, Key>> = {
  pause: "common.did_pause",
  resume: "common.did_resume",
  stop: "common.did_stop",
  rewind: "common.did_rewind",
};

/** "Paused after step 12", "dense_0/1: bias 0.3 → 0.5". */
export function saying(done: Done): string {
  const step = String(done.step ?? "–");
  const who = done.address ?? "";
  if (done.kind === "resume" && done.step === 0) return t("common.did_start");
  const steered = STEERED[done.kind];
  if (steered !== undefined) return t(steered, { step });
  if (done.kind === "step") return t(done.old === done.new ? "common.did_message" : "common.did_step", { step: briefly(done.new) });
  if (done.kind === "kill") return t(done.new === "killed" ? "common.did_kill" : "common.did_kill_late", { who });
  const what = edits(done);
  const edited = who === "run" || who === "network" || who === "" ? what : `${who}: ${what}`;
  if (done.kind === "undo") return t("common.did_undo", { what: edited });
  return done.kind === "set" ? edited : `${word(done.kind)}: ${edited}`;
}

/** "learning rate 0.05 → 0.1, pace 30 → 20" */
function edits({ old, new: now }: Done): string {
  if (!isObject(old) || !isObject(now)) return `${shown(old)} → ${shown(now)}`;
  return Object.entries(now).map(([name, value]) => `${word(name)} ${shown(old[name])} → ${shown(value)}`).join(", ");
}

function shown(value: unknown): string {
  return typeof value === "boolean" ? t(value ? "common.yes" : "common.no") : briefly(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
