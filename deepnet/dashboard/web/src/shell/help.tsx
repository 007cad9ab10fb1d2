import { t } from "../i18n/index.ts";
import { Button, Dialog } from "../parts/button.tsx";
import { mayOperate } from "../state/session.ts";
import { SCREENS } from "../state/view.ts";
import { helpIsOpen } from "./keys.ts";
import { LETTERS } from "./navigation.tsx";

export function Help() {
  if (!helpIsOpen.value) return null;
  const keys = [
    ...(mayOperate.value ? ([["space", t("common.key_space")], [".", t("common.key_step")]] as const) : []),
    ["/", t("common.key_search")],
    ["?", t("common.key_help")],
    ["Esc", t("common.key_escape")],
  ] as const;
  return (
    <Dialog title={t("common.keys_title")} onClose={() => (helpIsOpen.value = false)}>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt><kbd>{key}</kbd></dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">{t("common.key_go")}</p>
      <dl class="keys two">
        {[...SCREENS, "welcome" as const].map((screen) => (
          <div key={screen}>
            <dt><kbd>g</kbd> <kbd>{LETTERS[screen]}</kbd></dt>
            <dd>{t(`common.${screen}`)}</dd>
          </div>
        ))}
      </dl>
      <div class="row end"><Button onClick={() => (helpIsOpen.value = false)}>{t("common.close")}</Button></div>
    </Dialog>
  );
}
