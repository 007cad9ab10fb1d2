// What whoever looks may have otherwise: where to, which keys, light or dark, in which language.

import { chooseLanguage, type Language, language, t } from "../i18n/index.ts";
import { Button } from "../parts/button.tsx";
import { Icon } from "../parts/icon.tsx";
import { chosenTheme, chooseTheme, type Theme } from "../state/theme.ts";
import { param, setParams } from "../state/view.ts";
import { helpIsOpen, searchIsOpen } from "./keys.ts";

const ENGLISH = { code: "en", name: "English", short: "EN" } as const;
const JAPANESE = { code: "ja", name: "日本語", short: "日本語" } as const;
const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export function Settings() {
  const other = language.value === "en" ? JAPANESE : ENGLISH;
  return (
    <div class="settings">
      <Button kind="quiet" label={t("common.search")} title={t("common.search")} onClick={() => (searchIsOpen.value = true)}>
        <Icon name="search" />
      </Button>
      <Button kind="quiet" label={t("common.help")} title={`${t("common.help")} (?)`} onClick={() => (helpIsOpen.value = true)}>
        <Icon name="keys" />
      </Button>
      <ThemeButton />
      <Button kind="quiet" label={other.name} title={t("common.language")} onClick={() => chooseOther(other.code)}>
        <span lang={other.code}>{other.short}</span>
      </Button>
    </div>
  );
}

/** As the system has it, light, dark, and round again. What the address says counts until somebody chooses. */
function ThemeButton() {
  const shown = THEMES.find((theme) => theme === param("theme")) ?? chosenTheme.value;
  const next = THEMES[(THEMES.indexOf(shown) + 1) % THEMES.length] ?? "auto";
  const name = t("common.theme_now", { theme: t(`common.theme_${shown}`) });
  const choose = () => {
    setParams({ theme: "" });
    chooseTheme(next);
  };
  return <Button kind="quiet" label={name} title={name} onClick={choose}><Icon name={shown} /></Button>;
}

function chooseOther(code: Language): void {
  setParams({ lang: "" });
  chooseLanguage(code);
}
