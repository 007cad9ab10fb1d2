// Whether all is well, as /readyz tells whoever watches over services.

import { useEffect } from "preact/hooks";
import { askRoot, Problem } from "../../api/http.ts";
import { say, t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { timeOf } from "../../parts/numbers.ts";
import { Loading, ProblemBox } from "../../parts/states.tsx";
import { useResource } from "../../state/resource.ts";

const AGAIN_SECONDS = 10;
const CHECKS = ["store", "event_log", "networks"];

interface Ready {
  checks: Record<string, string>;
  /** What is wrong, in words; "" if nothing is. */
  problem: string;
}

export function ChecksCard() {
  const found = useResource("ready", readiness);
  useEffect(() => {
    const timer = setInterval(found.reload, AGAIN_SECONDS * 1000);
    return () => clearInterval(timer);
  }, []);
  const ready = found.data.value;
  if (found.problem.value !== "") {
    return <Card title={t("system.checks")}><ProblemBox detail={found.problem.value} retry={found.reload} /></Card>;
  }
  return (
    <Card title={t("system.checks")} aside={<Button kind="quiet" onClick={found.reload}>{t("system.check_again")}</Button>}>
      {ready === null ? <Loading /> : (
        <>
          <ul class="checks">
            {Object.entries(ready.checks).map(([name, said]) => (
              <li key={name}>
                <span class={`tag ${said === "ok" ? "ok" : "bad"}`}>{said === "ok" ? `✓ ${t("system.ok")}` : `✗ ${t("system.not_ok")}`}</span>{" "}
                {say(`system.check_${name}`) ?? name}
                {said !== "ok" && <span class="muted wrapped"> {said}</span>}
              </li>
            ))}
          </ul>
          {ready.problem !== "" && <p class="run-note bad">{ready.problem}</p>}
          <p class="muted small">{t("common.as_of", { time: timeOf(found.asOf.value / 1000) })}</p>
          <p class="muted small">{t("system.doctor_help")}</p>
          <Command>deepnet doctor</Command>
        </>
      )}
    </Card>
  );
}

/** What is not ready is told as a problem, "store: why; networks: why". */
async function readiness(): Promise<Ready> {
  try {
    return { ...(await askRoot<{ checks: Record<string, string> }>("GET", "/readyz")), problem: "" };
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 503) throw error;
    const wrong = error.message;
    const checks = CHECKS.map((name) => [name, new RegExp(`(^|; )${name}: `).test(wrong) ? "" : "ok"]);
    return { checks: Object.fromEntries(checks) as Record<string, string>, problem: wrong };
  }
}
