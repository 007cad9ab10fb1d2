import { useSignal } from "@preact/signals";
import { get } from "../../api/http.ts";
import type { ServiceFigures, ServiceStatus } from "../../api/types.ts";
import { t } from "../../i18n/index.ts";
import { Card, Fact, Facts } from "../../parts/card.tsx";
import { count, dateOf, duration, figure, fleeting, size } from "../../parts/numbers.ts";
import { Spark } from "../../parts/spark.tsx";
import { Loading, ProblemBox } from "../../parts/states.tsx";
import { useResource } from "../../state/resource.ts";
import { useListener } from "../../state/topic.ts";
import { still } from "../../state/view.ts";

/** So many of the last seconds are drawn. */
const KEPT = 90;

export function FiguresCard() {
  const kept = useSignal<readonly ServiceFigures[]>([]);
  const problem = useSignal("");
  useListener({ topic: "service", rate: 1 }, () => ({
    onFrame(data) {
      kept.value = [...kept.value.slice(1 - KEPT), data as ServiceFigures];
      problem.value = "";
    },
    onProblem: (detail) => (problem.value = detail),
  }));
  const told = kept.value.at(-1);
  return (
    <Card title={t("system.service")} aside={<span class="muted">{t("system.every_second")}</span>}>
      {told === undefined ? (problem.value === "" ? <Loading /> : <ProblemBox detail={problem.value} />) : (
        <>
          <Sparks kept={kept.value} told={told} />
          <AllFigures told={told} />
        </>
      )}
    </Card>
  );
}

function Sparks({ kept, told }: { kept: readonly ServiceFigures[]; told: ServiceFigures }) {
  const lag = (one: ServiceFigures) => one.loop_lag["p99"] ?? Math.max(0, ...Object.values(one.loop_lag));
  const shown: [string, string, number[], string][] = [
    [t("system.cpu"), told.cpu_percent === null ? "–" : `${figure(told.cpu_percent, 3)} %`, kept.map((one) => one.cpu_percent ?? NaN), t("system.cpu_help")],
    [t("system.memory"), size(told.memory_bytes), kept.map((one) => one.memory_bytes ?? NaN), ""],
    [t("system.lag"), `${figure(lag(told), 3)} ms`, kept.map(lag), t("system.lag_help")],
  ];
  return (
    <dl class="sparks">
      {shown.map(([name, value, values, hint]) => (
        <div key={name} {...(hint === "" ? {} : { title: hint })}>
          <dt>{name}</dt>
          <dd>{fleeting(value)}</dd>
          {!still.value && <dd class="curve"><Spark values={values} label={t("system.lately", { name, value })} zero width={150} height={34} /></dd>}
        </div>
      ))}
    </dl>
  );
}

function AllFigures({ told }: { told: ServiceFigures }) {
  const status = useResource("service", () => get<ServiceStatus>("/service")).data.value;
  return (
    <Facts>
      <Fact name={t("system.uptime")} hint={t("system.since", { time: dateOf(told.started) })}>{fleeting(duration(told.uptime))}</Fact>
      <Fact name={t("system.networks_up")}>{count(told.networks_up)} / {count(told.networks)}</Fact>
      <Fact name={t("system.runs_under_way")}>
        {count(told.runs_running)} <small class="muted">{t("system.paused_too", { paused: count(told.runs_paused) })}</small>
      </Fact>
      <Fact name={t("common.neurons")}>{count(told.neurons)}</Fact>
      <Fact name={t("system.threads")}>{fleeting(count(told.threads))}</Fact>
      <Fact name={t("system.free_disk")}>{fleeting(size(told.free_bytes))}</Fact>
      <Fact name={t("system.clients")} hint={t("system.clients_help")}>{fleeting(count(told.clients))}</Fact>
      <Fact name={t("system.frames_sent")}>{fleeting(count(told.frames_sent))}</Fact>
      <Fact name={t("system.frames_dropped")} hint={t("system.dropped_help")}>{fleeting(count(told.frames_dropped))}</Fact>
      <Fact name={t("system.process")}>{fleeting(String(told.pid))}</Fact>
      <Fact name="deepnet">{fleeting(status?.version ?? "–")}</Fact>
      <Fact name="Python">{fleeting(status?.python ?? "–")}</Fact>
    </Facts>
  );
}
