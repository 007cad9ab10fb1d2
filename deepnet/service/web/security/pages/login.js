"use strict";

// The ticket is in the fragment, which browsers send to nobody. It leaves the address bar before anything else happens.
const ticket = new URLSearchParams(location.hash.slice(1)).get("ticket");
history.replaceState(null, "", "/login");

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
    location.replace("/");
    return;
  }
  const problem = await answer.json().catch(() => ({}));
  state.textContent = `${problem.detail ?? "That did not work."} Run “deepnet open” for a new ticket.`;
}

if (ticket) {
  logIn();
}
