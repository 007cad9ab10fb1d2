// Supervision: who watches over whom, how near anybody is to giving up, and who has just come back.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { TreeNode } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { count, timeOf } from "../../parts/numbers.ts";
import { Empty, Loading, ProblemBox } from "../../parts/states.tsx";
import { current, summary } from "../../state/network.ts";
import { useTopic } from "../../state/topic.ts";
import { param, setParams } from "../../state/view.ts";
import { type Back, useBack } from "./back.ts";
import { useLately } from "./lately.ts";
import { kindName } from "./row.tsx";
import { census, PAGE, wayTo } from "./rows.ts";
import { choose, Tree } from "./tree.tsx";

/** So many actors are told of once a second; of more, less often. */
const FEW = 2000;

export function TreeScreen() {
  const network = current.value;
  const isService = param("of") === "service" || network === "";
  const neurons = summary.value?.neurons ?? 0;
  const rate = neurons > FEW ? 0.2 : 1;
  const told = useTopic<TreeNode>(isService ? { topic: "tree", rate } : { topic: "tree", network, rate });
  const lately = useLately(isService ? null : network);
  const back = useBack(isService ? "" : network);
  const root = told.data.value;
  return (
    <div class="stack">
      <Card title={isService ? t("tree.of_service") : t("tree.of_network", { network })} aside={<Which isService={isService} hasNetwork={network !== ""} />}>
        <p class="tree-back" role="status">{back !== null && wordsOf(back, network)}</p>
        {told.problem.value !== "" && <ProblemBox detail={told.problem.value} />}
        {root === null ? told.problem.value === "" && <Loading /> : <Whole key={root.name} root={root} lately={lately.value} />}
        <Command>{isService ? "deepnet tree --service" : `deepnet tree ${network}`}</Command>
      </Card>
      <Legend />
    </div>
  );
}

/** What the death of the vault, or of all, has cost: steps that are played again, and nothing else. */
function wordsOf({ who, time, from, to }: Back, network: string) {
  const again = from === null || to === null ? null : from - to;
  const values = { from: count(from), to: count(to), steps: count(again), who: who === "network" ? t("tree.whole_network", { network }) : kindName(who) };
  const place = t(from === null ? "tree.back_died" : "tree.back_died_after", values);
  const what = to === null ? t("tree.back_somewhere") : again === 0 ? t("tree.back_nowhere", values)
    : again === 1 ? t("tree.back_one", values) : t(again === null ? "tree.back_to" : "tree.back_steps", values);
  return <><span class="muted mono">{timeOf(time)}</span> {place} {what}</>;
}

function Which({ isService, hasNetwork }: { isService: boolean; hasNetwork: boolean }) {
  if (!hasNetwork) return null;
  return (
    <div class="row" role="group" aria-label={t("tree.which")}>
      <Button pressed={!isService} onClick={() => choose("network")}>{t("tree.network")}</Button>
      <Button pressed={isService} onClick={() => choose("service")}>{t("tree.service")}</Button>
    </div>
  );
}

function Whole({ root, lately }: { root: TreeNode; lately: Parameters<typeof Tree>[0]["lately"] }) {
  const opened = useSignal<ReadonlyMap<string, boolean>>(new Map());
  const shown = useSignal<ReadonlyMap<string, number>>(new Map());
  const at = useSignal(root.name);
  const wanted = param("at");
  useEffect(() => {
    const way = wanted === "" ? null : wayTo(root, wanted);
    if (way === null) return;
    opened.value = new Map([...opened.value, ...way.slice(0, -1).map((path) => [path, true] as const)]);
    // As many of its siblings as it takes to come to it.
    const above = way.at(-2);
    const index = Number(wanted.split("/")[1]) || 0;
    if (above !== undefined) shown.value = new Map([...shown.value, [above, Math.ceil((index + 1) / PAGE) * PAGE]]);
    at.value = way.at(-1) ?? root.name;
    setTimeout(() => document.querySelector(".tree-row.is-current")?.scrollIntoView({ block: "center" }));
  }, [wanted]);
  const text = param("q");
  return (
    <>
      <div class="tree-tools">
        <input
          type="search"
          aria-label={t("tree.filter")}
          placeholder={t("tree.filter")}
          value={text}
          onInput={(event) => setParams({ q: event.currentTarget.value })}
        />
        <span class="muted">{[...census(root)].map(([kind, number]) => `${kindName(kind)} ${count(number)}`).join(" · ")}</span>
      </div>
      <div class="tree-row tree-heads muted" aria-hidden="true">
        <span>{t("tree.who")}</span><span>{t("tree.strategy")}</span><span>{t("tree.limit")}</span>
        <span class="number">{t("common.restarts")}</span><span class="number">{t("common.mailbox")}</span><span />
      </div>
      {root.children.length === 0 ? <Empty title={t("tree.nobody_there")} /> : (
        <Tree
          root={root}
          label={root.name}
          lately={lately}
          shape={{ opened: opened.value, shown: shown.value, text }}
          at={at.value}
          onAt={(path) => (at.value = path)}
          onOpen={(path, isOpen) => (opened.value = new Map([...opened.value, [path, isOpen]]))}
          onMore={(path) => {
            const above = path.slice(0, -" …".length);
            shown.value = new Map([...shown.value, [above, (shown.value.get(above) ?? PAGE) + PAGE]]);
          }}
        />
      )}
    </>
  );
}

function Legend() {
  return (
    <Card title={t("tree.legend")}>
      <dl class="tree-legend">
        {(["one_for_one", "rest_for_one"] as const).map((name) => (
          <div key={name}><dt><span class="tag">{name}</span></dt><dd>{t(`tree.strategy_${name}`)}</dd></div>
        ))}
        <div><dt>{t("tree.limit")}</dt><dd>{t("tree.limit_help")}</dd></div>
        <div><dt>{t("tree.keys")}</dt><dd>{t("tree.keys_help")}</dd></div>
      </dl>
    </Card>
  );
}
