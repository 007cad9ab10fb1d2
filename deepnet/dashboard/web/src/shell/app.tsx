// The frame around all screens.

import { computed } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { chooseLanguage, language, t } from "../i18n/index.ts";
import { Command } from "../parts/command.tsx";
import { Button } from "../parts/button.tsx";
import { DataScreen } from "../screens/data/index.tsx";
import { EventsScreen } from "../screens/events/index.tsx";
import { NetworkScreen } from "../screens/network/index.tsx";
import { NeuronScreen } from "../screens/neuron/index.tsx";
import { OverviewScreen } from "../screens/overview/index.tsx";
import { RunsScreen } from "../screens/runs/index.tsx";
import { SystemScreen } from "../screens/system/index.tsx";
import { TreeScreen } from "../screens/tree/index.tsx";
import { WeightsScreen } from "../screens/weights/index.tsx";
import { WelcomeScreen } from "../screens/welcome/index.tsx";
import { networks } from "../state/network.ts";
import { loggedOut } from "../state/session.ts";
import { chosenTheme, chooseTheme, type Theme } from "../state/theme.ts";
import { linkTo, type Screen, view } from "../state/view.ts";
import { Help } from "./help.tsx";
import { helpIsOpen, searchIsOpen } from "./keys.ts";
import { Navigation } from "./navigation.tsx";
import { Notices } from "./notices.tsx";
import { Search } from "./search.tsx";
import { Status } from "./status.tsx";

const PAGES: Record<Screen, ComponentType> = {
  overview: OverviewScreen,
  network: NetworkScreen,
  neuron: NeuronScreen,
  tree: TreeScreen,
  events: EventsScreen,
  weights: WeightsScreen,
  data: DataScreen,
  runs: RunsScreen,
  system: SystemScreen,
  welcome: WelcomeScreen,
};

/** Screens that mean something while there is no network. */
const WITHOUT_NETWORK: readonly Screen[] = ["welcome", "data", "runs", "events", "system", "tree"];

/** The screen that is shown: the stories, where there is no network that the wanted one could show. */
const screenShown = computed<Screen>(() => {
  const wanted = view.value.screen;
  return networks.value?.length === 0 && !WITHOUT_NETWORK.includes(wanted) ? "welcome" : wanted;
});

export function App() {
  const screen = screenShown.value;
  const Page = PAGES[screen];
  const title = t(`common.${screen}`);
  useEffect(() => {
    document.title = `${title} · deepnet`;
    document.documentElement.lang = language.value;
  }, [title, language.value]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>
        {t("common.skip")}
      </a>
      <header class="top">
        <a class="brand" href={linkTo("overview")}>
          <img src="/static/icon.svg" alt="" width="22" height="22" />
          <span>deepnet</span>
        </a>
        <Status />
        <Settings />
      </header>
      <div class="body">
        <Navigation />
        <main id="main" tabIndex={-1} key={screen}>
          <h1 class="screen-title">{title}</h1>
          {loggedOut.value ? <LoggedOut /> : <Page />}
        </main>
      </div>
      <Notices />
      <Search />
      <Help />
    </>
  );
}

function Settings() {
  return (
    <div class="settings">
      <Button kind="quiet" label={t("common.search")} title={t("common.search")} onClick={() => (searchIsOpen.value = true)}>⌕</Button>
      <Button kind="quiet" label={t("common.help")} title={`${t("common.help")} (?)`} onClick={() => (helpIsOpen.value = true)}>?</Button>
      <label>
        <span class="hidden">{t("common.theme")}</span>
        <select value={chosenTheme.value} onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}>
          {(["auto", "light", "dark"] as const).map((each) => <option key={each} value={each}>{t(`common.theme_${each}`)}</option>)}
        </select>
      </label>
      <Button
        kind="quiet"
        label={t("common.language")}
        onClick={() => chooseLanguage(language.value === "en" ? "ja" : "en")}
      >
        {language.value === "en" ? "日本語" : "English"}
      </Button>
    </div>
  );
}

function LoggedOut() {
  return (
    <div class="state problem" role="alert">
      <p class="state-title">{t("common.logged_out")}</p>
      <p>{t("common.logged_out_help")}</p>
      <Command>deepnet open --control</Command>
    </div>
  );
}
