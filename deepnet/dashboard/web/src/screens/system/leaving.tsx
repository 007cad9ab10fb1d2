import { askRoot, send } from "../../api/http.ts";
import { t } from "../../i18n/index.ts";
import { Button, ConfirmButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Command } from "../../parts/command.tsx";
import { act } from "../../state/actions.ts";
import { loadSession, mayAdminister, shutDown } from "../../state/session.ts";

/** Out of the service, and the end of it. */
export function LeavingCard() {
  const logOut = async () => {
    const done = await act(async () => {
      await askRoot<null>("POST", "/logout");
      return true;
    });
    if (done !== null) await loadSession();
  };
  const end = async () => {
    const done = await act(() => send<{ ending: boolean }>("POST", "/service/shutdown"));
    if (done !== null) shutDown.value = true;
  };
  return (
    <Card title={t("system.leaving")}>
      <div class="stack">
        <div>
          <Button onClick={logOut}>{t("system.log_out")}</Button>
        </div>
        {mayAdminister.value && (
          <div>
            <ConfirmButton question={t("system.shut_down_question")} answer={t("system.shut_down")} onClick={end}>
              {t("system.shut_down")}
            </ConfirmButton>
            <div><Command>deepnet stop --service</Command></div>
          </div>
        )}
      </div>
    </Card>
  );
}
