// The best minute: somebody dies, comes back, and nothing is lost. What took a millisecond is told in slow motion.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { t } from "../../i18n/index.ts";
import { ConfirmButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { count, duration, fleeting, timeOf } from "../../parts/numbers.ts";
import { kill } from "../../state/actions.ts";
import { current, summary } from "../../state/network.ts";
import { mayOperate } from "../../state/session.ts";
import { setParams, still } from "../../state/view.ts";
import { compare, type Comparison } from "./comparing.ts";
import { stepsOf, whenOf } from "./dating.ts";
import { Diagram, type Stage } from "./diagram.tsx";
import type { Place } from "./place.ts";
import { Proof } from "./proof.tsx";
import type { Followed } from "./follow.ts";
import type { Story } from "./story.ts";

const SLOWLY_MS = 700;
/** Without a replay by then none comes: nobody was playing a step. */
const REPLAY_SECONDS = 3;

interface HealingProps {
  place: Place;
  /** Who dies: the neuron, or its layer. */
  body: string;
  story: Story | null;
  /** Whether it is one of long ago that a link has asked for. */
  isChosen: boolean;
  followed: Followed;
}

export function Healing({ place, body, story, isChosen, followed }: HealingProps) {
  const asked = useSignal<{ after: number; at: number } | null>(null);
  const waits = asked.value !== null && (story?.id ?? 0) <= asked.value.after;
  const shown = waits ? null : story;
  const comparison = useComparison(shown, followed);
  const stages = stagesOf(shown, waits, body);
  const ready = stages.findLastIndex((each) => each.done) + 1;
  const seen = useSlowly(shown?.id ?? (waits ? -1 : 0), ready, asked.value !== null);
  const stage: Stage = shown === null && !waits ? "alive" : (stages[seen - 1]?.stage ?? "alive");
  const end = seen >= stages.length && shown !== null;
  const doKill = () => {
    asked.value = { after: story?.id ?? 0, at: Date.now() };
    setParams({ event: "" });
    void kill(place.address).then((made) => made === null && (asked.value = null));
  };
  return (
    <Card
      title={t("neuron.healing")}
      class="healing"
      aside={mayOperate.value && (
        <ConfirmButton
          question={t(body === place.address ? "neuron.kill_question" : "neuron.kill_layer_question", { address: place.address, layer: body })}
          answer={t("common.kill")}
          onClick={doKill}
        >
          ✕ {t("neuron.kill", { address: place.address })}
        </ConfirmButton>
      )}
    >
      <div class="healing-body">
        <Diagram body={body} supervisor={body === place.address ? `${place.layer.address} neurons` : `${place.layer.address} supervisor`} stage={end ? "alive" : stage} />
        <div class="healing-told">
          {shown === null && !waits ? <Invitation body={body} address={place.address} /> : (
            <>
              <ol class="healing-steps" aria-live="polite">
                {stages.map((each, index) => (
                  <Told key={each.stage} done={index < seen} waits={index === seen} time={each.time}>{each.text}</Told>
                ))}
              </ol>
              {shown !== null && <WhenAndWho story={shown} isChosen={isChosen} isLive={asked.value !== null && !isChosen} />}
            </>
          )}
        </div>
      </div>
      {end && shown !== null && <Proof story={shown} comparison={comparison} isClose={followed.isClose} />}
      {mayOperate.value && <Command>{`deepnet kill ${current.value}/${place.address}`}</Command>}
    </Card>
  );
}

function Invitation({ body, address }: { body: string; address: string }) {
  const isLearning = summary.value?.state === "running";
  return (
    <div class="invitation">
      <p>{t(body === address ? "neuron.invitation" : "neuron.invitation_layer", { address, layer: body })}</p>
      <p class="muted">{t(isLearning ? "neuron.invitation_running" : "neuron.invitation_resting")}</p>
      {!mayOperate.value && <p class="muted">{t("common.viewer_help")}</p>}
    </div>
  );
}

function WhenAndWho({ story, isChosen, isLive }: { story: Story; isChosen: boolean; isLive: boolean }) {
  const who = story.asked === null ? t("neuron.by_itself") : t("neuron.asked_by", { who: story.asked.who.split("@")[0] ?? "" });
  return (
    <p class="muted healing-when" title={story.asked?.who ?? ""}>
      {timeOf(story.died)} · {who}
      {isLive && !still.value && ` · ${t("neuron.slow_motion")}`}
      {isChosen && <> · <button type="button" class="plain-link" onClick={() => setParams({ event: "" })}>{t("neuron.newest_death")}</button></>}
    </p>
  );
}

interface Told {
  readonly stage: Stage;
  readonly done: boolean;
  readonly time: string;
  readonly text: string;
}

function stagesOf(story: Story | null, waits: boolean, body: string): Told[] {
  const from = story?.asked?.time ?? story?.died ?? 0;
  const after = (time: number | undefined) => (time === undefined ? "" : fleeting(`+ ${duration(Math.max(0, time - from))}`));
  const restarted = story?.restarted ?? null;
  // Step 0 is how the network began: that is as safe as a sealed one.
  const sealed = count((story?.step ?? 1) - 1);
  const step = count(story?.step);
  const asked: Told = { stage: "asked", done: waits || story !== null, time: story === null ? "" : fleeting("0 ms"), text: t("neuron.step_asked") };
  return [
    ...(story === null || story.asked !== null ? [asked] : []),
    { stage: "died", done: story !== null, time: after(story?.died), text: diedIn(story) },
    {
      stage: "restarted",
      done: restarted !== null,
      time: after(restarted?.time),
      text: t("neuron.step_restarted", { body, incarnation: (restarted?.restarts ?? 0) + 1 }),
    },
    { stage: "state", done: restarted !== null, time: "", text: t("neuron.step_state", { step: sealed }) },
    replayOf(story, step, after),
  ];
}

/** When it was is known only when a replay has come, or comes no more. */
function diedIn(story: Story | null): string {
  if (story === null || !isDecided(story)) return t("neuron.step_dies");
  return t(`neuron.step_died_${whenOf(story)}`, { ...stepsOf(story), reason: story.reason });
}

function isDecided(story: Story): boolean {
  if (story.replayed !== null) return true;
  const hasGoneOn = (summary.value?.step ?? 0) >= story.step || summary.value?.state !== "running";
  return story.restarted !== null && (hasGoneOn || Date.now() / 1000 - story.died > REPLAY_SECONDS);
}

function replayOf(story: Story | null, step: string, after: (time: number | undefined) => string): Told {
  const replayed = story?.replayed ?? null;
  if (replayed !== null) {
    const text = t("neuron.step_replayed", { step, attempt: replayed.attempt });
    return { stage: "replayed", done: true, time: after(replayed.time), text };
  }
  const isDone = story !== null && isDecided(story);
  const text = t(!isDone ? "neuron.step_to_replay" : whenOf(story) === "after" ? "neuron.step_no_step" : "neuron.step_no_replay", { step });
  return { stage: "replayed", done: isDone, time: "", text };
}

function Told({ done, waits, time, children }: { done: boolean; waits: boolean; time: string; children: ComponentChildren }) {
  return (
    <li class={done ? "done" : waits ? "waits" : "later"}>
      <span class="healing-dot" aria-hidden="true" />
      <span class="healing-text">{children}</span>
      <span class="healing-time number">{done ? time : ""}</span>
    </li>
  );
}

/** What has been compared once is known for good: the steps that it is of are soon forgotten. */
function useComparison(story: Story | null, followed: Followed): Comparison | null {
  const known = useRef<{ id: number; found: Comparison | null }>({ id: 0, found: null });
  const [points, readings] = [followed.points.value, followed.readings.value];
  if (story === null) return null;
  if (known.current.id !== story.id) known.current = { id: story.id, found: null };
  known.current.found ??= compare(story.step, points, readings);
  return known.current.found;
}

/** How many of *ready* are to be seen by now: one after the other where somebody has just asked for it, else all. */
function useSlowly(key: number, ready: number, slowly: boolean): number {
  const seen = useSignal(slowly ? 1 : ready);
  const of = useRef(key);
  const isAtOnce = !slowly || still.value;
  useEffect(() => {
    if (isAtOnce) seen.value = ready;
    else if (key !== of.current && key < 0) seen.value = 1; // a new wish; its death goes on from there
    of.current = key;
    if (isAtOnce || seen.value >= ready) return undefined;
    const timer = setInterval(() => {
      if (seen.value < ready) seen.value++;
    }, SLOWLY_MS);
    return () => clearInterval(timer);
  }, [key, ready, isAtOnce]);
  return Math.min(seen.value, ready);
}
