// Stories: what to begin with where nothing runs yet. A click creates a network, has it learn, and shows where to look.

import { t } from "../../i18n/index.ts";
import { Command } from "../../parts/command.tsx";
import { Loading, ProblemBox } from "../../parts/states.tsx";
import { useResource } from "../../state/resource.ts";
import { mayOperate } from "../../state/session.ts";
import { linkTo } from "../../state/view.ts";
import { StoryCard } from "./card.tsx";
import { loadStories } from "./stories.ts";

const STEPS = ["look", "break", "heal"] as const;

export function WelcomeScreen() {
  const stories = useResource("stories", loadStories);
  const found = stories.data.value;
  return (
    <div class="welcome">
      <p class="mission">{t("welcome.mission")}</p>
      <ol class="three-steps">
        {STEPS.map((step) => (
          <li key={step}>
            <b>{t(`welcome.${step}`)}</b>
            <span class="muted">{t(`welcome.${step}_text`)}</span>
          </li>
        ))}
      </ol>
      {!mayOperate.value && (
        <div class="card note">
          <p>{t("welcome.viewer")}</p>
          <Command>deepnet open --control</Command>
        </div>
      )}
      {found === null ? (
        stories.problem.value === "" ? <Loading /> : <ProblemBox detail={stories.problem.value} retry={stories.reload} />
      ) : (
        <div class="stories">{found.items.map((story) => <StoryCard key={story.id} story={story} />)}</div>
      )}
      <p class="muted">
        {t("welcome.own_data")} <a href={linkTo("data")}>{t("common.data")}</a>
      </p>
    </div>
  );
}
