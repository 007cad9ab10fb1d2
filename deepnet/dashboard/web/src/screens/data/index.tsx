// Data and prediction: have a network learn a table, and ask one about rows, while it learns.

import { t } from "../../i18n/index.ts";
import { Button } from "../../parts/button.tsx";
import { current, networks } from "../../state/network.ts";
import { param, setParams } from "../../state/view.ts";
import { Ask } from "./ask.tsx";
import { Learn } from "./learn.tsx";

const PARTS = ["ask", "learn"] as const;
/** What the address of the page holds for one part says nothing to the other. */
const OF_ASKING = { row: "", first: "" };
const OF_LEARNING = { target: "", ignore: "", keep: "", missing: "" };

export function DataScreen() {
  const hasNetwork = current.value !== "";
  const wished = param("part") === "learn" || param("set") !== "" ? "learn" : param("part");
  const shown = hasNetwork && wished !== "learn" ? "ask" : networks.value === null && wished === "ask" ? "ask" : "learn";
  return (
    <div class="stack">
      <nav class="row" aria-label={t("common.data")}>
        {PARTS.map((each) => (
          <Button
            key={each}
            pressed={shown === each}
            disabled={each === "ask" && !hasNetwork}
            onClick={() => setParams({ part: each, set: "", ...(each === "learn" ? OF_ASKING : OF_LEARNING) })}
          >
            {t(`data.part_${each}`)}
          </Button>
        ))}
      </nav>
      {shown === "ask" ? <Ask /> : <Learn />}
    </div>
  );
}
