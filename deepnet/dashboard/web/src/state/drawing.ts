// The colours of canvases, as the page is: light or dark.

import { computed } from "@preact/signals";
import { makePalette } from "../draw/palette.ts";
import { isDark, palette } from "./theme.ts";

export const drawing = computed(() => {
  const { surface, text, muted, line, accent, positive, negative, bg } = palette.value;
  return makePalette(isDark.value, { background: surface, plate: bg, text, muted, line, accent, positive, negative });
});
