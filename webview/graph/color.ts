/** Colours as red, green, blue from 0 to 255. */
export type Rgb = readonly [number, number, number];

/** '#rgb', '#rrggbb', '#rrggbbaa', 'rgb(…)' and 'rgba(…)', as computed styles give them; alpha is laid over `under`. */
export function parseColor(text: string, under: Rgb = [255, 255, 255]): Rgb | null {
  const value = text.trim();
  let channels: number[] | null = null;
  if (/^#[0-9a-f]{3,8}$/i.test(value)) {
    const digits = value.slice(1);
    const pairs = digits.length <= 4 ? [...digits].map((d) => d + d) : (digits.match(/../g) ?? []);
    channels = pairs.map((pair, i) => (i === 3 ? parseInt(pair, 16) / 255 : parseInt(pair, 16)));
  } else {
    const match = /^rgba?\(([^)]*)\)$/i.exec(value);
    if (match) channels = (match[1]!.match(/[\d.]+%?/g) ?? []).map((part) => (part.endsWith('%') ? parseFloat(part) / 100 : parseFloat(part)));
  }
  if (channels === null || channels.length < 3) return null;
  const [r, g, b, a = 1] = channels as [number, number, number, number?];
  return mix([r, g, b], under, a);
}

/** `share` of `top` over `under` */
export const mix = (top: Rgb, under: Rgb, share: number): Rgb => [0, 1, 2].map((i) => top[i]! * share + under[i]! * (1 - share)) as unknown as Rgb;

export const css = (color: Rgb): string => `rgb(${color.map((c) => Math.round(c)).join(' ')})`;

/** WCAG 2 relative luminance, 0 to 1 */
export function luminance(color: Rgb): number {
  const [r, g, b] = color.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2 contrast ratio, 1 to 21 */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Moves a colour away from the background, towards white or black, until the contrast suffices. */
export function withContrast(color: Rgb, background: Rgb, wanted: number): Rgb {
  const away: Rgb = luminance(background) < 0.18 ? [255, 255, 255] : [0, 0, 0];
  for (let share = 0; share < 1; share += 0.05) {
    const candidate = mix(away, color, share);
    if (contrast(candidate, background) >= wanted) return candidate;
  }
  return away;
}
