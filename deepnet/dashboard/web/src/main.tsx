import { render } from "preact";
import { link, losses } from "./api/live.ts";
import { languageReady } from "./i18n/index.ts";
import { App } from "./shell/app.tsx";
import { listenToKeys } from "./shell/keys.ts";
import { loadOtherPages } from "./shell/pages.tsx";
import { followNetworks } from "./state/network.ts";
import { loadSession, shutDown } from "./state/session.ts";
import "./styles/all.css";

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no #app");
void loadSession();
followNetworks();
listenToKeys();
// A service that was started anew knows this browser no more, or in another role.
link.subscribe((state) => {
  if (state !== "live") return;
  void loadSession();
  shutDown.value = false;
});
losses.subscribe((count) => {
  if (count > 0) void loadSession();
});
await languageReady();
root.replaceChildren();
render(<App />, root);
void loadOtherPages();
