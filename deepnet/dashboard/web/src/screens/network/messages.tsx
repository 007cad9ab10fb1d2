// The card from which a run goes on by single messages, and the list of them.

import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { count } from "../../parts/numbers.ts";
import { current, summary } from "../../state/network.ts";
import { mayOperate } from "../../state/session.ts";
import { type Death, finish, halt, isPlaying, type Message, messages, play, speed, SPEEDS, stepMessage } from "./stepping.ts";

const SHOWN = 12;
const BACK = ["Backward", "Correct", "Change", "Learnt", "Measured", "Apply", "Applied"];

export function Messages() {
  const state = summary.value?.state ?? "unknown";
  const canStep = mayOperate.value && ["running", "paused"].includes(state);
  const recent = messages.value.slice(-SHOWN).reverse();
  if (!canStep && recent.length === 0) return null;
  return (
    <Card title={t("network.messages")}>
      {canStep && (
        <>
          <div class="row">
            <Button onClick={stepMessage} disabled={isPlaying.value}>
              {t("network.step_message")}
            </Button>
            <Button onClick={isPlaying.value ? halt : play} pressed={isPlaying.value}>
              {isPlaying.value ? `❚❚ ${t("network.halt")}` : `▶ ${t("network.play")}`}
            </Button>
            <label class="row">
              <span class="hidden">{t("network.speed_label")}</span>
              <select
                value={String(speed.value)}
                onChange={(event) => (speed.value = Number(event.currentTarget.value))}
              >
                {SPEEDS.map((each) => (
                  <option key={each} value={String(each)}>
                    {t("network.per_second", { count: each })}
                  </option>
                ))}
              </select>
            </label>
            <Button onClick={finish} disabled={messages.value.length === 0}>
              {t("network.finish")}
            </Button>
          </div>
          <Command>{`deepnet step ${current.value} message`}</Command>
        </>
      )}
      {recent.length === 0 ? (
        <p class="muted">{t("network.messages_help")}</p>
      ) : (
        <>
          <p class="ways muted">
            <span class="way forward" aria-hidden="true" /> {t("network.forward")}
            <span class="way backward" aria-hidden="true" /> {t("network.backward")}
          </p>
          <ol class="told" aria-label={t("network.messages")}>
            {recent.map((each, place) =>
              "died" in each ? <Died key={`died ${each.id}`} death={each} /> : <Row key={each.number} message={each} isNewest={place === 0} />,
            )}
          </ol>
        </>
      )}
    </Card>
  );
}

function Row({ message, isNewest }: { message: Message; isNewest: boolean }) {
  const { number, sender, receiver, text, isVoid } = message;
  return (
    <li class={`${isBack(message) ? "backward" : "forward"} ${isNewest ? "newest" : ""} ${isVoid ? "void" : ""}`}>
      <span class="told-number">{number}</span>
      <span class="told-text">
        <b>
          {sender} → {receiver}
        </b>{" "}
        {text.split("  ").slice(1).join("  ")}
        {isVoid && <span class="hidden"> ({t("network.void_row")})</span>}
      </span>
    </li>
  );
}

function Died({ death: { died, step, tries } }: { death: Death }) {
  const values = { address: died, step: count(step), tries: tries ?? "" };
  return (
    <li class="death">
      <span class="told-number" aria-hidden="true">✕</span>
      <span class="told-text">{t(tries === null ? "network.died_row_soon" : "network.died_row", values)}</span>
    </li>
  );
}

function isBack({ kind, text }: { kind: string; text: string }): boolean {
  return BACK.includes(kind) || (kind === "Answer" && !text.includes("z = "));
}
