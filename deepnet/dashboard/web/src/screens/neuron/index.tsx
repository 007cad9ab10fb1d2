// Neuron: everything of one, while it learns; and its death, and that nobody notices.

import { get, part } from "../../api/http.ts";
import { t } from "../../i18n/index.ts";
import { figure } from "../../parts/numbers.ts";
import { Empty, Loading, ProblemBox } from "../../parts/states.tsx";
import { current, happenings, summary, summaryProblem } from "../../state/network.ts";
import { useResource } from "../../state/resource.ts";
import { mayOperate } from "../../state/session.ts";
import { param } from "../../state/view.ts";
import { Arithmetic } from "./arithmetic.tsx";
import { Change } from "./change.tsx";
import { Chooser, Heading } from "./chooser.tsx";
import { useLife } from "./events.ts";
import { Figures } from "./figures.tsx";
import { useNeuron } from "./follow.ts";
import { useGlance } from "./glance.ts";
import { Healing } from "./healing.tsx";
import { Past } from "./past.tsx";
import { bodyOf, type Place, placeOf } from "./place.ts";
import { nearest, storiesOf } from "./story.ts";
import { WeightsIn, WeightsOut } from "./weights.tsx";

export function NeuronScreen() {
  const shown = summary.value;
  const at = param("at");
  if (current.value === "") return <Empty title={t("common.no_network")} />;
  if (shown === null) return summaryProblem.value === "" ? <Loading /> : <ProblemBox detail={summaryProblem.value} />;
  if (at === "") return <Chooser layers={shown.layers} />;
  const place = placeOf(at, shown.layers);
  if (place === null) return <><ProblemBox detail={t("neuron.no_such", { address: at })} /><Chooser layers={shown.layers} /></>;
  return <OneNeuron key={`${current.value} ${at}`} place={place} />;
}

interface LayerDetails {
  granularity: "neuron" | "layer";
}

function OneNeuron({ place }: { place: Place }) {
  const network = current.value;
  const changes = happenings.value.filter((event) => event.kind === "intervened" && event.address === place.layer.address).length;
  const layer = useResource(`${network} ${place.layer.address} ${changes}`, () =>
    get<LayerDetails>(`/networks/${part(network)}/layers/${part(place.layer.address)}`));
  const ownActor = (layer.data.value?.granularity ?? summary.value?.granularity) !== "layer";
  const body = bodyOf(place, ownActor);
  const followed = useNeuron(network, place.address);
  const life = useLife(place.address, body);
  const neuron = followed.neuron.value;
  const isUnseen = neuron !== null && neuron.history.length === 0 && followed.points.value.length === 0;
  const glance = useGlance(network, place, summary.value?.layers ?? [], neuron, isUnseen);
  if (neuron === null) return followed.problem.value === "" ? <Loading /> : <ProblemBox detail={followed.problem.value} />;
  const stories = storiesOf(body, life.all);
  const layers = summary.value?.layers ?? [];
  const before = layers[layers.findIndex((each) => each.address === place.layer.address) - 1];
  return (
    <div class="stack neuron-screen">
      <Heading place={place}>
        {neuron.frozen && <span class="tag">❄ {t("neuron.is_frozen")}</span>}
        {neuron.lesioned !== null && <span class="tag bad">⊘ {t("neuron.is_lesioned", { value: figure(neuron.lesioned) })}</span>}
        {neuron.faults.length > 0 && <span class="tag warn">{t("neuron.has_faults", { count: neuron.faults.length })}</span>}
      </Heading>
      {followed.problem.value !== "" && <ProblemBox detail={followed.problem.value} />}
      <div class="grid">
        <div class="stack two-thirds">
          <Healing
            place={place}
            body={body}
            story={nearest(stories, life.chosen) ?? stories.at(-1) ?? null}
            isChosen={life.chosen !== 0}
            followed={followed}
          />
          <Arithmetic neuron={neuron} glance={glance} />
          <div class="pair">
            <WeightsIn neuron={neuron} place={place} before={before} />
            <WeightsOut place={place} />
          </div>
          <Past address={body} stories={stories} since={life.since} events={life.all.filter((each) => each.address === body || each.address === place.address)} />
        </div>
        <div class="stack third">
          <Figures neuron={neuron} place={place} points={followed.points.value} glance={glance} ownActor={ownActor} />
          {mayOperate.value && <Change neuron={neuron} place={place} />}
        </div>
      </div>
    </div>
  );
}
