import { t } from "../i18n/index.ts";
import { Button, Dialog } from "../parts/button.tsx";
import { helpIsOpen } from "./keys.ts";

export function Help() {
  if (!helpIsOpen.value) return null;
  const keys = [
    ["space", t("common.key_space")],
    [".", t("common.key_step")],
    ["/", t("common.key_search")],
    ["g", t("common.key_go")],
    ["?", t("common.key_help")],
    ["Esc", t("common.key_escape")],
  ];
  return (
    <Dialog title={t("common.keys_title")} onClose={() => (helpIsOpen.value = false)}>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <>
            <dt><kbd>{key}</kbd></dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
      <div class="row end"><Button onClick={() => (helpIsOpen.value = false)}>{t("common.close")}</Button></div>
    </Dialog>
  );
}
