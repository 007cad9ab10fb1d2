import { render } from "preact";
import { link } from "./api/live.ts";
import { App } from "./shell/app.tsx";
import { listenToKeys } from "./shell/keys.ts";
import { followNetworks } from "./state/network.ts";
import { loadSession } from "./state/session.ts";
import "./styles/all.css";

const root = document.getElementById("app");
if (root === null) throw new Error("the page has no #app");
void loadSession();
followNetworks();
listenToKeys();
// A service that was started anew knows this browser no more, or in another role.
link.subscribe((state) => {
  if (state !== "connecting") void loadSession();
});
root.replaceChildren();
render(<App />, root);
