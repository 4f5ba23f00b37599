import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layoutPlan } from '../../src/layout/layoutPlan';
import { themes } from '../../webview/report/themes';
import { cnnView, transformerView } from '../fixtures/planViews';
import { resultsFolder } from './harness/paths';
import { launch, openPanel, type OpenPanel, showPlan, violations, writePanelPage } from './panelPage';

/** Searching by conditions, colouring by a metric and reading the graph as a tree, in the panel alone. */
describe('looking for something in a plan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stagewright-overlay-'));
  const view = cnnView(180, 4);
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    [url, browser] = await Promise.all([writePanelPage(folder), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(theme: keyof typeof themes): Promise<OpenPanel> {
    const panel = await openPanel(browser, url, theme);
    await showPlan(panel, view, await layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 20_000 }), false);
    return panel;
  }
  const search = async ({ page }: OpenPanel, text: string): Promise<void> => {
    await page.keyboard.press('Control+f');
    await page.locator('[role=search] input').fill(text);
  };

  it('finds by conditions, and says under the field what it does not understand', async () => {
    const panel = await open('light');
    const { page } = panel;
    await search(panel, 'type:Conv stage:1');
    const expected = view.operators.filter(({ type, stage, foldable }) => type.includes('Conv') && stage === 1 && !foldable).length;
    await page.locator('[role=search] .count', { hasText: `${expected} found` }).waitFor();
    await search(panel, 'time>fast');
    await page.locator('[role=search] .note', { hasText: 'write time>1ms' }).waitFor();
    await page.locator('[aria-label="What can be searched for"]').first().click();
    await page.locator('[role=search] .note', { hasText: 'Conditions:' }).waitFor();
    expect(await violations(panel)).toEqual([]);
    await page.close();
  });

  it.each(Object.keys(themes) as (keyof typeof themes)[])('colours by a metric, with a legend that filters (%s)', async (theme) => {
    const panel = await open(theme);
    const { page } = panel;
    await search(panel, '');
    await page.locator('.overlay-bar vscode-dropdown').click();
    await page.locator('.overlay-bar vscode-option', { hasText: 'Time' }).click();
    const steps = page.locator('.overlay-bar .legend .step');
    await steps.filter({ hasText: 'under' }).waitFor();
    await page.screenshot({ path: join(resultsFolder, 'screenshots', `overlay-${theme}.png`) });
    const last = steps.last();
    const count = Number(await last.locator('.count').innerText());
    await last.focus();
    await page.keyboard.press('Enter');
    await page.locator('[role=search] .count', { hasText: `${count} found` }).waitFor();
    expect(await page.locator('.legend .step[aria-pressed=true]').count()).toBe(1);
    expect(await page.evaluate(`document.activeElement.className`)).toBe('step');
    await page.screenshot({ path: join(resultsFolder, 'screenshots', `overlay-filtered-${theme}.png`) });
    expect(await violations(panel)).toEqual([]);
    await page.close();
  });

  it('has the stages in its legend where nothing else colours the boxes', async () => {
    const panel = await open('light');
    const { page } = panel;
    await search(panel, '');
    const stage = page.locator('.overlay-bar .legend .step').nth(2);
    const expected = view.operators.filter(({ stage: of, foldable }) => of === 2 && !foldable).length;
    expect(await stage.innerText()).toMatch(new RegExp(`^2 · a100:2\\s*${expected}$`));
    await stage.click();
    await page.locator('[role=search] .count', { hasText: `${expected} found` }).waitFor();
    await page.screenshot({ path: join(resultsFolder, 'screenshots', 'overlay-stages.png') });
    expect(await violations(panel)).toEqual([]);
    await page.close();
  });

  it('is a tree of stages and operators to those who cannot see it', async () => {
    const panel = await open('dark');
    const { page } = panel;
    const tree = page.getByRole('tree', { name: 'Stages and operators' });
    await tree.focus();
    expect(await tree.getByRole('treeitem').count()).toBe(4);
    expect(await tree.getByRole('treeitem').first().innerText()).toMatch(/^Stage 0 on .+, .+ per sample, \d+ operators/);
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
    const current = tree.locator('[aria-selected=true]');
    expect(await current.innerText()).toMatch(/, stage 1, /);
    await page.screenshot({ path: join(resultsFolder, 'screenshots', 'tree-twin.png') });
    await page.keyboard.press('Enter');
    const type = (await current.innerText()).split(',')[0]!;
    await page.locator('aside.inspector h2', { hasText: type }).waitFor();
    expect(await violations(panel)).toEqual([]);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await tree.getByRole('treeitem').count()).toBe(4);
    await page.close();
  });

  it('has the groups of a large model in the tree, and opens it at what is selected', async () => {
    const large = transformerView(2000, 3);
    const panel = await openPanel(browser, url, 'light');
    await showPlan(panel, large, await layoutPlan(large, { showFoldable: false, deadlineMilliseconds: 20_000 }), false);
    const { page } = panel;
    const tree = page.getByRole('tree', { name: 'Stages and operators' });
    await tree.focus();
    await page.keyboard.press('ArrowRight');
    const group = tree.locator('[role=treeitem][aria-level="2"][aria-expanded=false]').first();
    expect(await group.innerText()).toMatch(/operators, stage 0, /);
    await page.keyboard.press('ArrowDown');
    while (!(await tree.locator('[aria-selected=true]').getAttribute('aria-expanded'))) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await tree.locator('[aria-level="3"]').count()).toBeGreaterThan(0);
    await page.keyboard.press('Enter');
    await page.locator('aside.inspector', { hasText: 'alike' }).waitFor();
    await page.screenshot({ path: join(resultsFolder, 'screenshots', 'tree-groups.png') });
    expect(await violations(panel)).toEqual([]);
    // another place of the panel selects an operator deep inside
    await search(panel, 'type:Softmax stage:2');
    await page.keyboard.press('Enter');
    await page.locator('aside.inspector h2', { hasText: 'Softmax' }).waitFor();
    await tree.focus();
    expect(await tree.locator('[aria-selected=true]').innerText()).toMatch(/^Softmax, .+, stage 2, /);
    await page.close();
  });
});
