// Keys that do something wherever you are, unless you are writing.

import { signal } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { busy, notify, step, toggle } from "../state/actions.ts";
import { summary } from "../state/network.ts";
import { mayOperate } from "../state/session.ts";
import { go, type Screen } from "../state/view.ts";
import { LETTERS } from "./navigation.tsx";

export const helpIsOpen = signal(false);
export const searchIsOpen = signal(false);
const GO_SECONDS = 1.5;
let goUntil = 0;

/** Whether what has the focus has it from the pointer: then a space is not meant for it. */
let isByPointer = false;

function isWriting(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (event.key === " " && target.matches("input[type=range]")) return false;
  return target.closest("input, select, textarea, [contenteditable], dialog") !== null;
}

/** Whether a key means something to what has the focus: space presses a button that was reached by keys. */
function isTaken(event: KeyboardEvent): boolean {
  const { target } = event;
  if (event.key !== " " || !(target instanceof HTMLElement)) return false;
  const taker = target.closest<HTMLElement>("button, a, summary, [role=slider]");
  if (taker === null) return false;
  // Whoever has clicked a button is done with it: a space would only do once more what was done, kill for example.
  if (isByPointer) taker.blur();
  return !isByPointer;
}

export function listenToKeys(): void {
  document.addEventListener("pointerdown", () => (isByPointer = true), true);
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Tab" || key.startsWith("Arrow")) isByPointer = false;
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isWriting(event) || isTaken(event)) return;
    // A key that is held: pausing and going on thirty times a second is nobody's wish, and steps wait for answers.
    const isTooSoon = event.repeat && (event.key === " " || busy.value > 0);
    if (isTooSoon || press(event.key, event.timeStamp)) event.preventDefault();
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
      if (canSteer()) toggle();
      return true;
    case ".":
      if (canSteer()) void step("batch");
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

/** Whether there is a run that this person may pause or step; if not, it is told why. */
function canSteer(): boolean {
  const { state, run = null } = summary.value ?? {};
  if (!mayOperate.value) notify(t("common.viewer_notice"), { bad: true });
  else if (state === "running" || state === "paused") return true;
  else if (run !== null) notify(t("common.run_over"));
  else if (state !== undefined) notify(t("common.no_run_notice"));
  return false;
}
