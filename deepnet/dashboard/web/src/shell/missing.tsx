// The network that the address names is not there: which there are, and how to have one.

import { t } from "../i18n/index.ts";
import { Empty } from "../parts/states.tsx";
import { current, networks, wasThere } from "../state/network.ts";
import { linkTo, view } from "../state/view.ts";

export function Missing() {
  const name = current.value;
  const all = networks.value ?? [];
  const { screen } = view.value;
  const there = screen === "neuron" ? "network" : screen;
  return (
    <div class="card" role="status">
      <Empty title={t(wasThere(name) ? "common.was_deleted" : "common.no_such_network", { name })}>
        {all.length > 0 && (
          <p>
            {t("common.there_are")}{" "}
            {all.map((one, index) => (
              <span key={one.name}>{index > 0 && " · "}<a href={linkTo(there, { net: one.name })}>{one.name}</a></span>
            ))}
          </p>
        )}
        <p><a href={linkTo("welcome", { net: "" })}>{t("common.to_stories")}</a></p>
      </Empty>
    </div>
  );
}
