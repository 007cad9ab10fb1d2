// How far a network went back when its vault died, or all of it: what is sealed goes with them.

import { get } from "../../api/http.ts";
import type { Happening, Page } from "../../api/types.ts";
import { gaps, happenings } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";

export interface Back {
  /** "vault" or "network". */
  readonly who: string;
  readonly time: number;
  /** The step that was sealed when it died; null where nobody has said. */
  readonly from: number | null;
  /** The safe step that all began again from; null where that is not known. */
  readonly to: number | null;
}

/** So long it is told, in seconds. */
const TOLD_SECONDS = 600;
const SAFE = ["checkpoint_saved", "intervened", "run_started", "run_resumed", "run_ended"];
/** Changes that leave what is learnt as it is: nothing is made safe by them. */
const QUIET = ["pause", "resume", "step", "stop", "kill"];

/** The last time that *network* went back, if that was lately. */
export function useBack(network: string): Back | null {
  const past = useResource(network === "" ? null : `${network} ${gaps.value}`, async () => {
    const deaths = await Promise.all(["vault", "network"].map((address) =>
      get<Page<Happening>>("/events", { network, address, kind: "neuron_died", order: "desc", limit: 1 })));
    return deaths.flatMap((page) => page.items);
  });
  const came = happenings.value.filter((each) => each.kind === "neuron_died" && (each.address === "vault" || each.address === "network"));
  const known = [...(past.data.value ?? []), ...came].filter((each) => each.time > Date.now() / 1000 - TOLD_SECONDS);
  const death = known.reduce<Happening | null>((last, each) => (last === null || each.id > last.id ? each : last), null);
  const before = useResource(death === null ? null : `${network} ${death.id}`, () =>
    get<Page<Happening>>("/events", { network, kind: SAFE, order: "desc", after: String(death?.id ?? 0), limit: 200 }));
  const told = before.data.value;
  return death === null || told === null ? null : backOf(death, told.items);
}

/** *earlier* are events before the *death*, newest first. */
export function backOf(death: Happening, earlier: readonly Happening[]): Back {
  const next = death.step ?? 0;
  const who = death.address ?? "";
  const of = { who, time: death.time };
  if (who === "network") {
    // All of it is up again when its death is told: that tells the step after the safe one.
    const kill = earlier.find((each) => each.kind === "intervened" && each.data["kind"] === "kill" && each.address === "network");
    const asked = kill !== undefined && death.time - kill.time < 30 ? kill.step : null;
    return { ...of, from: asked, to: next - 1 };
  }
  return { ...of, from: next - 1, to: safeStep(earlier, next - 1) };
}

/** The newest step that was made safe, by a checkpoint or by a change, no later than *sealed*. */
function safeStep(earlier: readonly Happening[], sealed: number): number | null {
  let newest: number | null = null;
  for (const { kind, step, data } of earlier) {
    if (kind === "run_ended") return newest ?? sealed; // what a run has left is safe, and nothing has learnt since
    if (kind === "run_started") return newest ?? 0;
    // From here on the run has been put elsewhere: what was safe before is not what it began with.
    if (kind === "intervened" && data["kind"] === "rewind") return newest;
    const isSafe = kind === "checkpoint_saved" || (kind === "intervened" && !QUIET.includes(String(data["kind"])));
    if (isSafe && step !== null && step <= sealed) newest = Math.max(newest ?? 0, step);
  }
  return newest;
}
