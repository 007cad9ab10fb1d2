// What has become of it so far: deaths, returns, and changes by whom.

import type { Happening } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Card } from "../../parts/card.tsx";
import { count, timeOf } from "../../parts/numbers.ts";
import { tell } from "../../state/kinds.ts";
import { linkTo, setParams } from "../../state/view.ts";
import { dated } from "./dating.ts";
import type { Story } from "./story.ts";

const SHOWN = 14;

interface PastProps {
  address: string;
  events: readonly Happening[];
  stories: readonly Story[];
  /** Of deaths that were before this event it is not known whether a step was played again for them. */
  since: number;
}

export function Past({ address, events, stories, since }: PastProps) {
  const shown = events.slice(-SHOWN).reverse();
  return (
    <Card title={t("neuron.past")} aside={<a href={linkTo("events", { at: address })}>{t("common.events")}</a>}>
      {shown.length === 0 ? <p class="muted">{t("neuron.no_past")}</p> : (
        <ol class="past">
          {shown.map((event) => (
            <li key={event.id} class={event.kind === "neuron_died" ? "is-death" : ""}>
              <time class="muted mono">{timeOf(event.time)}</time>
              <span>
                {event.kind === "neuron_died" ? (
                  <button type="button" class="plain-link" onClick={() => setParams({ event: String(event.id) })}>{tell(event)}</button>
                ) : tell(event)}
                {event.step !== null && <span class="muted"> · {whenOf(event, stories.find((each) => each.id === event.id && each.id >= since))}</span>}
                {event.who !== null && <span class="muted" title={event.who}> · {event.who.split("@")[0]}</span>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

/** A death is dated by its story: whether the step was under way, or between two. */
function whenOf(event: Happening, story: Story | undefined): string {
  return story === undefined ? t("neuron.of_step", { step: count(event.step) }) : dated(story);
}
