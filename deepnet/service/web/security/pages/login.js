"use strict";

// The ticket is in the fragment, which browsers send to nobody. It leaves the address bar before anything else happens.
const said = new URLSearchParams(location.hash.slice(1));
const ticket = said.get("ticket");
history.replaceState(null, "", "/login");

// Which view to begin with: one of our own page, whatever somebody has written into the link.
const view = /^#\/[\w?=&.,/%-]*$/.test(said.get("view") ?? "") ? said.get("view") : "";
const state = document.getElementById("state");

async function logIn() {
  state.textContent = "Logging in …";
  let answer;
  try {
    answer = await fetch("/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ticket }),
      redirect: "manual",
    });
  } catch {
    state.textContent = "The service does not answer. Is it still running?";
    return;
  }
  if (answer.type === "opaqueredirect" || answer.ok) {
    location.replace(`/${view}`);
    return;
  }
  const problem = await answer.json().catch(() => ({}));
  const why = answer.status === 401 ? "This link has been used, or is too old: each works once, within a minute" : problem.detail;
  state.textContent = `${why ?? "That did not work"}. Run “deepnet open” for a new one.`;
  document.getElementById("on").hidden = false;
}

if (ticket) {
  logIn();
}
