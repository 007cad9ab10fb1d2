import type { Happening } from "../../api/types.ts";
import { say, t } from "../../i18n/index.ts";
import { count, timeOf } from "../../parts/numbers.ts";
import { briefly } from "../../state/kinds.ts";
import { linkTo } from "../../state/view.ts";
import { toneOf } from "./groups.ts";

/** Changes of which the name says all. */
const SAID_BY_NAME = ["pause", "resume", "stop", "kill"];

/** What kind of event it is; of a change, what kind of change. */
export function nameOf({ kind, data }: Happening): string {
  const change = String(data["kind"] ?? "");
  if (kind === "intervened" && change !== "") return say(changeKey(change, data)) ?? change.replaceAll("_", " ");
  return say(`events.kind_${kind}`) ?? kind.replaceAll("_", " ");
}

/** A setting is called by what is set, where it is one thing only. */
function changeKey(change: string, { new: wanted }: Happening["data"]): string {
  const names = change === "set" && typeof wanted === "object" && wanted !== null ? Object.keys(wanted) : [];
  const name = names.length === 1 ? `events.change_set_${names[0]}` : "";
  return name !== "" && say(name) !== undefined ? name : `events.change_${change}`;
}

/** Words for what an event's data say, where there is something to say. */
function wordsOf({ kind, data }: Happening): string {
  if (kind === "intervened") return SAID_BY_NAME.includes(String(data["kind"])) ? "" : `${briefly(data["old"])} → ${briefly(data["new"])}`;
  if (typeof data["restarts"] === "number") return t("events.nth_restart", { number: count(data["restarts"]) });
  if (typeof data["reason"] === "string" && data["reason"] !== "") return data["reason"];
  return Object.keys(data).length === 0 ? "" : briefly(data);
}

export function EventRow({ event, withNetwork }: { event: Happening; withNetwork: boolean }) {
  const { network, address, step, who } = event;
  const isNeuron = address !== null && address.includes("/") && network !== null;
  return (
    <li class="event">
      <time class="muted mono">{timeOf(event.time)}</time>
      <span class={`tag ${toneOf(event.kind)}`}>{nameOf(event)}</span>
      <span class="event-what">
        {withNetwork && network !== null && <a href={linkTo("overview", { net: network })}>{network}</a>}{" "}
        {address !== null && (isNeuron ? <a href={linkTo("neuron", { net: network, at: address, event: String(event.id) })}>{address}</a> : <b>{address}</b>)}{" "}
        <span>{wordsOf(event)}</span>{" "}
        {step !== null && <span class="muted">{t("events.at_step", { step: count(step) })}</span>}{" "}
        {who !== null && <span class="muted">{t("events.by", { who })}</span>}
      </span>
    </li>
  );
}
