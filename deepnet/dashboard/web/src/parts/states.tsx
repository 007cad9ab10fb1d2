// What is shown where there is nothing to show: not yet, not at all, or not any more.

import type { ComponentChildren } from "preact";
import { t } from "../i18n/index.ts";
import { Button } from "./button.tsx";

export function Loading() {
  return <p class="state muted" role="status">{t("common.loading")}</p>;
}

export function Empty({ title, children }: { title?: string; children?: ComponentChildren }) {
  return (
    <div class="state empty">
      <p class="state-title">{title ?? t("common.nothing")}</p>
      {children}
    </div>
  );
}

export function ProblemBox({ detail, retry }: { detail: string; retry?: () => void }) {
  return (
    <div class="state problem" role="alert">
      <p class="state-title">{t("common.problem")}</p>
      <p>{detail}</p>
      {retry !== undefined && <Button onClick={retry}>{t("common.retry")}</Button>}
    </div>
  );
}
