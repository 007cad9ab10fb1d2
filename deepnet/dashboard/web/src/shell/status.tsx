// The line that is on every screen: which network, how it is, how old what is shown is, and what whoever looks may do.

import { heardAt, link } from "../api/live.ts";
import { type Key, t } from "../i18n/index.ts";
import { count, figure } from "../parts/numbers.ts";
import { now } from "../state/clock.ts";
import { current, happenings, isBare, isMissing, networks, summary, summaryProblem } from "../state/network.ts";
import { role } from "../state/session.ts";
import { go, setParams, still, view } from "../state/view.ts";
import { Steering } from "./steering.tsx";

const STALE_SECONDS = 2.5;
const HEALED = ["neuron_restarted", "step_replayed"];

export function Status() {
  const shown = summary.value;
  return (
    <div class="status" role="group" aria-label={t("common.state")}>
      <NetworkChoice />
      {shown !== null && (
        <>
          <StateBadge />
          <Steering />
          <div class="status-items">
            <Item name={t("common.epoch")} value={count(shown.epoch)} />
            <Item name={t("common.loss")} value={figure(shown.loss)} />
            <Item name={t("common.restarts")} value={count(shown.restarts)} />
            <Item name={t("common.rate")} value={figure(shown.learning_rate)} />
            <Item name={t("common.neurons")} value={count(shown.neurons)} />
          </div>
        </>
      )}
      {isMissing.value ? (
        <span class="badge state-down">{t("common.not_there")}</span>
      ) : (
        shown === null && summaryProblem.value !== "" && <span class="muted clip" title={summaryProblem.value}>{summaryProblem.value}</span>
      )}
    </div>
  );
}

/** How old what is shown is, and what whoever looks may do. */
export function Badges() {
  return (
    <div class="badges">
      <LinkBadge />
      <span class={`badge role-${role.value}`} title={role.value === "viewer" ? t("common.viewer_help") : ""}>
        {t(`common.${role.value}`)}
      </span>
    </div>
  );
}

/** Those that do not fit into the line are not shown: the overview has them all. */
function Item({ name, value }: { name: string; value: string }) {
  return <span class="status-item"><span class="muted">{name}</span> <b>{value}</b></span>;
}

/** "healing" from when somebody died until the step is played again. */
export function isHealing(): boolean {
  const last = happenings.value.findLast(({ kind }) => kind === "neuron_died" || HEALED.includes(kind));
  return last?.kind === "neuron_died" && now.value / 1000 - last.time < 10;
}

export function StateBadge() {
  const state = isHealing() ? "healing" : (summary.value?.state ?? "unknown");
  const names: Record<string, Key> = { healing: "common.healing" };
  return <span class={`badge state-${state}`}>{t(names[state] ?? (`common.${state}` as Key))}</span>;
}

function NetworkChoice() {
  const all = networks.value ?? [];
  const name = current.value;
  if (networks.value === null || isBare.value) return <span class="muted">{t(isBare.value ? "common.no_network" : "common.loading")}</span>;
  const known = all.some((one) => one.name === name) ? all.map((one) => one.name) : [name, ...all.map((one) => one.name)];
  return (
    <label class="choice">
      <span class="hidden">{t("common.choose_network")}</span>
      <select
        value={name}
        onChange={(event) => {
          const net = event.currentTarget.value;
          if (view.value.screen === "neuron") go("network", { net });
          else setParams({ net, at: "" });
        }}
      >
        {known.map((each) => <option key={each} value={each}>{each}</option>)}
      </select>
    </label>
  );
}

/** live, stale 3 s, reconnecting. */
function LinkBadge() {
  void now.value; // ages by itself
  const age = still.value ? 0 : (performance.now() - heardAt.value) / 1000;
  const state = link.value === "live" && age > STALE_SECONDS ? "stale" : link.value;
  return (
    <span class={`badge link-${state}`} role="status">
      {t(`common.${state}`)}
      {/* Not for screen readers, to whom it would be read out every second. */}
      {state === "stale" && <span aria-hidden="true">{t("common.stale_for", { seconds: Math.round(age) })}</span>}
    </span>
  );
}
