import type { Happening } from "../../api/types.ts";
import { say, t } from "../../i18n/index.ts";
import { count, timeOf } from "../../parts/numbers.ts";
import { briefly } from "../../state/kinds.ts";
import { linkTo } from "../../state/view.ts";
import { toneOf } from "./groups.ts";

/** Words for what an event's data say, where there is something to say. */
function wordsOf({ kind, data }: Happening): string {
  if (kind === "intervened") return `${String(data["kind"] ?? "")}: ${briefly(data["old"])} → ${briefly(data["new"])}`;
  if (typeof data["reason"] === "string" && data["reason"] !== "") return data["reason"];
  return Object.keys(data).length === 0 ? "" : briefly(data);
}

export function EventRow({ event, withNetwork }: { event: Happening; withNetwork: boolean }) {
  const { network, address, step, who } = event;
  const isNeuron = address !== null && address.includes("/") && network !== null;
  return (
    <li class="event">
      <time class="muted mono">{timeOf(event.time)}</time>
      <span class={`tag ${toneOf(event.kind)}`}>{say(`events.kind_${event.kind}`) ?? event.kind.replaceAll("_", " ")}</span>
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
