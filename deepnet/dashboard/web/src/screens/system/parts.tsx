// The service is supervised as its networks are: its parts, and how often each has come up again.

import { get, part, send } from "../../api/http.ts";
import type { TreeNode } from "../../api/types.ts";
import { say, t } from "../../i18n/index.ts";
import { ConfirmButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { count } from "../../parts/numbers.ts";
import { Loading, ProblemBox } from "../../parts/states.tsx";
import { act, notify } from "../../state/actions.ts";
import { useResource } from "../../state/resource.ts";
import { mayAdminister } from "../../state/session.ts";
import { linkTo } from "../../state/view.ts";

/** How soon one looks whether it is back: it takes a few milliseconds, the web server a little longer. */
const LOOK_AGAIN = [150, 600, 2000];

export function PartsCard() {
  const found = useResource("tree", () => get<TreeNode>("/service/tree"));
  const tree = found.data.value;
  const kill = async (name: string) => {
    const before = tree?.children.find((child) => child.name === name)?.restarts ?? 0;
    const done = await act(() => send<{ killed: string }>("POST", `/service/children/${part(name)}/kill`));
    if (done === null) return;
    notify(t("system.killed", { part: nameOf(name), before: count(before) }));
    for (const wait of LOOK_AGAIN) setTimeout(found.reload, wait);
  };
  return (
    <Card title={t("system.parts")} aside={<a href={linkTo("tree", { of: "service" })}>{t("common.tree")}</a>}>
      {tree === null ? (
        found.problem.value === "" ? <Loading /> : <ProblemBox detail={found.problem.value} retry={found.reload} />
      ) : (
        <ul class="service-parts">
          {tree.children.map((child) => (
            <li key={child.name}>
              <span class="part-name">
                <b>{nameOf(child.name)}</b>
                <span class="muted small">{say(`system.part_${child.name}_help`) ?? ""}</span>
              </span>
              <span class="restarts" title={t("common.restarts")}>
                <span class="hidden">{t("common.restarts")}: </span>↻ {count(child.restarts)}
              </span>
              {mayAdminister.value && child.kind !== "supervisor" && (
                <ConfirmButton
                  question={t("system.kill_question", { part: nameOf(child.name) })}
                  answer={t("common.kill")}
                  onClick={() => kill(child.name)}
                >
                  {t("common.kill")}
                </ConfirmButton>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function nameOf(name: string): string {
  return say(`system.part_${name}`) ?? name;
}
