// The service itself: how it is, what it has, who is in it, and its end.

import { t } from "../../i18n/index.ts";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { mayAdminister } from "../../state/session.ts";
import { ChecksCard } from "./checks.tsx";
import { FiguresCard } from "./figures.tsx";
import { LeavingCard } from "./leaving.tsx";
import { NetworksCard } from "./networks.tsx";
import { PartsCard } from "./parts.tsx";
import { SessionsCard } from "./sessions.tsx";

export function SystemScreen() {
  return (
    <div class="grid">
      <div class="stack two-thirds">
        <FiguresCard />
        <NetworksCard />
        {mayAdminister.value && <SessionsCard />}
      </div>
      <div class="stack third">
        <ChecksCard />
        <PartsCard />
        <PagesCard />
        <LeavingCard />
      </div>
    </div>
  );
}

/** Pages of the service for other programs, and whose work is in this one. */
function PagesCard() {
  const pages = [
    ["/metrics", t("system.metrics")],
    ["/openapi.json", t("system.openapi")],
    ["/static/THIRD_PARTY_LICENSES.txt", t("system.licences")],
  ] as const;
  return (
    <Card title={t("system.pages")}>
      <ul class="pages">
        {pages.map(([href, name]) => <li key={href}><a href={href} target="_blank" rel="noreferrer">{name}</a></li>)}
      </ul>
      <p class="muted">{t("system.settings_help")}</p>
      <Command>deepnet serve --help</Command>
    </Card>
  );
}
