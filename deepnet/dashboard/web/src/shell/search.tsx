// Where to: a screen, a network, a layer or a neuron, by a part of its name.

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { type Key, t } from "../i18n/index.ts";
import { Dialog } from "../parts/button.tsx";
import { current, networks, summary } from "../state/network.ts";
import { linkTo, SCREENS } from "../state/view.ts";
import { searchIsOpen } from "./keys.ts";

const MOST = 12;

interface Place {
  name: string;
  kind: Key;
  href: string;
}

function places(wanted: string): Place[] {
  const text = wanted.trim().toLowerCase();
  const screens = [...SCREENS, "welcome" as const].map((screen): Place =>
    ({ name: t(`common.${screen}`), kind: "common.screen", href: linkTo(screen) }));
  const all = (networks.value ?? []).map((one): Place =>
    ({ name: one.name, kind: "common.network", href: linkTo("overview", { net: one.name }) }));
  const found = [...neurons(text), ...screens, ...all];
  for (const layer of summary.value?.layers ?? []) {
    found.push({ name: layer.address, kind: "common.layer", href: linkTo("weights", { net: current.value, layer: layer.address }) });
  }
  return found.filter((place) => place.name.toLowerCase().includes(text)).slice(0, MOST);
}

/** Neurons once their layer is written, "dense_0" or "dense_0/1": there may be ten thousand. */
function neurons(text: string): Place[] {
  const found: Place[] = [];
  for (const layer of summary.value?.layers ?? []) {
    const [address = "", index] = text.split("/", 2);
    if (address !== layer.address) continue;
    const first = index === undefined || index === "" ? 0 : Number(index);
    const many = index === undefined || index === "" ? MOST / 2 : 1;
    for (let each = first; each < Math.min(first + many, layer.neurons); each++) {
      const at = `${layer.address}/${each}`;
      found.push({ name: at, kind: "common.neuron", href: linkTo("neuron", { net: current.value, at }) });
    }
  }
  return found;
}

export function Search() {
  const text = useSignal("");
  const list = useRef<HTMLUListElement>(null);
  const input = useRef<HTMLInputElement>(null);
  if (!searchIsOpen.value) return null;
  const close = () => {
    searchIsOpen.value = false;
    text.value = "";
  };
  const found = places(text.value);
  /** Arrows go through what was found; above the first is what is written. */
  const move = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const links = [...(list.current?.querySelectorAll("a") ?? [])];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement) + (event.key === "ArrowDown" ? 1 : -1);
    if (at < 0) input.current?.focus();
    else links[Math.min(at, links.length - 1)]?.focus();
  };
  return (
    <Dialog title={t("common.search_title")} onClose={close}>
      <div onKeyDown={move}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const first = found[0];
            if (first === undefined) return;
            location.hash = first.href;
            close();
          }}
        >
          <input
            ref={input}
            type="search"
            aria-label={t("common.search_hint")}
            placeholder={`${t("common.search_hint")}: dense_0/3`}
            value={text.value}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </form>
        <ul class="found" ref={list}>
          {found.map((place) => (
            <li key={`${place.kind} ${place.href}`}>
              <a href={place.href} onClick={close}>{place.name}<span class="muted"> {t(place.kind)}</span></a>
            </li>
          ))}
        </ul>
        {found.length === 0 && <p class="muted" role="status">{t("common.search_nothing")}</p>}
      </div>
    </Dialog>
  );
}
