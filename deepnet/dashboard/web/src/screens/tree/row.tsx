// One row of the tree: who it is, how it restarts others, how often it has come back, and what waits for it.

import type { ComponentChildren } from "preact";
import { part, send } from "../../api/http.ts";
import { say, t } from "../../i18n/index.ts";
import { ConfirmButton } from "../../parts/button.tsx";
import { count, fleeting } from "../../parts/numbers.ts";
import { act, change, notify } from "../../state/actions.ts";
import { now } from "../../state/clock.ts";
import { mayAdminister, mayOperate } from "../../state/session.ts";
import { linkTo, still } from "../../state/view.ts";
import { LATELY_SECONDS, type Last } from "./lately.ts";
import type { Row } from "./rows.ts";

export function RowBody({ row, last, isCurrent }: { row: Row; last: Last | undefined; isCurrent: boolean }) {
  const { node } = row;
  const state = node.problem ? "is_down" : node.mailbox === null ? "is_away" : "is_up";
  if (row.more > 0) return <span class="tree-more">{t("tree.more", { count: count(row.more) })}</span>;
  return (
    <>
      <span class="tree-name">
        <span class="tree-twig" aria-hidden="true">{row.isOpen === undefined ? "" : row.isOpen ? "▾" : "▸"}</span>
        <span class={`tree-dot ${state}`} title={t(`tree.${state}`)} />
        <Name row={row} isCurrent={isCurrent} />
        <span class="tree-kind muted">{kindName(node.kind)}{row.isOpen === undefined || row.isOpen ? "" : ` · ${t("tree.below", { count: count(node.children.length) })}`}</span>
        <Lately last={last} />
      </span>
      <Cell name={t("tree.strategy")}>{node.strategy !== null && <span class="tag" title={say(`tree.strategy_${node.strategy}`) ?? ""}>{node.strategy}</span>}</Cell>
      <Cell name={t("tree.limit")}>{node.limit !== null && <Limit {...node.limit} />}</Cell>
      <Cell name={t("common.restarts")} number>{node.restarts > 0 ? <b>{count(node.restarts)}</b> : <span class="muted">0</span>}</Cell>
      <Cell name={t("common.mailbox")} number>{node.mailbox === null ? "–" : fleeting(count(node.mailbox))}</Cell>
      <span class="tree-kill"><Kill row={row} /></span>
      {node.problem && <span class="tree-problem">{node.problem}</span>}
    </>
  );
}

function Cell({ name, number = false, children }: { name: string; number?: boolean; children: ComponentChildren }) {
  return <span class={`tree-cell ${number ? "number" : ""}`} title={name}><span class="hidden">{name}: </span>{children}</span>;
}

function Name({ row, isCurrent }: { row: Row; isCurrent: boolean }) {
  const { node, network } = row;
  const href = node.kind === "neuron" ? linkTo("neuron", { net: network, at: node.name })
    : node.name.startsWith("network:") && row.level > 1 ? linkTo("tree", { net: network, of: "", at: "" }) : null;
  return href === null ? <b class="mono">{node.name}</b> : <a class="mono" href={href} tabIndex={isCurrent ? 0 : -1}>{node.name}</a>;
}

export function kindName(kind: string): string {
  return say(`tree.kind_${kind}`) ?? kind;
}

function Lately({ last }: { last: Last | undefined }) {
  if (last === undefined || still.value) return null;
  const seconds = Math.max(0, Math.round(now.value / 1000 - last.time));
  if (seconds > LATELY_SECONDS) return null;
  const isDead = last.kind === "neuron_died";
  return <span class={`tag ${isDead ? "bad" : "warn"} fresh`}>{t(isDead ? "tree.died_ago" : "tree.restarted_ago", { seconds })}</span>;
}

function Limit({ used, max_restarts, max_seconds }: { used: number; max_restarts: number; max_seconds: number }) {
  const share = max_restarts === 0 ? 1 : Math.min(1, used / max_restarts);
  const text = t("tree.limit_used", { used: count(used), most: count(max_restarts), seconds: count(max_seconds) });
  return (
    <span class="limit">
      <svg viewBox="0 0 40 6" width="40" height="6" aria-hidden="true" class={share > 0.5 ? "is-near" : ""}>
        <rect class="limit-all" width="40" height="6" rx="3" />
        <rect class="limit-used" width={40 * share} height="6" rx="3" />
      </svg>
      <span class="nowrap">{text}</span>
    </span>
  );
}

const PARTS = ["store", "event_log", "checkpointer", "http"];

/** What is asked of the service to kill this one; null if nobody can. */
function addressOf({ node, network, level }: Row): string | null {
  if (node.name === `network:${network}`) return level === 1 || node.problem == null ? "network" : null;
  if (["neuron", "layer", "trainer", "vault"].includes(node.kind)) return node.name;
  return null;
}

/** Who dies alone, and who takes others along, or what is sealed. */
function questionOf(kind: string, address: string | null) {
  if (address === "network") return "tree.kill_network_question" as const;
  if (kind === "vault") return "tree.kill_vault_question" as const;
  return kind === "trainer" ? "tree.kill_trainer_question" as const : "tree.kill_question" as const;
}

function Kill({ row }: { row: Row }) {
  const { node, network } = row;
  const isPart = network === "" && PARTS.includes(node.name);
  const address = network === "" ? null : addressOf(row);
  const may = isPart ? mayAdminister.value : address !== null && mayOperate.value;
  if (!may) return null;
  const kill = isPart
    ? async () => {
        const done = await act(() => send("POST", `/service/children/${part(node.name)}/kill`));
        if (done !== null) notify(t("tree.part_killed", { name: node.name }));
      }
    : () => change("POST", `/networks/${part(network)}/kill`, { address });
  return (
    <ConfirmButton
      kind="quiet"
      question={t(questionOf(node.kind, address), { name: node.name })}
      answer={t("common.kill")}
      title={t("tree.kill", { name: node.name })}
      onClick={kill}
    >
      <span class="kill-cross" aria-hidden="true">✕</span><span class="hidden">{t("tree.kill", { name: node.name })}</span>
    </ConfirmButton>
  );
}
