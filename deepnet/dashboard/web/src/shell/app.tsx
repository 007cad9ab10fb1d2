// The frame around all screens.

import { computed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { language, t } from "../i18n/index.ts";
import { Command } from "../parts/command.tsx";
import { isBare, isMissing } from "../state/network.ts";
import { loggedOut } from "../state/session.ts";
import { linkTo, type Screen, view } from "../state/view.ts";
import { Gone } from "./gone.tsx";
import { Help } from "./help.tsx";
import { Missing } from "./missing.tsx";
import { Navigation } from "./navigation.tsx";
import { Notices } from "./notices.tsx";
import { CurrentPage } from "./pages.tsx";
import { Search } from "./search.tsx";
import { Settings } from "./settings.tsx";
import { Badges, Status } from "./status.tsx";

/** Screens that mean something while there is no network. */
const WITHOUT_NETWORK: readonly Screen[] = ["welcome", "data", "runs", "events", "system", "tree"];

/** The screen that is shown: the stories, where there is no network that the wanted one could show. */
const screenShown = computed<Screen>(() => {
  const wanted = view.value.screen;
  return isBare.value && !WITHOUT_NETWORK.includes(wanted) ? "welcome" : wanted;
});

export function App() {
  const screen = screenShown.value;
  const title = t(`common.${screen}`);
  useEffect(() => {
    document.title = `${title} · deepnet`;
    document.documentElement.lang = language.value;
  }, [title, language.value]);
  const first = useRef(screen);
  useEffect(() => {
    // Whoever went here by a key, or from something that is gone, goes on at the beginning of the screen.
    if (first.current !== screen && document.activeElement === document.body) document.getElementById("main")?.focus();
    first.current = screen;
    window.scrollTo(0, 0);
  }, [screen]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>
        {t("common.skip")}
      </a>
      <header class="top">
        <a class="brand" href={linkTo("overview")} aria-label="deepnet">
          <img src="/static/icon.svg" alt="" width="22" height="22" />
          <span>deepnet</span>
        </a>
        <Status />
        <Badges />
        <Settings />
      </header>
      <div class="body">
        <Navigation />
        <main id="main" tabIndex={-1} key={screen}>
          <h1 class="screen-title">{title}</h1>
          <Gone />
          {loggedOut.value ? <LoggedOut /> : isMissing.value && !WITHOUT_NETWORK.includes(screen) ? <Missing /> : <CurrentPage screen={screen} />}
        </main>
      </div>
      <Notices />
      <Search />
      <Help />
    </>
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
