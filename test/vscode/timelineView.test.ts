import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layoutPlan } from '../../src/layout/layoutPlan';
import type { FromWebview } from '../../src/shared/messages';
import { transformerView } from '../fixtures/planViews';
import { streamView, trainingView } from '../fixtures/timelineViews';
import { launch, openPanel, showPlan, writePanelPage, type OpenPanel } from './panelPage';
import { themes } from '../../webview/report/themes';

/** The timeline of the plan panel alone in a browser, with the messages that the extension would send it. */

let folder: string;
let browser: Browser;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stagewright-timeline-'));
  [url, browser] = await Promise.all([writePanelPage(folder), launch()]);
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

const plan = transformerView(100, 4);

async function withPlan(theme: keyof typeof themes, use: (panel: OpenPanel) => Promise<void>): Promise<void> {
  const panel = await openPanel(browser, url, theme);
  const errors: string[] = [];
  panel.page.on('pageerror', (error) => errors.push(error.message));
  await showPlan(panel, plan, await layoutPlan(plan, { showFoldable: false, deadlineMilliseconds: 20_000 }));
  await panel.page.locator('[role=tab]', { hasText: 'Timeline' }).click();
  await use(panel);
  expect(errors).toEqual([]);
  await panel.page.close();
}

const asked = async ({ posted }: OpenPanel): Promise<readonly FromWebview[]> => (await posted()).filter(({ type }) => type === 'timeline');
const spoken = ({ page }: OpenPanel): Promise<string | null> => page.locator('.spoken').textContent();
/** A digest of the picture, as the canvas itself has it. */
const picture = async ({ page }: OpenPanel): Promise<string> =>
  createHash('sha256').update(await page.evaluate<string>(`document.querySelector('.timeline-canvas canvas').toDataURL()`)).digest('hex');
const drawn = ({ page }: OpenPanel): Promise<void> => page.waitForTimeout(300);

describe('the timeline in the panel', () => {
  it('asks when its tab comes to the front, once, and again for another plan', () =>
    withPlan('light', async (panel) => {
      expect(await asked(panel)).toEqual([{ type: 'timeline', choice: { schedule: null, microBatches: null } }]);
      await panel.page.getByText('running the pipeline').waitFor();
      await panel.send({ type: 'timeline', view: null, failed: 'timeline: this plan is for the latency of a single sample.' });
      await panel.page.getByText('this plan is for the latency').waitFor();
      expect(await panel.page.locator('.timeline-canvas').isVisible()).toBe(false);
      expect(await asked(panel)).toHaveLength(1);
      await panel.send({ type: 'plan', view: { ...plan, plan: { ...plan.plan! } }, dirty: false });
      await panel.page.getByText('running the pipeline').waitFor();
      expect(await asked(panel)).toHaveLength(2);
      await panel.send({ type: 'timeline', view: streamView(4), failed: null });
      await panel.page.getByText('per sample once full').waitFor();
      expect(await panel.page.getByText('running the pipeline').isVisible()).toBe(false);
    }));

  it('selects what is clicked: a cell or a device, and marks what is selected elsewhere', () =>
    withPlan('dark', async (panel) => {
      await panel.send({ type: 'timeline', view: trainingView(4), failed: null });
      await drawn(panel);
      const { x, y } = (await panel.page.locator('.timeline-canvas').boundingBox())!;
      const plain = await picture(panel);
      await panel.page.mouse.click(x + 173 + 8, y + 24 + 20);
      expect(await spoken(panel)).toMatch(/^Forward, micro-batch 0, stage 0 on a100:0, 2\.00 ms, from 0 s, [\d.]+ B in use$/);
      await panel.page.locator('.inspector h2', { hasText: 'a100:0' }).waitFor();
      await panel.page.mouse.click(x + 40, y + 24 + 68 + 30);
      await panel.page.locator('.inspector h2', { hasText: 'a100:1' }).waitFor();
      await panel.page.locator('.timeline-canvas').press('Escape');
      await drawn(panel);
      await panel.page.mouse.move(5, 5);
      await drawn(panel);
      expect(await picture(panel)).toBe(plain);
      await panel.send({ type: 'reveal', operatorId: plan.operators.find(({ stage }) => stage === 2)!.id });
      await drawn(panel);
      expect(await picture(panel)).not.toBe(plain);
    }));

  it('walks to the ends of a device, and to other devices at the same time', () =>
    withPlan('contrast', async (panel) => {
      await panel.send({ type: 'timeline', view: trainingView(4), failed: null });
      await drawn(panel);
      await panel.page.locator('.timeline-canvas').focus();
      const after = async (key: string): Promise<string | null> => {
        await panel.page.keyboard.press(key);
        return spoken(panel);
      };
      expect(await after('ArrowRight')).toMatch(/^Forward, micro-batch 0, stage 0/);
      expect(await after('End')).toMatch(/^Backward, micro-batch 15, stage 0/);
      expect(await after('ArrowUp')).toMatch(/^Backward, micro-batch 15, stage 0/);
      expect(await after('ArrowDown')).toMatch(/^Backward, micro-batch 15, stage 1/);
      expect(await after('Home')).toMatch(/^Forward, micro-batch 0, stage 1 .* after waiting/);
      expect(await after('Enter')).toMatch(/^Stage 1 on a100:1/);
    }));

  it('zooms around the pointer and back, by wheel and by keyboard, and moves by dragging', () =>
    withPlan('light', async (panel) => {
      await panel.send({ type: 'timeline', view: trainingView(4), failed: null });
      await drawn(panel);
      const whole = await picture(panel);
      const { x, y, width } = (await panel.page.locator('.timeline-canvas').boundingBox())!;
      await panel.page.mouse.move(x + width / 2, y + 4);
      await panel.page.keyboard.down('Control');
      for (let i = 0; i < 5; i++) await panel.page.mouse.wheel(0, -100);
      await panel.page.keyboard.up('Control');
      await drawn(panel);
      const near = await picture(panel);
      expect(near).not.toBe(whole);
      await panel.page.mouse.down();
      await panel.page.mouse.move(x + width / 2 - 200, y + 4, { steps: 4 });
      await panel.page.mouse.up();
      await drawn(panel);
      expect(await picture(panel)).not.toBe(near);
      await panel.page.locator('.timeline-canvas').press('0');
      await drawn(panel);
      expect(await picture(panel)).toBe(whole);
    }));

  it('follows the theme, and draws at once where motion is unwanted', () =>
    withPlan('light', async (panel) => {
      await panel.page.emulateMedia({ reducedMotion: 'reduce' });
      await panel.send({ type: 'timeline', view: trainingView(4), failed: null });
      await drawn(panel);
      const light = await picture(panel);
      await panel.page.evaluate(`
        for (const [name, value] of Object.entries(${JSON.stringify(themes.dark.variables)})) document.documentElement.style.setProperty('--vscode-' + name, value);
        document.body.className = ${JSON.stringify(themes.dark.bodyClass)};`);
      await drawn(panel);
      expect(await picture(panel)).not.toBe(light);
      await panel.page.locator('.timeline-canvas').press('+');
      const twoFrames = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';
      await panel.page.evaluate(twoFrames);
      const zoomed = await picture(panel);
      await drawn(panel);
      expect(await picture(panel)).toBe(zoomed);
    }));

  it('keeps the choice of micro-batches where the other schedule can run them, and exports what is shown', () =>
    withPlan('light', async (panel) => {
      await panel.send({ type: 'timeline', view: trainingView(4, { microBatches: 18 }), failed: null });
      const schedule = panel.page.locator('vscode-dropdown[aria-label="Schedule"]');
      await schedule.click();
      await schedule.locator('vscode-option[value="gpipe"]').click();
      expect((await asked(panel)).at(-1)).toEqual({ type: 'timeline', choice: { schedule: 'gpipe', microBatches: 18 } });
      await schedule.click();
      await schedule.locator('vscode-option[value="interleaved"]').click();
      expect((await asked(panel)).at(-1)).toEqual({ type: 'timeline', choice: { schedule: 'interleaved', microBatches: null } });
      await panel.page.getByText('Export trace…').click();
      expect((await panel.posted()).at(-1)).toEqual({ type: 'exportTrace', choice: { schedule: '1f1b', microBatches: 18 } });
    }));
});
