// Events: what has happened, to whom, and who did it.

import { useSignal } from "@preact/signals";
import { saveText } from "../../api/http.ts";
import type { Happening } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { Empty, Loading, ProblemBox } from "../../parts/states.tsx";
import { act } from "../../state/actions.ts";
import { tell } from "../../state/kinds.ts";
import { current, summary } from "../../state/network.ts";
import { param, setParams } from "../../state/view.ts";
import { type Filter, pageOf, useEvents } from "./follow.ts";
import { GROUP_NAMES, type Group, groupsOf, groupsText, kindsOf } from "./groups.ts";
import { EventRow, nameOf } from "./row.tsx";

const MOST_EXPORTED = 20_000;

export function EventsScreen() {
  const held = useSignal(false);
  const groups = groupsOf(param("kinds"));
  const network = param("scope") === "all" ? "" : current.value;
  const filter: Filter = { network, run: param("run"), address: param("at"), kinds: kindsOf(groups) };
  const events = useEvents(filter, held.value);
  const text = param("text").toLowerCase();
  const found = events.shown.value.filter((event) => text === "" || `${nameOf(event)} ${tell(event)} ${event.who ?? ""}`.toLowerCase().includes(text));
  return (
    <Card
      title={t("events.list")}
      aside={
        <>
          {events.waiting.value > 0 && <span class="tag" role="status">{t("events.waiting", { count: events.waiting.value })}</span>}
          <Button pressed={held.value} onClick={() => (held.value = !held.value)}>{t("events.hold")}</Button>
          <Button onClick={() => exportAll(filter)}>{t("events.export")}</Button>
        </>
      }
    >
      <Filters groups={groups} />
      {events.problem.value !== "" && <ProblemBox detail={events.problem.value} retry={events.reload} />}
      {events.loading.value && found.length === 0 ? <Loading /> : found.length === 0 ? (
        <Empty title={t("events.none")}><p class="muted">{t("events.none_help")}</p></Empty>
      ) : (
        <ol class="events" aria-label={t("events.list")}>
          {found.map((event) => <EventRow key={event.id} event={event} withNetwork={network === ""} />)}
        </ol>
      )}
      <div class="row">
        {events.hasMore.value && <Button onClick={events.more}>{t("events.more")}</Button>}
        <Command>{commandOf(filter, groups)}</Command>
      </div>
    </Card>
  );
}

function Filters({ groups }: { groups: readonly Group[] }) {
  const toggle = (group: Group) => {
    const next = groups.includes(group) ? groups.filter((each) => each !== group) : [...groups, group];
    setParams({ kinds: groupsText(next) });
  };
  return (
    <div class="event-filters">
      <div class="row" role="group" aria-label={t("events.kinds")}>
        {GROUP_NAMES.map((group) => (
          <Button key={group} pressed={groups.includes(group)} onClick={() => toggle(group)}>{t(`events.group_${group}`)}</Button>
        ))}
      </div>
      <div class="row">
        <label class="field">
          <span>{t("events.scope")}</span>
          <select value={param("scope")} onChange={(event) => setParams({ scope: event.currentTarget.value })}>
            <option value="">{current.value || t("common.no_network")}</option>
            <option value="all">{t("events.scope_all")}</option>
          </select>
        </label>
        <label class="field">
          <span>{t("common.address")}</span>
          <input
            value={param("at")}
            placeholder="dense_0/3"
            onChange={(event) => setParams({ at: event.currentTarget.value.trim() })}
          />
        </label>
        <label class="field">
          <span>{t("events.run")}</span>
          <input
            value={param("run")}
            placeholder={summary.value?.run ?? "cars-1"}
            onChange={(event) => setParams({ run: event.currentTarget.value.trim() })}
          />
        </label>
        <label class="field">
          <span>{t("events.text")}</span>
          <input type="search" value={param("text")} onInput={(event) => setParams({ text: event.currentTarget.value })} />
        </label>
      </div>
    </div>
  );
}

/** Save all that the filter lets through, a JSON object a line, oldest first. */
async function exportAll(filter: Filter): Promise<void> {
  const all: Happening[] = [];
  let after: string | null = null;
  do {
    const page = await act(() => pageOf(filter, after, 1000));
    if (page === null) return;
    all.push(...page.items);
    after = page.next;
  } while (after !== null && all.length < MOST_EXPORTED);
  const lines = all.reverse().map((event) => `${JSON.stringify(event)}\n`);
  saveText(`${filter.network || "deepnet"}-events.jsonl`, lines.join(""), "application/jsonl");
}

function commandOf({ network, run, address, kinds }: Filter, groups: readonly Group[]): string {
  const target = [network, address].filter((each) => each !== "").join("/");
  const chosen = groupsText(groups) === "" ? "" : ` --kind ${kinds.join(" --kind ")}`;
  const ofRun = run === "" ? "" : ` --run ${run}`;
  return `deepnet events ${target} -f${ofRun}${chosen}`.replace("  ", " ");
}
