import type { State } from "../../api/types.ts";

/** Whether nothing learns, and nothing will by itself: no run, or one that has ended. */
export function isOver(state: State | undefined): boolean {
  return state === "idle" || state === "finished" || state === "stopped" || state === "failed";
}
