// The neuron, whoever watches over it, and the vault that keeps what all have learnt, as a small picture.

import { t } from "../../i18n/index.ts";

export type Stage = "alive" | "asked" | "died" | "restarted" | "state" | "replayed";

interface DiagramProps {
  body: string;
  supervisor: string;
  stage: Stage;
}

export function Diagram({ body, supervisor, stage }: DiagramProps) {
  const isDead = stage === "died";
  return (
    <svg class={`diagram stage-${stage}`} viewBox="0 0 260 220" role="img" aria-label={t("neuron.diagram", { body, supervisor, state: t(isDead ? "neuron.is_dead" : "neuron.is_alive") })}>
      <line class="link-up" x1="130" y1="52" x2="130" y2="106" />
      <line class="link-vault" x1="158" y1="140" x2="204" y2="178" />
      <line class="link-out" x1="102" y1="140" x2="56" y2="178" />
      <g class="watch">
        <rect x="50" y="18" width="160" height="34" rx="9" />
        <text x="130" y="40">{supervisor}</text>
      </g>
      <g class="cell">
        <circle class="halo" cx="130" cy="132" r="26" />
        <circle class="core" cx="130" cy="132" r="26" />
        <path class="cross" d="M120 122 L140 142 M140 122 L120 142" />
        <text class="name" x="130" y="137">{isDead ? "" : (body.split("/")[1] ?? "▤")}</text>
      </g>
      <g class="vault">
        <rect x="176" y="178" width="72" height="28" rx="7" />
        <text x="212" y="197">{t("neuron.vault")}</text>
      </g>
      <g class="others">
        <rect x="12" y="178" width="72" height="28" rx="7" />
        <text x="48" y="197">{t("neuron.others")}</text>
      </g>
    </svg>
  );
}
