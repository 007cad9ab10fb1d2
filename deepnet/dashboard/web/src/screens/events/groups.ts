// Kinds of events, in groups that people choose by.

export const GROUPS = {
  healing: ["neuron_died", "neuron_restarted", "step_replayed", "child_restarted"],
  changes: ["intervened", "network_created", "network_deleted", "network_down", "dataset_added", "dataset_removed"],
  runs: ["run_started", "run_begun", "run_resumed", "run_ended", "kernels_compiling", "kernels_compiled"],
  checkpoints: ["checkpoint_saved", "checkpoint_failed"],
  health: ["health_changed", "neurons_dead", "events_left_out", "events_lost"],
  service: ["service_started", "service_stopped", "session_opened", "session_revoked", "ticket_issued", "login_failed"],
  epochs: ["epoch_ended"],
} as const;

export type Group = keyof typeof GROUPS;
export const GROUP_NAMES = Object.keys(GROUPS) as Group[];

/** All but the end of each epoch: there are too many of those. */
export const USUAL: readonly Group[] = GROUP_NAMES.filter((name) => name !== "epochs");

/** The groups that the address of the page names: "healing,runs"; the usual ones where it names none. */
export function groupsOf(text: string): readonly Group[] {
  const named = GROUP_NAMES.filter((name) => text.split(",").includes(name));
  return named.length === 0 ? USUAL : named;
}

/** What to write into the address for these groups; nothing for the usual ones. */
export function groupsText(groups: readonly Group[]): string {
  const ordered = GROUP_NAMES.filter((name) => groups.includes(name));
  return ordered.join() === USUAL.join() ? "" : ordered.join();
}

export function kindsOf(groups: readonly Group[]): string[] {
  return groups.flatMap((name) => [...GROUPS[name]]);
}

const BAD = ["neuron_died", "checkpoint_failed", "network_down", "login_failed", "events_lost", "neurons_dead"];
const GOOD = ["neuron_restarted", "step_replayed", "child_restarted", "checkpoint_saved"];

/** How a kind is coloured; its name says the same. */
export function toneOf(kind: string): "bad" | "ok" | "" {
  return BAD.includes(kind) ? "bad" : GOOD.includes(kind) ? "ok" : "";
}
