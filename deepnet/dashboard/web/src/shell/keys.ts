// Keys that do something wherever you are, unless you are writing.

import { signal } from "@preact/signals";
import { step, toggle } from "../state/actions.ts";
import { summary } from "../state/network.ts";
import { mayOperate } from "../state/session.ts";
import { go, type Screen } from "../state/view.ts";
import { LETTERS } from "./navigation.tsx";

export const helpIsOpen = signal(false);
export const searchIsOpen = signal(false);
const GO_SECONDS = 1.5;
let goUntil = 0;

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, select, textarea, [contenteditable], dialog") !== null;
}

/** Whether a key means something to what has the focus: space presses a button. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target;
  return event.key === " " && target instanceof HTMLElement && target.closest("button, a, summary, canvas, [role=slider]") !== null;
}

export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isWriting(event.target) || isTaken(event)) return;
    if (press(event.key, event.timeStamp)) event.preventDefault();
  });
}

function press(key: string, at: number): boolean {
  if (at < goUntil) {
    goUntil = 0;
    const screen = (Object.keys(LETTERS) as Screen[]).find((each) => LETTERS[each] === key);
    if (screen !== undefined) go(screen);
    return screen !== undefined;
  }
  switch (key) {
    case "g":
      goUntil = at + GO_SECONDS * 1000;
      return true;
    case " ":
      if (mayOperate.value) toggle();
      return true;
    case ".":
      if (mayOperate.value && ["running", "paused"].includes(summary.value?.state ?? "")) void step("batch");
      return true;
    case "/":
      searchIsOpen.value = true;
      return true;
    case "?":
      helpIsOpen.value = true;
      return true;
    default:
      return false;
  }
}
