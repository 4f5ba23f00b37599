import { contrast, css, mix, parseColor, withContrast, type Rgb } from './color';

/**
 * Eight hues that differ for people with the common kinds of colour blindness too (after Okabe and Ito, "Color Universal Design",
 * 2008, darkened or lightened for text), neighbours far apart. A ninth stage starts over: hue never stands alone, every
 * stage also has its number and its place.
 */
const ON_LIGHT = ['#1a6fb5', '#b35900', '#0a7d61', '#a63f8a', '#756500', '#1f7fa0', '#b0382c', '#6a52b3'];
const ON_DARK = ['#68b0ef', '#f0a150', '#4fc8a2', '#e58cc6', '#d5c550', '#7dd0e6', '#f28577', '#b5a0f2'];

export interface StageColors {
  /** lines, swatches, numbers: at least 3 : 1 on the background, 4.5 : 1 in high contrast */
  readonly strong: string;
  /** text on `strong` */
  readonly onStrong: string;
  /** the stage's quiet ground */
  readonly ground: string;
  readonly outline: string;
  /** boxes from little to much time, HEAT_STEPS of them */
  readonly heat: readonly string[];
  /** the same for boxes too small for an outline, which stand out by their fill alone */
  readonly farHeat: readonly string[];
}

export interface Palette {
  readonly highContrast: boolean;
  readonly background: string;
  readonly text: string;
  readonly quietText: string;
  readonly edge: string;
  readonly boxOutline: string;
  /** the one accent: selection and focus */
  readonly accent: string;
  readonly match: string;
  readonly error: string;
  /** chips that carry text over the picture */
  readonly chip: string;
  readonly chipOutline: string;
  readonly cut: string;
  /** boxes by a metric: nothing first, then from little to much */
  readonly ramp: readonly string[];
  /** text on each step of `ramp`: at least 4.5 : 1, 7 : 1 in high contrast */
  readonly onRamp: readonly string[];
  /** a box whose metric is not known */
  readonly unknown: string;
  readonly stages: (stage: number) => StageColors;
  readonly font: string;
}

export const HEAT_STEPS = 6;

/** Reads the theme from the document: VS Code sets `--vscode-*` on the root element and a class on the body. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.body);
  const highContrast = /\bvscode-high-contrast(-light)?\b/.test(document.body.className);
  const bodyIsDark = /\bvscode-dark\b|\bvscode-high-contrast\b(?!-)/.test(document.body.className) && !document.body.classList.contains('vscode-high-contrast-light');
  const background = parseColor(style.getPropertyValue('--vscode-editor-background')) ?? (bodyIsDark ? [31, 31, 31] : [255, 255, 255]);
  const color = (name: string, otherwise: Rgb): Rgb => parseColor(style.getPropertyValue(`--vscode-${name}`), background) ?? otherwise;
  return makePalette({
    highContrast,
    background,
    text: color('editor-foreground', color('foreground', bodyIsDark ? [204, 204, 204] : [59, 59, 59])),
    quiet: color('descriptionForeground', [128, 128, 128]),
    accent: color('focusBorder', [0, 120, 212]),
    match: color('editor-findMatchBackground', [158, 106, 3]),
    error: color('editorError-foreground', [228, 86, 86]),
    chip: color('editorWidget-background', background),
    chipOutline: color('contrastBorder', color('editorWidget-border', [128, 128, 128])),
    font: style.getPropertyValue('--vscode-font-family') || 'system-ui, sans-serif',
  });
}

export const RAMP_STEPS = 6;

export interface ThemeColors {
  readonly highContrast: boolean;
  readonly background: Rgb;
  readonly text: Rgb;
  readonly quiet: Rgb;
  readonly accent: Rgb;
  readonly match: Rgb;
  readonly error: Rgb;
  readonly chip: Rgb;
  readonly chipOutline: Rgb;
  readonly font: string;
}

export function makePalette(theme: ThemeColors): Palette {
  const { background, text, highContrast } = theme;
  const dark = contrast([255, 255, 255], background) > contrast([0, 0, 0], background);
  const hues = (dark ? ON_DARK : ON_LIGHT).map((hex) => withContrast(parseColor(hex)!, background, highContrast ? 7 : 3.2));
  const stages = hues.map((hue): StageColors => {
    const black: Rgb = [0, 0, 0];
    const white: Rgb = [255, 255, 255];
    const most = highContrast ? 0.3 : dark ? 0.42 : 0.46;
    return {
      strong: css(hue),
      onStrong: css(contrast(black, hue) > contrast(white, hue) ? black : white),
      ground: css(mix(hue, background, highContrast ? 0 : dark ? 0.055 : 0.05)),
      outline: css(highContrast ? hue : mix(hue, background, 0.4)),
      heat: Array.from({ length: HEAT_STEPS }, (_, i) => css(mix(hue, background, (highContrast ? 0 : 0.13) + ((most - 0.13) * i) / (HEAT_STEPS - 1)))),
      farHeat: Array.from({ length: HEAT_STEPS }, (_, i) => css(mix(hue, background, (highContrast ? 0.6 : 0.32) + ((highContrast ? 0.4 : 0.5) * i) / (HEAT_STEPS - 1)))),
    };
  });
  const neutral: StageColors = {
    strong: css(withContrast(theme.quiet, background, 3.2)),
    onStrong: css(background),
    ground: css(background),
    outline: css(mix(text, background, 0.3)),
    heat: Array.from({ length: HEAT_STEPS }, (_, i) => css(mix(text, background, highContrast ? 0 : 0.05 + (0.19 * i) / (HEAT_STEPS - 1)))),
    farHeat: Array.from({ length: HEAT_STEPS }, (_, i) => css(mix(text, background, (highContrast ? 0.5 : 0.16) + (0.4 * i) / (HEAT_STEPS - 1)))),
  };
  return {
    highContrast,
    background: css(background),
    text: css(text),
    quietText: css(withContrast(theme.quiet, background, 4.5)),
    edge: css(mix(text, background, highContrast ? 0.75 : 0.3)),
    boxOutline: css(mix(text, background, highContrast ? 1 : 0.28)),
    accent: css(withContrast(theme.accent, background, 3)),
    match: css(theme.match),
    error: css(withContrast(theme.error, background, 4.5)),
    chip: css(theme.chip),
    chipOutline: css(theme.chipOutline),
    cut: css(mix(text, background, highContrast ? 1 : 0.78)),
    ...rampOf(theme, dark),
    unknown: css(mix(text, background, 0.06)),
    stages: (stage) => (stage < 0 ? neutral : stages[stage % stages.length]!),
    font: theme.font,
  };
}

/**
 * One hue in even steps, so that more is more to everybody's eyes, as far as it goes. A step on which nothing can be read well (WCAG 2: 4.5 : 1; high
 * contrast 7 : 1) makes place for the nearest shade on which something can.
 */
function rampOf({ background, text, highContrast }: ThemeColors, dark: boolean): { readonly ramp: readonly string[]; readonly onRamp: readonly string[] } {
  const hue: Rgb = dark ? [226, 150, 255] : [126, 24, 168];
  const inks: readonly Rgb[] = [text, background, [255, 255, 255], [0, 0, 0]];
  const shades = Array.from({ length: 101 }, (_, percent) => {
    const fill = mix(hue, background, percent / 100);
    return { percent, fill, ink: inks.find((ink) => contrast(ink, fill) >= (highContrast ? 7 : 4.5)) };
  });
  const ramp: string[] = [css(background)];
  const onRamp: string[] = [css(text)];
  for (let step = 1, least = 1; step < RAMP_STEPS; step++) {
    const wanted = 12 + (88 * (step - 1)) / (RAMP_STEPS - 2);
    // there is always one: the hue at its strongest bears black or white
    const { percent, fill, ink } = shades.filter((shade) => shade.ink !== undefined && shade.percent >= least).reduce((best, shade) => (Math.abs(shade.percent - wanted) < Math.abs(best.percent - wanted) ? shade : best));
    least = Math.min(100, percent + 4);
    ramp.push(css(fill));
    onRamp.push(css(ink!));
  }
  return { ramp, onRamp };
}
