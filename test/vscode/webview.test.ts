import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layoutPlan } from '../../src/layout/layoutPlan';
import type { PlanView } from '../../src/shared/planView';
import { cnnView, tinyView, transformerView } from '../fixtures/planViews';
import { launch, openPanel, restingCamera, type OpenPanel, showPlan, violations, writePanelPage } from './panelPage';
import { themes } from '../../webview/report/themes';

/** The plan panel alone in a browser, with the messages that the extension would send it. */

const layout = (view: PlanView) => layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 20_000 });

let folder: string;
let browser: Browser;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stagewright-panel-'));
  [url, browser] = await Promise.all([writePanelPage(folder), launch()]);
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

async function withPanel(theme: keyof typeof themes, use: (panel: OpenPanel) => Promise<void>): Promise<void> {
  const panel = await openPanel(browser, url, theme);
  const errors: string[] = [];
  panel.page.on('pageerror', (error) => errors.push(error.message));
  await use(panel);
  expect(errors).toEqual([]);
  await panel.page.close();
}

const spoken = ({ page }: OpenPanel): Promise<string | null> => page.locator('.spoken').textContent();

describe('plan panel', () => {
  it.each(Object.keys(themes) as (keyof typeof themes)[])('has no accessibility violations in any state (%s)', (theme) =>
    withPanel(theme, async (panel) => {
      await panel.send({ type: 'loading', modelName: 'a.onnx', phase: 'reading' });
      expect(await violations(panel)).toEqual([]);
      await panel.send({ type: 'failed', message: 'a.onnx: is empty.' });
      await panel.page.getByText('a.onnx: is empty.').waitFor();
      expect(await violations(panel)).toEqual([]);
      const unplanned = tinyView(0);
      await showPlan(panel, unplanned, await layout(unplanned));
      expect(await violations(panel)).toEqual([]);
      const planned = transformerView(100, 3);
      const stale: PlanView = { ...planned, warnings: ['One thing to know.'], plan: { ...planned.plan!, stale: '3 operators are new' } };
      await showPlan(panel, stale, await layout(stale));
      await panel.page.getByText('3 operators are new').waitFor();
      await panel.page.locator('.graph').focus();
      await panel.page.keyboard.press('/');
      await panel.page.keyboard.type('matmul');
      await panel.page.keyboard.press('Enter');
      expect(await violations(panel)).toEqual([]);
      await panel.page.locator('tbody button').first().click();
      expect(await violations(panel)).toEqual([]);
    }),
  );

  it('asks for coordinates, and for an explanation of what is selected', () =>
    withPanel('light', async (panel) => {
      const view = tinyView();
      await showPlan(panel, view, await layout(view));
      expect(await panel.posted()).toEqual([{ type: 'ready' }, { type: 'layout', showFoldable: false, grouped: false, expanded: [] }]);
      await panel.send({ type: 'reveal', operatorId: view.operators[2]!.id });
      await panel.page.getByText('Finding out why…').waitFor();
      expect((await panel.posted()).at(-1)).toEqual({ type: 'explain', operator: 2 });
      await panel.send({ type: 'explanation', operator: 2, text: 'Because <b>it</b> fits.' });
      await panel.page.getByText('Because <b>it</b> fits.').waitFor();
    }));

  it('walks by keyboard and speaks', () =>
    withPanel('dark', async (panel) => {
      const view = tinyView();
      await showPlan(panel, view, await layout(view));
      await panel.send({ type: 'reveal', operatorId: view.operators[3]!.id });
      await panel.page.locator('.graph').focus();
      await panel.page.keyboard.press('ArrowDown');
      expect(await spoken(panel)).toMatch(/^Conv \/head, stage 1, [\d.]+ µs$/);
      await panel.page.keyboard.press('ArrowUp');
      await panel.page.keyboard.press('ArrowUp');
      expect(await spoken(panel)).toMatch(/^(Relu|Sigmoid) /);
      await panel.page.keyboard.press('Enter');
      expect(await panel.page.evaluate(`document.activeElement.closest('.inspector') !== null`)).toBe(true);
      await panel.page.locator('.graph').focus();
      await panel.page.keyboard.press('Escape');
      expect(await spoken(panel)).toBe('');
    }));

  it('selects by click where the operator is drawn', () =>
    withPanel('light', async (panel) => {
      const view = tinyView();
      const picture = await layout(view);
      await showPlan(panel, view, picture);
      const camera = await restingCamera(panel);
      const bounds = (await panel.page.locator('.graph').boundingBox())!;
      const at = picture.operators.indexOf(4);
      const [x, y, w, h] = picture.boxes.slice(4 * at, 4 * at + 4) as [number, number, number, number];
      await panel.page.mouse.click(bounds.x + (x + w / 2 - camera.x) * camera.scale, bounds.y + (y + h / 2 - camera.y) * camera.scale);
      expect(await spoken(panel)).toMatch(/^Conv \/head/);
    }));

  it('searches, and goes round the matches', () =>
    withPanel('light', async (panel) => {
      const view = transformerView(100, 2);
      await showPlan(panel, view, await layout(view));
      await panel.page.keyboard.press('Control+f');
      await panel.page.keyboard.type('softmax');
      const found = view.operators.filter((operator) => operator.type === 'Softmax').length;
      await panel.page.getByText(`${found} found`).waitFor();
      for (let i = 0; i <= found; i++) await panel.page.keyboard.press('Enter');
      await panel.page.getByText(`1 of ${found}`).waitFor();
      expect(await spoken(panel)).toMatch(/^Softmax \/layers\.0\/attn/);
    }));

  it('compares the stages, marks the bottleneck, saves when there is something to save', () =>
    withPanel('light', async (panel) => {
      const view = cnnView(200, 4);
      await showPlan(panel, view, await layout(view));
      const rows = panel.page.locator('tbody tr');
      expect(await rows.count()).toBe(4);
      const bottleneck = view.plan!.stages.findIndex((stage) => stage.bottleneck);
      expect(await rows.evaluateAll((elements) => elements.map((element) => element.textContent.includes('bottleneck')))).toEqual([0, 1, 2, 3].map((s) => s === bottleneck));
      await rows.nth(2).locator('button.choose').press('Enter');
      expect(await spoken(panel)).toMatch(/^Stage 2 on a100:2/);
      await panel.page.getByText('Save', { exact: true }).click();
      expect((await panel.posted()).at(-1)).toEqual({ type: 'save' });
      await panel.send({ type: 'dirty', dirty: false });
      await panel.page.getByText('Saved', { exact: true }).waitFor();
    }));

  it('keeps camera, selection and names as text when a new plan of the same model comes', () =>
    withPanel('light', async (panel) => {
      const view = tinyView();
      const hostile: PlanView = { ...view, modelName: '<img src=x onerror=alert(1)>', operators: view.operators.map((o, i) => (i === 1 ? { ...o, name: '<script>alert(1)</script>' } : o)) };
      await showPlan(panel, hostile, await layout(hostile));
      await panel.send({ type: 'reveal', operatorId: hostile.operators[1]!.id });
      await panel.page.waitForTimeout(800);
      const before = await panel.page.evaluate('JSON.stringify(acquireVsCodeApi().getState())');
      await showPlan(panel, { ...hostile, operators: [...hostile.operators] }, await layout(hostile), false);
      await panel.page.waitForTimeout(800);
      expect(await panel.page.evaluate('JSON.stringify(acquireVsCodeApi().getState())')).toBe(before);
      expect(await spoken(panel)).toContain('<script>alert(1)</script>');
      expect(await panel.page.locator('main img, main script, header img').count()).toBe(0);
    }));

  it('draws 2,000 operators; prints what a frame takes', () =>
    withPanel('dark', async (panel) => {
      const view = transformerView(2000, 8);
      const { groups } = await layout(view);
      await showPlan(panel, view, await layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 20_000, expanded: groups.map(({ key }) => key) }));
      const bounds = (await panel.page.locator('.graph').boundingBox())!;
      await panel.page.mouse.move(bounds.x + bounds.width / 2, bounds.y + bounds.height / 2);
      await panel.page.keyboard.down('Control');
      for (let i = 0; i < 16; i++) await panel.page.mouse.wheel(0, i < 8 ? -60 : 60);
      await panel.page.keyboard.up('Control');
      for (let i = 0; i < 20; i++) await panel.page.mouse.wheel(i % 2 === 0 ? 40 : -40, 10);
      await panel.page.waitForTimeout(300);
      const times = (await panel.page.evaluate<number[]>('stagewrightFrameTimes()')).slice(2).sort((a, b) => a - b);
      expect(times.length).toBeGreaterThan(5);
      console.log(`frames of 2,000 operators: ${times.length}, median ${times[times.length >> 1]!.toFixed(1)} ms, longest ${times.at(-1)!.toFixed(1)} ms of script`);
    }));
});
