// Ramps of colours: mixed in OKLab, so that equal steps of a number look like equal steps.

type Rgb = readonly [number, number, number];

/** 256 colours in order, and one more for what nobody knows. */
export interface Ramp {
  /** As a pixel of an ImageData, little-endian: 0xAABBGGRR. */
  readonly words: Uint32Array;
  /** As CSS. */
  readonly css: readonly string[];
}

export const STEPS = 256;
/** The place in a ramp of the colour for what nobody knows. */
export const UNKNOWN = STEPS;

/** Return the ramp through *stops* ("#rrggbb"), evenly spaced; *unknown* is the colour for no number. */
export function ramp(stops: readonly string[], unknown: string): Ramp {
  const labs = stops.map((stop) => toLab(parse(stop)));
  const words = new Uint32Array(STEPS + 1);
  const css: string[] = [];
  for (let step = 0; step <= STEPS; step++) {
    const rgb = step === UNKNOWN ? parse(unknown) : fromLab(between(labs, step / (STEPS - 1)));
    words[step] = word(rgb);
    css.push(hex(rgb));
  }
  return { words, css };
}

/** Return *colour* ("#rrggbb") with an opacity of 0 to 1. */
export function faded(colour: string, opacity: number): string {
  const [red, green, blue] = parse(colour);
  return `rgba(${red}, ${green}, ${blue}, ${opacity})`;
}

/** Return which of *dark* and *light* is easier to read on *colour*. */
export function readable(colour: string, dark: string, light: string): string {
  const [lightness] = toLab(parse(colour));
  return lightness > 0.62 ? dark : light;
}

/** Return the mix of two colours; 0 is the first. */
export function mix(one: string, other: string, share: number): string {
  return hex(fromLab(between([toLab(parse(one)), toLab(parse(other))], share)));
}

export function parse(colour: string): Rgb {
  const text = colour.trim().replace("#", "");
  const six = text.length === 3 ? [...text].map((digit) => digit + digit).join("") : text;
  const number = Number.parseInt(six, 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

function hex(rgb: Rgb): string {
  return `#${rgb.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function word([red, green, blue]: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function between(stops: readonly Rgb[], place: number): Rgb {
  const at = Math.min(Math.max(place, 0), 1) * (stops.length - 1);
  const low = Math.min(Math.floor(at), stops.length - 2);
  const share = at - low;
  const one = stops[low] ?? [0, 0, 0];
  const other = stops[low + 1] ?? one;
  return [0, 1, 2].map((part) => (one[part] ?? 0) * (1 - share) + (other[part] ?? 0) * share) as unknown as Rgb;
}

// OKLab: Björn Ottosson, https://bottosson.github.io/posts/oklab/

function toLab(rgb: Rgb): Rgb {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const middle = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * long + 0.793617785 * middle - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * middle + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * middle - 0.808675766 * short,
  ];
}

function fromLab([light, a, b]: Rgb): Rgb {
  const long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const parts = [
    4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short,
  ];
  return parts.map((part) => {
    const share = part <= 0.0031308 ? part * 12.92 : 1.055 * Math.max(part, 0) ** (1 / 2.4) - 0.055;
    return Math.round(Math.min(Math.max(share, 0), 1) * 255);
  }) as unknown as Rgb;
}
