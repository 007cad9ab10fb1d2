// Small pictures as lines: fonts differ in which signs they have.

const PATHS = {
  search: "M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9M10.3 10.3L14 14",
  keys: "M2 4h12v8H2zM4.5 7h.01M7 7h.01M9.5 7h.01M12 7h.01M5 9.7h6",
  auto: "M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11M8 2.5v11M9 4.5h2.5M9 7h4M9 9.5h4M9 11.8h2",
  light: "M8 5a3 3 0 100 6 3 3 0 000-6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9L13 13M13 3l-1.1 1.1M4.1 11.9L3 13",
  dark: "M13 9.5A5.5 5.5 0 016.5 3 5.5 5.5 0 1013 9.5z",
  play: "M4.5 2.8v10.4L13 8z",
  pause: "M5.2 3v10M10.8 3v10",
  step: "M3.5 3.2v9.6L10 8zM12.8 3v10",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return <svg class="icon" viewBox="0 0 16 16" width="18" height="18" aria-hidden="true"><path d={PATHS[name]} /></svg>;
}
