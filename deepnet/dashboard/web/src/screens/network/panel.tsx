// The neuron that is selected: its numbers, and what can be done to it.

import { INPUTS } from "../../draw/model.ts";
import { t } from "../../i18n/index.ts";
import { Button, ConfirmButton } from "../../parts/button.tsx";
import { Card, Fact, Facts } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { duration, timeOf } from "../../parts/numbers.ts";
import { kill } from "../../state/actions.ts";
import { current, happenings, summary } from "../../state/network.ts";
import { mayOperate } from "../../state/session.ts";
import { neuronLink } from "./canvas.tsx";
import { linesOf, nameOf } from "./describe.ts";
import { lastCourse } from "./healing.ts";
import { activity, columns, details, isLarge, model, select, selected } from "./looking.ts";

export function Panel() {
  const [layers, place] = [model.value, selected.value];
  if (layers === null) return null;
  if (place === null) {
    return (
      <Card title={t("network.selected")}>
        <p class="muted">{t("network.select_help")}</p>
      </Card>
    );
  }
  const name = nameOf(layers, place);
  const seen = isLarge.value ? (details.value ?? activity.value) : activity.value;
  const lines = linesOf(layers, place, seen, columns.value);
  const close = (
    <Button kind="quiet" label={t("common.close")} onClick={() => select(null)}>
      ✕
    </Button>
  );
  return (
    <Card title={name} aside={close}>
      <Facts>
        {lines.map((line) => (
          <Fact key={line.name} name={line.name}>
            {line.value}
          </Fact>
        ))}
      </Facts>
      {place.layer !== INPUTS && <Deeds address={name} link={neuronLink(place)} />}
    </Card>
  );
}

function Deeds({ address, link }: { address: string; link: string }) {
  // In a layer that computes its neurons itself there is no actor for each: the layer is what can die.
  const victim = summary.value?.granularity === "layer" ? (address.split("/")[0] ?? address) : address;
  const canKill = mayOperate.value && ["running", "paused"].includes(summary.value?.state ?? "");
  return (
    <div class="stack deeds">
      <p class="row">
        <a class="button" href={link}>
          {t("network.open_neuron")}
        </a>
        {canKill && (
          <ConfirmButton
            question={t("network.kill_question", { address: victim })}
            answer={t("common.kill")}
            onClick={() => kill(victim)}
          >
            {t("common.kill")}
          </ConfirmButton>
        )}
      </p>
      <Healing address={victim} />
      <Command>
        {canKill ? `deepnet kill ${current.value}/${victim}` : `deepnet inspect ${current.value}/${address}`}
      </Command>
    </div>
  );
}

/** What became of it when it died last, if it was seen. */
function Healing({ address }: { address: string }) {
  const course = lastCourse(happenings.value, address);
  if (course === null) return null;
  const after = (milliseconds: number) => duration(milliseconds / 1000);
  return (
    <ol class="course" aria-live="polite">
      <li class="died">{t("network.course_died", { time: timeOf(course.died), reason: course.reason })}</li>
      {course.restarted === null ? (
        <li>{t("network.course_waits")}</li>
      ) : (
        <li class="healed">{t("network.course_restarted", { after: after(course.restarted) })}</li>
      )}
      {course.replayed !== null && (
        <li class="replayed">{t("network.course_replayed", { after: after(course.replayed) })}</li>
      )}
    </ol>
  );
}
