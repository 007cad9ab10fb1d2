import { useEffect } from "preact/hooks";
import { get, part, send } from "../../api/http.ts";
import type { Page, Session } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { ConfirmButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { dateOf, timeOf } from "../../parts/numbers.ts";
import { Loading, ProblemBox } from "../../parts/states.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { act, notify } from "../../state/actions.ts";
import { loadSession } from "../../state/session.ts";
import { useResource } from "../../state/resource.ts";

const AGAIN_SECONDS = 15;

/** Who is logged in with a browser; for admins. */
export function SessionsCard() {
  const found = useResource("sessions", () => get<Page<Session>>("/sessions", { limit: 1000 }));
  useEffect(() => {
    const timer = setInterval(found.reload, AGAIN_SECONDS * 1000);
    return () => clearInterval(timer);
  }, []);
  const open = found.data.value?.items.filter((one) => !one.revoked).sort((a, b) => b.last_seen - a.last_seen) ?? null;
  const revoke = async (one: Session) => {
    const done = await act(async () => {
      await send<null>("DELETE", `/sessions/${part(one.id)}`);
      return true;
    });
    if (done === null) return;
    notify(t("system.revoked"));
    if (one.current) await loadSession();
    else found.reload();
  };
  return (
    <Card title={t("system.sessions")}>
      {open === null ? (
        found.problem.value === "" ? <Loading /> : <ProblemBox detail={found.problem.value} retry={found.reload} />
      ) : (
        <>
          <Table label={t("system.sessions")} columns={columnsOf(revoke)} rows={open} rowKey={(one) => one.id} />
          <div class="row under">
            <Command>deepnet open --label NAME</Command>
            <span class="muted small">{t("common.as_of", { time: timeOf(found.asOf.value / 1000) })}</span>
          </div>
        </>
      )}
    </Card>
  );
}

function columnsOf(revoke: (one: Session) => unknown): Column<Session>[] {
  return [
    { name: t("system.role"), by: (one) => one.role, show: (one) => <span class={`badge role-${one.role}`}>{t(`common.${one.role}`)}</span> },
    {
      name: t("system.label"),
      by: (one) => one.label,
      show: (one) => <>{one.label || "–"} {one.current && <span class="tag">{t("system.you")}</span>}</>,
    },
    { name: t("system.last_seen"), by: (one) => one.last_seen, show: (one) => dateOf(one.last_seen) },
    { name: t("system.opened"), by: (one) => one.created, show: (one) => dateOf(one.created) },
    { name: t("system.expires"), by: (one) => one.expires, show: (one) => dateOf(one.expires) },
    {
      name: t("system.what_to_do"),
      show: (one) => (
        <ConfirmButton question={one.current ? t("system.log_out_question") : t("system.revoke_question", { label: one.label || one.role })} answer={t("system.revoke")} onClick={() => revoke(one)}>
          {t("system.revoke")}
        </ConfirmButton>
      ),
    },
  ];
}
