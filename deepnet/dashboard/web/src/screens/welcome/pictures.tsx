// A small picture for each story; only to be looked at, so nothing is said of them.

import type { ComponentChildren, JSX } from "preact";

const LAYERS = [0, 1, 2] as const;

export function Picture({ story }: { story: string }) {
  return (
    <svg class="story-picture" viewBox="0 0 160 100" aria-hidden="true" focusable="false">
      {PICTURES[story]?.() ?? <Layers />}
    </svg>
  );
}

const PICTURES: Record<string, () => JSX.Element> = {
  "three-by-three": () => <Layers healing />,
  spirals: Spirals,
  "miles-per-gallon": Line,
  digits: Digit,
};

/** Three layers of three neurons, all joined; one has just died and is on its way back. */
function Layers({ healing = false }: { healing?: boolean }) {
  const x = (layer: number) => 32 + 48 * layer;
  const y = (place: number) => 20 + 30 * place;
  const edges: ComponentChildren[] = [];
  for (const layer of [0, 1]) {
    for (const from of LAYERS) {
      for (const to of LAYERS) {
        const tone = (layer + from * 2 + to) % 3 === 0 ? "negative" : "positive";
        edges.push(<line class={`edge ${tone}`} x1={x(layer)} y1={y(from)} x2={x(layer + 1)} y2={y(to)} />);
      }
    }
  }
  const isDead = (layer: number, place: number) => healing && layer === 1 && place === 1;
  return (
    <>
      {edges}
      {LAYERS.flatMap((layer) => LAYERS.map((place) => (
        <circle class={`neuron ${isDead(layer, place) ? "dead" : `tone-${(layer + place) % 3}`}`} cx={x(layer)} cy={y(place)} r="9" />
      )))}
      {healing && <circle class="ring" cx={x(1)} cy={y(1)} r="14" />}
    </>
  );
}

/** Two arms of points that wind round each other. */
function Spirals() {
  const arm = (turn: number, tone: string) =>
    Array.from({ length: 26 }, (_, index) => {
      const [angle, radius] = [turn + 0.26 * index + 0.4, 4 + 1.6 * index];
      return <circle class={tone} cx={80 + 1.25 * radius * Math.cos(angle)} cy={50 + radius * Math.sin(angle)} r="2.6" />;
    });
  return <>{arm(0, "point-a")}{arm(Math.PI, "point-b")}</>;
}

/** Cars as points, and the line that is learnt through them. */
function Line() {
  const points = Array.from({ length: 34 }, (_, index) => {
    const x = 22 + 3.6 * index;
    const scatter = 11 * Math.sin(index * 12.9898) * Math.cos(index * 4.1414);
    return <circle class="point-b" cx={x} cy={curve(x) + scatter} r="2.6" />;
  });
  const path = Array.from({ length: 25 }, (_, index) => 20 + 5.2 * index).map((x) => `${x},${curve(x).toFixed(1)}`);
  return (
    <>
      <path class="axis" d="M16 10V88H150" />
      {points}
      <polyline class="fit" points={path.join(" ")} />
    </>
  );
}

function curve(x: number): number {
  return 78 - 1900 / (x + 12);
}

const DIGIT = [".00000..", "00...00.", "00...00.", ".000000.", "..0..00.", "....00..", "...00...", "..00...."];

/** A digit of eight by eight cells, and how sure the ten outputs are. */
function Digit() {
  const cells = DIGIT.flatMap((row, y) =>
    [...row].map((cell, x) => <rect class={cell === "0" ? "ink" : "paper"} x={16 + 9 * x} y={14 + 9 * y} width="8" height="8" rx="1.5" />));
  const bars = [5, 3, 4, 7, 9, 4, 3, 12, 8, 44].map((width, index) => (
    <rect class={width > 40 ? "story-bar sure" : "story-bar"} x="100" y={14 + 7.2 * index} width={width} height="5" rx="1.5" />
  ));
  return <>{cells}{bars}</>;
}
