import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layoutPlan } from '../../src/layout/layoutPlan';
import type { PlanView } from '../../src/shared/planView';
import { themes } from '../../webview/report/themes';
import { comparisonOfViews } from '../fixtures/planComparisons';
import { cnnView, replanned, transformerView } from '../fixtures/planViews';
import { resultsFolder } from './harness/paths';
import { launch, openPanel, type OpenPanel, showPlan, violations, writePanelPage } from './panelPage';

/** Two plans side by side, in the panel alone. */
describe('the plan on view beside another one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stagewright-compare-'));
  const view = cnnView(180, 4);
  const comparison = comparisonOfViews(replanned(view, 4, 0.3), view);
  const moved = comparison.flows.filter((flow) => flow.moved);
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    mkdirSync(join(resultsFolder, 'screenshots'), { recursive: true });
    [url, browser] = await Promise.all([writePanelPage(folder), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(theme: keyof typeof themes, use: (panel: OpenPanel) => Promise<void>, shown: PlanView = view, with_ = comparison, size = { width: 1440, height: 860 }): Promise<void> {
    const panel = await openPanel(browser, url, theme, size);
    const errors: string[] = [];
    panel.page.on('pageerror', (error) => errors.push(error.message));
    await showPlan(panel, shown, await layoutPlan(shown, { showFoldable: false, deadlineMilliseconds: 20_000 }), false);
    await panel.send({ type: 'planComparison', comparison: with_, fresh: true });
    await panel.page.locator('.plans .headline').waitFor();
    await use(panel);
    expect(errors).toEqual([]);
    await panel.page.close();
  }
  const shot = ({ page }: OpenPanel, name: string): Promise<unknown> => page.screenshot({ path: join(resultsFolder, 'screenshots', `${name}.png`) });
  const focused = ({ page }: OpenPanel): Promise<string | null> => page.evaluate<string | null>(`document.activeElement.getAttribute('aria-label')`);

  it.each(Object.keys(themes) as (keyof typeof themes)[])('says what it gains, with both in figures, and breaks no rule of accessibility (%s)', (theme) =>
    open(theme, async (panel) => {
      const { page } = panel;
      expect(await page.locator('.headline').innerText()).toMatch(/^The plan on view takes [\d.]+ % less time per sample than pipedream: .+ against .+\.$/);
      expect(await page.locator('.figures tbody tr').count()).toBe(5);
      expect(await page.locator('.flow-head.now .faster').count()).toBe(1);
      expect(await page.locator('.flow-head.before .faster').count()).toBe(0);
      expect(await violations(panel)).toEqual([]);
      await page.locator('.twin-tables summary').click();
      expect(await page.locator('table[aria-label="Stages of both plans"] tbody tr').count()).toBe(8);
      expect(await page.locator('table[aria-label="What moved"] tbody tr').count()).toBe(comparison.flows.length);
      expect(await violations(panel)).toEqual([]);
      await page.locator('.twin-tables summary').click();
      await page.locator('.band.moved').first().hover();
      await page.locator('.flow-card', { hasText: /operators .+ from stage 0 \(a100:0\) to stage 1 \(a100:1\)/ }).waitFor();
      await shot(panel, `flow-${theme}`);
    }),
  );

  it('is walked by keyboard; Enter marks the operators of a band in the graph and shows the first', () =>
    open('light', async (panel) => {
      const { page } = panel;
      const picture = page.locator('.flow-picture');
      expect(await picture.locator('[role=button]').count()).toBe(comparison.flows.length + 8);
      expect(await picture.locator('[tabindex="0"]').count()).toBe(1);
      await picture.locator('[tabindex="0"]').focus();
      const most = moved.reduce((a, b) => (b.operators > a.operators ? b : a));
      expect(await focused(panel)).toMatch(new RegExp(`^${most.operators} operators .* from stage ${most.from} \\(.+\\) to stage ${most.to} \\(.+\\)$`));
      await page.keyboard.press('ArrowLeft');
      expect(await focused(panel)).toMatch(new RegExp(`^Other plan, stage ${most.from} on a100:${most.from}; .+ per sample: computing`));
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await page.locator('.band[aria-pressed=true]').waitFor();
      expect(await page.evaluate(`document.activeElement.getAttribute('aria-pressed')`)).toBe('true');
      await page.locator('aside.inspector .elsewhere', { hasText: `Stage ${most.from} on a100:${most.from} in the other plan` }).waitFor();
      expect(await page.locator('.spoken[role=status]').textContent()).toContain(`stage ${most.from} in the other plan`);
      expect(await violations(panel)).toEqual([]);
      await shot(panel, 'flow-marked');
      await page.keyboard.press('Escape');
      expect(await page.locator('[aria-pressed=true].band').count()).toBe(0);
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await page.locator('aside.inspector h2', { hasText: `a100:${most.to}` }).waitFor();
    }),
  );

  it('is found by its moves, and coloured by the stages of the other plan', () =>
    open('light', async (panel) => {
      const { page } = panel;
      const { send } = panel;
      await page.keyboard.press('Control+f');
      const field = page.locator('[role=search] input');
      const found = (count: number): Promise<void> => page.locator('[role=search] .count', { hasText: `${count} found` }).waitFor();
      await field.fill('moved:yes');
      await found(comparison.moved.length);
      await field.fill('from:1 stage:2');
      await found(comparison.flows.find(({ from, to }) => from === 1 && to === 2)!.operators);
      await page.locator('.overlay-bar vscode-dropdown').click();
      await page.locator('.overlay-bar vscode-option', { hasText: 'Stage in the other plan' }).click();
      const inStage2 = (operators: number): Promise<void> => page.locator('.overlay-bar .legend .step', { hasText: new RegExp(`^2 · a100:2\\s*${operators}$`) }).waitFor();
      await inStage2(comparison.stageBefore.filter((stage) => stage === 2).length);
      await field.fill('');
      await shot(panel, 'flow-coloured');
      expect(await violations(panel)).toEqual([]);
      // what is over is no colour any more
      await send({ type: 'planComparison', comparison: null, fresh: false });
      await page.locator('.plans').waitFor({ state: 'detached' });
      await inStage2(view.operators.filter(({ stage, foldable }) => stage === 2 && !foldable).length);
      expect(await page.locator('.overlay-bar vscode-option', { hasText: 'Stage in the other plan' }).count()).toBe(0);
    }),
  );

  it('is asked for, changed and ended in the panel, and goes on while the plan is edited', () =>
    open('light', async (panel) => {
      const { page, posted, send } = panel;
      const edited = replanned(view, 4, 0.1);
      await send({ type: 'plan', view: edited, dirty: true, compared: true });
      expect(await page.locator('.plans .headline').count()).toBe(1);
      await send({ type: 'planComparison', comparison: comparisonOfViews(replanned(view, 4, 0.3), edited), fresh: false });
      await page.locator('.plans .headline', { hasText: '477' }).waitFor({ state: 'detached' });
      await page.locator('.plans').getByText('Compare with another …').click();
      expect((await posted()).at(-1)).toEqual({ type: 'comparePlan', method: null });
      await page.locator('.plans .actions').getByText('Close').click();
      expect((await posted()).at(-1)).toEqual({ type: 'endComparison' });
      expect(await page.locator('.plans').count()).toBe(0);
      await page.getByText('Compare this plan with …').click();
      expect((await posted()).at(-1)).toEqual({ type: 'comparePlan', method: null });
      await send({ type: 'comparison', objective: 'throughput', rows: [{ method: 'greedy', value: 1e-3, lowerBound: 5e-4, optimal: false, contiguous: true, devices: 4, seconds: 0.1, problem: '' }], running: null });
      await page.locator('table.methods').getByText('Compare', { exact: true }).click();
      expect((await posted()).at(-1)).toEqual({ type: 'comparePlan', method: 'greedy' });
      // another plan: nothing is said of the one before
      await send({ type: 'planComparison', comparison, fresh: true });
      await page.locator('.plans').waitFor();
      await send({ type: 'plan', view, dirty: false });
      await page.locator('.plans').waitFor({ state: 'detached' });
    }),
  );

  it.each([
    ['narrow', view, comparison, { width: 560, height: 900 }],
    ['many', transformerView(1500, 64), comparisonOfViews(replanned(transformerView(1500, 64), 48, 0.4), transformerView(1500, 64)), { width: 1440, height: 1100 }],
    ['one', view, comparisonOfViews(replanned(view, 1), view, 'one-device'), { width: 1000, height: 860 }],
  ] as const)('keeps everything within its bounds: %s', (name, shown, with_, size) =>
    open(
      'light',
      async (panel) => {
        const { page } = panel;
        await shot(panel, `flow-${name}`);
        const cut = await page.evaluate<string[]>(`[...document.querySelectorAll('.flow-label, .flow-head, .figures, .headline')].filter((e) => {
          const { left, right } = e.getBoundingClientRect(); const box = e.closest('.plans').getBoundingClientRect();
          return left < box.left - 1 || right > box.right + 1;
        }).map((e) => e.className)`);
        expect(cut).toEqual([]);
        const numbers = await page.evaluate<number[]>(`[...document.querySelectorAll('.flow-labels:not(.before) .load')].map((e) => Math.round(e.getBoundingClientRect().right))`);
        expect(new Set(numbers).size).toBe(1);
        expect(await violations(panel)).toEqual([]);
      },
      shown, with_, size,
    ),
  );
});
