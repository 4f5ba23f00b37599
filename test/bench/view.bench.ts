import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { makeCachedElk } from '../../src/layout/columnLayout';
import { layoutPlan } from '../../src/layout/layoutPlan';
import type { LayoutView } from '../../src/shared/layoutView';
import type { PlanView } from '../../src/shared/planView';
import { cnnView, transformerView } from '../fixtures/planViews';
import { launch, openPanel, showPlan, writePanelPage } from '../vscode/panelPage';

/**
 * How fast the graph moves: `npm run bench:view [-- all]`. The plan panel as it ships in headless Chromium without a GPU, moved by the
 * wheel for some seconds of pan and zoom, beside an SVG of the same boxes and edges that is moved by its view box. `all` expands every group.
 */

const STEPS = 90;
/** A browser gives up on larger documents. */
const MOST_SVG_BOXES = 12_000;

interface Times {
  /** between frames, ms */
  readonly p50: number;
  readonly p95: number;
  /** drawing one frame, ms; null where the browser does it */
  readonly script: number | null;
}

const percentile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;

/** Runs in the page: `step(i)` moves the picture in each frame; answers with the times between frames. */
const scripted = (step: string): string => `new Promise((done) => {
  const times = []; let last = 0; let i = 0;
  const tick = (now) => {
    if (last > 0) times.push(now - last);
    last = now;
    if (i === ${STEPS}) return done(times);
    (${step})(i++);
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
})`;

async function canvasTimes(browser: Browser, url: string, view: PlanView, layout: LayoutView): Promise<Times> {
  const panel = await openPanel(browser, url, 'dark');
  await showPlan(panel, view, layout);
  const frames = await panel.page.evaluate<number[]>(scripted(`(i) => {
    const graph = document.querySelector('.graph');
    const { left, top, width, height } = graph.getBoundingClientRect();
    const wheel = (options) => graph.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, clientX: left + width / 2, clientY: top + height / 2, ...options }));
    if (i < 30) wheel({ ctrlKey: true, deltaY: -25 });
    else if (i < 60) wheel({ deltaX: 40, deltaY: 12 });
    else wheel({ ctrlKey: true, deltaY: 25 });
  }`));
  const script = await panel.page.evaluate<number[]>(`stagewrightFrameTimes().slice(-${STEPS})`);
  await panel.page.close();
  return { p50: percentile(frames, 0.5), p95: percentile(frames, 0.95), script: percentile(script, 0.95) };
}

async function svgTimes(browser: Browser, layout: LayoutView): Promise<Times | null> {
  if (layout.operators.length > MOST_SVG_BOXES) return null;
  const page = await browser.newPage({ viewport: { width: 1440, height: 860 } });
  const line = (points: readonly number[]): string => points.map((value, i) => `${i === 0 ? 'M' : i % 2 === 0 ? 'L' : ''}${value}${i % 2 === 0 ? ' ' : ''}`).join('');
  const boxes = layout.operators.map((_, i) => layout.boxes.slice(4 * i, 4 * i + 4)).concat(layout.groups.flatMap(({ box }) => (box === null ? [] : [[...box]])));
  const svg = [
    ...layout.edges.map(({ points }) => `<path d="${line(points)}" fill="none" stroke="#888"/>`),
    ...boxes.map(([x, y, w, h], i) => `<g><rect x="${x}" y="${y}" width="${w}" height="${h}" rx="4" fill="#ddeeff" stroke="#66a"/><text x="${x! + 9}" y="${y! + 18}" font-size="12">Box ${i}</text></g>`),
  ].join('');
  await page.setContent(`<body style="margin:0"><svg width="1440" height="860" viewBox="0 0 ${layout.width} ${layout.height}">${svg}</svg></body>`);
  const frames = await page.evaluate<number[]>(scripted(`(i) => {
    const svg = document.querySelector('svg');
    const box = svg.viewBox.baseVal;
    const zoom = (f) => { box.x += box.width * (1 - f) / 2; box.y += box.height * (1 - f) / 2; box.width *= f; box.height *= f; };
    if (i < 30) zoom(0.905);
    else if (i < 60) { box.x += box.width * 40 / 1440; box.y += box.height * 12 / 860; }
    else zoom(1 / 0.905);
  }`));
  await page.close();
  return { p50: percentile(frames, 0.5), p95: percentile(frames, 0.95), script: null };
}

async function main(all: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'stagewright-view-'));
  const browser = await launch();
  try {
    const url = await writePanelPage(folder);
    console.log('operators  boxes drawn  layout ms   canvas p50   p95  script p95     SVG p50     p95   p95 ratio');
    for (const view of [cnnView(765), transformerView(5_856), transformerView(10_000), transformerView(50_000)]) {
      const elk = makeCachedElk();
      const options = { showFoldable: false, deadlineMilliseconds: 20_000, elk };
      const start = performance.now();
      const first = await layoutPlan(view, options);
      const seconds = performance.now() - start;
      const layout = all ? await layoutPlan(view, { ...options, expanded: first.groups.map(({ key }) => key) }) : first;
      const canvas = await canvasTimes(browser, url, view, layout);
      const svg = await svgTimes(browser, layout);
      const drawn = layout.operators.length + layout.groups.filter(({ box }) => box !== null).length;
      console.log(
        [
          view.operators.length.toString().padStart(9), drawn.toString().padStart(12), seconds.toFixed(0).padStart(10),
          canvas.p50.toFixed(1).padStart(12), canvas.p95.toFixed(1).padStart(5), canvas.script!.toFixed(1).padStart(11),
          (svg?.p50.toFixed(1) ?? '–').padStart(11), (svg?.p95.toFixed(1) ?? '–').padStart(7), (svg === null ? '–' : (svg.p95 / canvas.p95).toFixed(1)).padStart(11),
        ].join(' '),
      );
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.includes('all')).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
