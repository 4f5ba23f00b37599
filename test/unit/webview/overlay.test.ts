import { describe, expect, it } from 'vitest';
import { METRICS, metricOf } from '../../../src/shared/query/metrics';
import { layoutPlan } from '../../../src/layout/layoutPlan';
import { contrast, parseColor } from '../../../webview/graph/color';
import { makePalette, RAMP_STEPS, type ThemeColors } from '../../../webview/graph/palette';
import { makeScene } from '../../../webview/graph/scene';
import { makeBins, STEPS, UNKNOWN } from '../../../webview/overlay/bins';
import { paintOf } from '../../../webview/overlay/paint';
import { themes } from '../../../webview/report/themes';
import { cnnView } from '../../fixtures/planViews';

const view = cnnView(150, 3);

describe('steps of a metric', () => {
  it.each(METRICS.filter((metric) => metric !== 'measured'))('of %s rise with it, and count every operator once', (metric) => {
    const { stepOf, legend, unknown } = makeBins(view, metric);
    const values = metricOf(view, metric);
    const drawn = [...values.keys()].filter((v) => !view.operators[v]!.foldable);
    for (const a of drawn) {
      for (const b of drawn) if (values[a]! < values[b]!) expect(stepOf[a]!).toBeLessThanOrEqual(stepOf[b]!);
      expect(stepOf[a] === 0).toBe(values[a] === 0);
    }
    expect(legend).toHaveLength(STEPS);
    expect(legend.reduce((sum, { count }) => sum + count, unknown)).toBe(drawn.length);
  });

  it('of measured times are there for what was measured', () => {
    const operators = view.operators.map((operator, i) => (i < 3 ? { ...operator, measuredRatio: [0.5, 1, 2][i]! } : operator));
    const { stepOf, caption } = makeBins({ ...view, operators }, 'measured');
    expect([caption(0), caption(2), caption(3)]).toEqual(['0.5 times', '2 times', '?']);
    expect(stepOf[0]!).toBeLessThan(stepOf[2]!);
    expect(stepOf[3]).toBe(UNKNOWN);
  });

  it('leave out what is not known', () => {
    const operators = view.operators.map((operator, i) => (i === 0 ? { ...operator, seconds: null } : operator));
    const bins = makeBins({ ...view, operators }, 'time');
    expect([bins.stepOf[0], bins.unknown, bins.caption(0)]).toEqual([UNKNOWN, 1, '?']);
  });

  it('colour each drawn box by its operator', async () => {
    const bins = makeBins(view, 'time');
    const scene = makeScene(view, await layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 5000 }));
    const { step, order } = paintOf(scene, bins);
    scene.layout.operators.forEach((operator, box) => expect(step[box]).toBe(bins.stepOf[operator]));
    expect([...order].sort((a, b) => a - b)).toEqual(scene.layout.operators.map((_, box) => box));
  });
});

describe.each(Object.entries(themes))('the ramp in %s', (_, { bodyClass, variables }) => {
  const color = (name: string): ThemeColors['text'] => parseColor(variables[name]!)!;
  const theme: ThemeColors = {
    highContrast: bodyClass.includes('high-contrast'), background: color('editor-background'), text: color('editor-foreground'), quiet: color('descriptionForeground'), accent: color('focusBorder'),
    match: color('editor-findMatchBackground'), error: color('editorError-foreground'), chip: color('editorWidget-background'), chipOutline: color('editorWidget-border'), font: 'sans-serif',
  };
  const { ramp, onRamp } = makePalette(theme);

  it('bears the text, and every step differs more from the background than the one before', () => {
    expect(ramp).toHaveLength(RAMP_STEPS);
    expect(RAMP_STEPS).toBe(STEPS);
    const rgb = (color: string): ThemeColors['text'] => parseColor(`rgb(${color.slice(4, -1).replaceAll(' ', ', ')})`)!;
    const away = ramp.map((step) => contrast(rgb(step), theme.background));
    for (let i = 1; i < away.length; i++) expect(away[i]!).toBeGreaterThan(away[i - 1]! * 1.05);
    // what is most stands out, whatever the theme
    expect(away.at(-1)!).toBeGreaterThan(4.5);
    ramp.forEach((step, i) => expect(contrast(rgb(step), rgb(onRamp[i]!))).toBeGreaterThanOrEqual(theme.highContrast ? 7 : 4.5));
  });
});
