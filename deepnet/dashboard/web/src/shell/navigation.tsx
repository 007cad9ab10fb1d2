import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { linkTo, SCREENS, type Screen, view } from "../state/view.ts";

/** The letter after g that leads to each screen. */
export const LETTERS: Record<Screen, string> = {
  overview: "o",
  network: "n",
  neuron: "u",
  tree: "t",
  events: "e",
  weights: "w",
  data: "d",
  runs: "r",
  system: "s",
  welcome: "h",
};

const PICTURES: Record<Screen, string> = {
  overview: "M2 12l3-5 3 3 5-7",
  network: "M3 3v0M3 8v0M3 13v0M8 5.5v0M8 10.5v0M13 8v0M3 3l5 2.5M3 8l5-2.5M3 8l5 2.5M3 13l5-2.5M8 5.5L13 8M8 10.5L13 8",
  neuron: "M8 4a4 4 0 100 8 4 4 0 000-8M1 4l3 2M1 12l3-2M12 8h3",
  tree: "M8 2v4M8 6H3v4M8 6h5v4M8 6v4M2 10h2v3H2zM7 10h2v3H7zM12 10h2v3h-2z",
  events: "M2 4h12M2 8h12M2 12h8",
  weights: "M2 2h12v12H2zM6 2v12M10 2v12M2 6h12M2 10h12",
  data: "M3 2h10v12H3zM3 6h10M7 6v8",
  runs: "M2 13V9h3v4M6.500 13V5h3v8M11 13V2h3v11",
  system: "M2 3h12v8H2zM6 14h4M8 11v3",
  welcome: "M3 2h8l2 2v10H3zM5 6h6M5 9h6M5 12h3",
};

export function Navigation() {
  const nav = useRef<HTMLElement>(null);
  const shown = view.value.screen;
  useEffect(() => {
    const strip = nav.current;
    if (strip === null) return undefined;
    // On a narrow screen it is a strip that is scrolled; the page itself is not.
    const show = () => {
      const chosen = strip.querySelector<HTMLElement>("[aria-current]");
      if (chosen !== null) strip.scrollLeft = chosen.offsetLeft - (strip.clientWidth - chosen.offsetWidth) / 2;
    };
    const watch = new ResizeObserver(show);
    watch.observe(strip);
    show();
    return () => watch.disconnect();
  }, [shown]);
  return (
    <nav ref={nav} class="navigation" aria-label={t("common.screens")}>
      {[...SCREENS, "welcome" as const].map((screen) => (
        <a
          key={screen}
          href={linkTo(screen)}
          title={`g ${LETTERS[screen]}`}
          {...(shown === screen ? { "aria-current": "page" } as const : {})}
        >
          <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true"><path d={PICTURES[screen]} /></svg>
          <span>{t(`common.${screen}`)}</span>
        </a>
      ))}
    </nav>
  );
}
