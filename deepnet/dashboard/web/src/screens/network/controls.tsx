// What is shown, how often, and of which rows.

import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { param, setParams } from "../../state/view.ts";
import { activity, frozen, hasPlane, look, rate, RATES, row } from "./looking.ts";
import { ABOUT, LOOKS } from "./looks.ts";

export function Controls() {
  const isTable = param("as") === "table";
  return (
    <div class="network-controls">
      <label class="field">
        <span>{t("network.colour_by")}</span>
        <select value={look.value} onChange={(event) => setParams({ by: event.currentTarget.value })}>
          {LOOKS.map((each) => (
            <option key={each} value={each}>
              {t(ABOUT[each].name)}
            </option>
          ))}
        </select>
      </label>
      <Rows />
      <label class="field">
        <span>{t("network.ui_rate")}</span>
        <select value={String(rate.value)} onChange={(event) => setParams({ rate: event.currentTarget.value })}>
          {RATES.map((each) => (
            <option key={each} value={String(each)}>
              {t("network.per_second", { count: each })}
            </option>
          ))}
        </select>
      </label>
      <div class="row network-buttons">
        <Button pressed={frozen.value} onClick={() => (frozen.value = !frozen.value)} title={t("network.freeze_help")}>
          {t("network.freeze")}
        </Button>
        {hasPlane.value && look.value === "output" && (
          <Button
            pressed={param("fill") !== "plain"}
            onClick={() => setParams({ fill: param("fill") === "plain" ? "" : "plain" })}
          >
            {t("network.surfaces")}
          </Button>
        )}
        <Button pressed={isTable} onClick={() => setParams({ as: isTable ? "" : "table" })}>
          {t("common.show_as_table")}
        </Button>
      </div>
    </div>
  );
}

/** The mean over the first rows of the run, or one of them. */
function Rows() {
  const count = activity.value?.rows ?? 0;
  const mean = row.value === null;
  return (
    <div class="field">
      <span id="rows-name">{t("network.rows")}</span>
      <div class="row rows" role="group" aria-labelledby="rows-name">
        <select
          aria-label={t("network.rows")}
          value={mean ? "mean" : "one"}
          onChange={(event) => setParams({ row: event.currentTarget.value === "mean" ? "" : "0" })}
        >
          <option value="mean">{mean && count > 0 ? t("network.mean_of", { count }) : t("network.mean")}</option>
          <option value="one">{t("network.one_row")}</option>
        </select>
        {!mean && (
          <input
            type="number"
            min="0"
            step="1"
            aria-label={t("network.row_number")}
            value={String(row.value)}
            onChange={(event) =>
              setParams({ row: String(Math.max(0, Math.floor(Number(event.currentTarget.value) || 0))) })
            }
          />
        )}
      </div>
    </div>
  );
}
