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
 * How fast the graph opens and moves: `npm run bench:view [-- all] [-- 2]`. The plan panel as it ships in headless Chromium without a GPU, moved by the
 * wheel for some seconds of pan and zoom, first with the whole graph in view, beside an SVG of the same boxes and edges that is moved by its view box.
 * `all` expands every group, `2` doubles the device pixel ratio. "picture" is the time from a plan's message to its first drawn frame, the layout by a
 * new engine included; "longest" the longest that the panel's thread was busy until then.
 */

const STEPS = 120;
/** A browser gives up on larger documents. */
const MOST_SVG_BOXES = 12_000;

interface Times {
  /** between frames, ms */
  readonly p50: number;
  readonly p95: number;
  /** drawing one frame, ms */
  readonly script: number;
  /** from the plan's message to the first frame, and the longest task until then, ms */
  readonly picture: number;
  readonly longest: number;
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

async function canvasTimes(browser: Browser, url: string, view: PlanView, layoutMilliseconds: number, layout: LayoutView, ratio: number): Promise<Times> {
  const panel = await openPanel(browser, url, 'dark', undefined, '', ratio);
  const asked = await panel.page.evaluate<number>(`new Promise((done) => {
    window.longest = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (window.longest = Math.max(window.longest, duration)))).observe({ type: 'longtask' });
    const view = ${JSON.stringify(view)};
    window.onPosted = ({ type }) => type === 'layout' && done(performance.now() - start);
    const start = performance.now();
    postMessage({ type: 'plan', view, dirty: false }, '*');
  })`);
  const drawn = await panel.page.evaluate<number>(`new Promise((done) => {
    const layout = ${JSON.stringify(layout)};
    const start = performance.now();
    postMessage({ type: 'layout', layout }, '*');
    setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start))));
  })`);
  await showPlan(panel, view, layout);
  const longest = await panel.page.evaluate<number>('window.longest');
  const frames = await panel.page.evaluate<number[]>(scripted(`(i) => {
    const graph = document.querySelector('.graph');
    const { left, top, width, height } = graph.getBoundingClientRect();
    const wheel = (options) => graph.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, clientX: left + width / 2, clientY: top + height / 2, ...options }));
    if (i < 30) wheel({ deltaX: i % 10 < 5 ? 24 : -24, deltaY: i % 4 < 2 ? 8 : -8 });
    else if (i < 60) wheel({ ctrlKey: true, deltaY: -25 });
    else if (i < 90) wheel({ deltaX: 40, deltaY: 12 });
    else wheel({ ctrlKey: true, deltaY: 25 });
  }`));
  const script = await panel.page.evaluate<number[]>(`stagewrightFrameTimes().slice(-${STEPS})`);
  await panel.page.close();
  return { p50: percentile(frames, 0.5), p95: percentile(frames, 0.95), script: percentile(script, 0.95), picture: asked + layoutMilliseconds + drawn, longest };
}

async function svgTimes(browser: Browser, layout: LayoutView, ratio: number): Promise<Pick<Times, 'p50' | 'p95'> | null> {
  if (layout.operators.length > MOST_SVG_BOXES) return null;
  const page = await browser.newPage({ viewport: { width: 1440, height: 860 }, deviceScaleFactor: ratio });
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
    if (i < 30) { box.x += box.width * (i % 10 < 5 ? 24 : -24) / 1440; box.y += box.height * (i % 4 < 2 ? 8 : -8) / 860; }
    else if (i < 60) zoom(0.905);
    else if (i < 90) { box.x += box.width * 40 / 1440; box.y += box.height * 12 / 860; }
    else zoom(1 / 0.905);
  }`));
  await page.close();
  return { p50: percentile(frames, 0.5), p95: percentile(frames, 0.95) };
}

async function main(all: boolean, ratio: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'stagewright-view-'));
  const browser = await launch();
  try {
    const url = await writePanelPage(folder);
    console.log(`device pixel ratio ${ratio}${all ? ', every group expanded' : ''}\noperators  boxes drawn  layout ms  picture ms  longest ms   canvas p50   p95  script p95     SVG p50     p95   p95 ratio`);
    for (const view of [cnnView(765), transformerView(5_856), transformerView(10_000), transformerView(50_000)]) {
      const elk = makeCachedElk();
      const options = { showFoldable: false, deadlineMilliseconds: 20_000, elk };
      const start = performance.now();
      const first = await layoutPlan(view, options);
      const elapsed = performance.now() - start;
      const layout = all ? await layoutPlan(view, { ...options, expanded: first.groups.map(({ key }) => key) }) : first;
      const canvas = await canvasTimes(browser, url, view, elapsed, layout, ratio);
      const svg = await svgTimes(browser, layout, ratio);
      const drawn = layout.operators.length + layout.groups.filter(({ box }) => box !== null).length;
      console.log(
        [
          view.operators.length.toString().padStart(9), drawn.toString().padStart(12), elapsed.toFixed(0).padStart(10), canvas.picture.toFixed(0).padStart(11), canvas.longest.toFixed(0).padStart(11),
          canvas.p50.toFixed(1).padStart(12), canvas.p95.toFixed(1).padStart(5), canvas.script.toFixed(1).padStart(11),
          (svg?.p50.toFixed(1) ?? '–').padStart(11), (svg?.p95.toFixed(1) ?? '–').padStart(7), (svg === null ? '–' : (svg.p95 / canvas.p95).toFixed(1)).padStart(11),
        ].join(' '),
      );
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.includes('all'), process.argv.includes('2') ? 2 : 1).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
