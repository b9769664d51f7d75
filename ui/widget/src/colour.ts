/** Colours that can be read: the owner's accent is kept, what stands on it and near it gives way. */

type Rgb = number[];
const AA = 4.5;
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
const PLAIN = "#0b6b5d";

/** Any opaque colour that CSS knows, as numbers; our own green for what is none. */
export function parse(text: string): Rgb {
  const pen = document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;
  pen.fillStyle = PLAIN;
  pen.fillStyle = text;
  const hex = String(pen.fillStyle);
  return [1, 3, 5].map((at) => parseInt((hex[6] ? hex : PLAIN).slice(at, at + 2), 16) || 0);
}

const light = (colour: Rgb): number =>
  colour.reduce((sum, value, n) => {
    const part = value / 255;
    return sum + (part > 0.04045 ? ((part + 0.055) / 1.055) ** 2.4 : part / 12.92) * [0.2126, 0.7152, 0.0722][n]!;
  }, 0.05);

/** WCAG's contrast of two colours, 1 to 21. */
const contrast = (one: Rgb, other: Rgb): number => {
  const ratio = light(one) / light(other);
  return ratio > 1 ? ratio : 1 / ratio;
};

/** The accent as a ground, what is written on it, and the accent as writing on `ground`. */
export function shades(accent: Rgb, end: Rgb, ground: Rgb): string[] {
  const on = contrast(accent, WHITE) >= AA ? WHITE : BLACK;
  let written = accent;
  for (let step = 0; contrast(written, ground) < AA + 0.1; step += 0.05) {
    written = accent.map((value, n) => Math.round(value + (end[n]! - value) * step));
  }
  return [accent, on, written].map((colour) => `rgb(${colour})`);
}

/** The same for the dark theme or the light one, on the ground that is the nearest to the middle. */
export const painted = (accent: string, dark: boolean): string[] =>
  shades(parse(accent), dark ? WHITE : BLACK, dark ? [37, 40, 46] : [243, 244, 246]);
