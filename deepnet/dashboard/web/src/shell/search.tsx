// Where to: a screen, a layer or a neuron, by the first letters of its name.

import { useSignal } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { Dialog } from "../parts/button.tsx";
import { current, networks, summary } from "../state/network.ts";
import { linkTo, SCREENS } from "../state/view.ts";
import { searchIsOpen } from "./keys.ts";

const MOST = 12;

interface Place {
  name: string;
  href: string;
}

function places(wanted: string): Place[] {
  const net = current.value;
  const found: Place[] = [];
  const text = wanted.trim().toLowerCase();
  for (const screen of SCREENS) found.push({ name: t(`common.${screen}`), href: linkTo(screen) });
  for (const one of networks.value ?? []) found.push({ name: one.name, href: linkTo("overview", { net: one.name }) });
  for (const layer of summary.value?.layers ?? []) {
    found.push({ name: layer.address, href: linkTo("weights", { layer: layer.address }) });
    const [address, index] = text.split("/");
    const number = Number(index);
    if (address === layer.address && index !== undefined && index !== "" && number >= 0 && number < layer.neurons) {
      const at = `${layer.address}/${number}`;
      found.unshift({ name: at, href: linkTo("neuron", { net, at }) });
    } else if (text !== "" && `${layer.address}/0`.startsWith(text)) {
      for (let each = 0; each < Math.min(layer.neurons, MOST); each++) {
        const at = `${layer.address}/${each}`;
        found.push({ name: at, href: linkTo("neuron", { net, at }) });
      }
    }
  }
  return found.filter((place) => place.name.toLowerCase().includes(text)).slice(0, MOST);
}

export function Search() {
  const text = useSignal("");
  if (!searchIsOpen.value) return null;
  const close = () => {
    searchIsOpen.value = false;
    text.value = "";
  };
  const found = places(text.value);
  return (
    <Dialog title={t("common.search")} onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const first = found[0];
          if (first !== undefined) location.hash = first.href;
          close();
        }}
      >
        <input
          type="search"
          aria-label={t("common.search_hint")}
          placeholder={`${t("common.search_hint")}: dense_0/3`}
          value={text.value}
          autofocus
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </form>
      <ul class="found">
        {found.map((place) => <li key={place.href}><a href={place.href} onClick={close}>{place.name}</a></li>)}
      </ul>
    </Dialog>
  );
}
