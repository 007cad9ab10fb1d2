// The time, for ages that are shown; it stands still where pictures are compared.

import { signal } from "@preact/signals";
import { still } from "./view.ts";

/** Milliseconds since 1970, twice a second. */
export const now = signal(Date.now());
setInterval(() => {
  if (!still.value) now.value = Date.now();
}, 500);
