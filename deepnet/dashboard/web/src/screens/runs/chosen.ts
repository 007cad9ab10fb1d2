// Which run is looked at, and which are compared: both are in the address.

import type { Run } from "../../api/types.ts";
import { param, setParams } from "../../state/view.ts";

export const MOST_COMPARED = 6;

/** The run that is looked at, "" for none, and those whose curves are drawn; by default the newest, alone. */
export function chosenRuns(items: readonly Run[]): { shown: string; compared: string[] } {
  const named = param("run");
  const inAddress = param("runs").split(",").filter((id) => id !== "").slice(0, MOST_COMPARED);
  const shown = named || (inAddress[0] ?? items[0]?.id ?? "");
  const compared = inAddress.length > 0 ? inAddress : shown === "" ? [] : [shown];
  return { shown, compared };
}

export function compare(ids: readonly string[]): void {
  setParams({ runs: ids.slice(0, MOST_COMPARED).join(",") });
}

/** Look at a run; its curve is drawn, too: alone, unless several are compared. */
export function look(id: string, compared: readonly string[]): void {
  const several = compared.length > 1;
  const runs = !several ? "" : compared.includes(id) ? compared.join(",") : [...compared, id].slice(-MOST_COMPARED).join(",");
  setParams({ run: id, runs });
}
