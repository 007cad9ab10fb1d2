import { part, send } from "../../api/http.ts";
import type { Summary } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { ConfirmButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { count, figure, fleeting } from "../../parts/numbers.ts";
import { Empty, Loading } from "../../parts/states.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { act, notify } from "../../state/actions.ts";
import { networks } from "../../state/network.ts";
import { mayAdminister } from "../../state/session.ts";
import { reasonText } from "../../state/sentences.ts";
import { linkTo, param, setParams } from "../../state/view.ts";
import { StateName } from "../runs/list.tsx";

export function NetworksCard() {
  const all = networks.value;
  return (
    <Card title={t("system.networks")}>
      {all === null ? <Loading /> : all.length === 0 ? (
        <Empty title={t("common.no_network")}><a href={linkTo("welcome")}>{t("overview.to_stories")}</a></Empty>
      ) : (
        <>
          <Table label={t("system.networks")} columns={columns()} rows={all} rowKey={(one) => one.name} />
          <div class="row under"><Command>deepnet ps</Command></div>
        </>
      )}
    </Card>
  );
}

/** Of one that is down only the name, the state and the reason are told. */
function columns(): Column<Summary>[] {
  const made: Column<Summary>[] = [
    {
      name: t("common.network"),
      by: (one) => one.name,
      show: (one) => <a href={linkTo("overview", { net: one.name })}>{one.name}</a>,
    },
    {
      name: t("common.state"),
      by: (one) => one.state,
      show: (one) => <><StateName state={one.state} />{one.state === "down" && <span class="muted"> {reasonText(one.reason ?? "")}</span>}</>,
    },
    { name: t("common.steps_per_second"), number: true, by: (one) => one.steps_per_second ?? 0, show: (one) => fleeting(count(one.steps_per_second ?? null)) },
    { name: t("common.loss"), number: true, by: (one) => one.loss ?? Infinity, show: (one) => figure(one.loss ?? null) },
    { name: t("common.neurons"), number: true, by: (one) => one.neurons ?? 0, show: (one) => count(one.neurons ?? null) },
    { name: t("common.restarts"), number: true, by: (one) => one.restarts ?? 0, show: (one) => count(one.restarts ?? null) },
  ];
  if (mayAdminister.value) made.push({ name: t("system.what_to_do"), show: (one) => <Delete name={one.name} /> });
  return made;
}

function Delete({ name }: { name: string }) {
  const remove = async () => {
    const gone = await act(async () => {
      await send<null>("DELETE", `/networks/${part(name)}`);
      return true;
    });
    if (gone === null) return;
    notify(t("system.deleted", { network: name }));
    if (param("net") === name) setParams({ net: "" });
  };
  return (
    <ConfirmButton kind="danger" question={t("system.delete_question", { network: name })} answer={t("system.delete")} onClick={remove}>
      {t("system.delete")}
    </ConfirmButton>
  );
}
