import { useSignal } from "@preact/signals";
import { say, t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { Command } from "../../parts/command.tsx";
import { act } from "../../state/actions.ts";
import { networks } from "../../state/network.ts";
import { mayOperate } from "../../state/session.ts";
import { Picture } from "./pictures.tsx";
import { begin, isOfStory, lookAt, type Story, usualName } from "./stories.ts";

export function StoryCard({ story }: { story: Story }) {
  const isBeginning = useSignal(false);
  const names = (networks.value ?? []).map((network) => network.name);
  const there = names.filter((name) => isOfStory(story, name)).at(-1);
  const key = story.id.replaceAll("-", "_");
  const title = say(`welcome.${key}`) ?? story.id;
  const start = async () => {
    isBeginning.value = true;
    const name = await act(() => begin(story, names));
    isBeginning.value = false;
    if (name !== null) location.hash = lookAt(story, name);
  };
  return (
    <section class="card story" aria-label={title}>
      <Picture story={story.id} />
      <div class="story-words">
        <h2>{title}</h2>
        <p class="story-text">{say(`welcome.${key}_text`) ?? ""}</p>
        <div class="row">
          {there !== undefined && <a class="button primary" href={lookAt(story, there)}>{t("welcome.open", { name: there })}</a>}
          {mayOperate.value && (
            <Button
              kind={there === undefined ? "primary" : "plain"}
              disabled={isBeginning.value || networks.value === null}
              label={`${t(there === undefined ? "common.start" : "welcome.anew")}: ${title}`}
              onClick={start}
            >
              {isBeginning.value ? t("welcome.beginning") : `▶ ${t(there === undefined ? "common.start" : "welcome.anew")}`}
            </Button>
          )}
        </div>
        {mayOperate.value && <Command>{inATerminal(story)}</Command>}
      </div>
    </section>
  );
}

function inATerminal(story: Story): string {
  const { dataset } = story.run;
  return dataset === undefined ? "deepnet demo --open" : `deepnet train ${dataset} --service ${usualName(story)}`;
}
