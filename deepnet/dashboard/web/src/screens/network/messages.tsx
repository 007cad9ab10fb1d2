// The card from which a run goes on by single messages, and the list of them.

import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { current, summary } from "../../state/network.ts";
import { mayOperate } from "../../state/session.ts";
import { finish, halt, isPlaying, messages, play, speed, SPEEDS, stepMessage } from "./stepping.ts";

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
            {recent.map((each, place) => (
              <li key={each.number} class={`${isBack(each) ? "backward" : "forward"} ${place === 0 ? "newest" : ""}`}>
                <span class="told-number">{each.number}</span>
                <span class="told-text">
                  <b>
                    {each.sender} → {each.receiver}
                  </b>{" "}
                  {each.text.split("  ").slice(1).join("  ")}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </Card>
  );
}

function isBack({ kind, text }: { kind: string; text: string }): boolean {
  return BACK.includes(kind) || (kind === "Answer" && !text.includes("z = "));
}
