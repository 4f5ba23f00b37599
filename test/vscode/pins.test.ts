import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { layoutPlan } from '../../src/layout/layoutPlan';
import { scopeMembers, scopesOf, type PinOption } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import { readPlacementFile } from '../../src/sidecar/readPlacementFile';
import { themes } from '../../webview/report/themes';
import { transformerView } from '../fixtures/planViews';
import { resultsFolder } from './harness/paths';
import { inTurn } from './harness/inTurn';
import { partitioned, planPanel, type PlanPanel } from './harness/planPanel';
import { eventually } from './harness/process';
import { openWorkbench, type ThemeKind, type Workbench } from './harness/workbench';
import { makeWorkspace } from './harness/workspace';
import { launch, openPanel, showPlan, violations, writePanelPage } from './panelPage';

/** The panel alone in a browser. */
describe('the menu of pins', () => {
  let folder: string;
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagewright-pins-'));
    [url, browser] = await Promise.all([writePanelPage(folder), launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  const plain = transformerView(60, 3);
  const operator = plain.operators.findIndex(({ stage, foldable, name }) => stage === 1 && !foldable && name.split('/').length > 3);
  const { name, stage } = plain.operators[operator]!;
  const scope = scopesOf(name).find((other) => scopeMembers(plain.operators, other).length > 4)!;
  const others = plain.operators.flatMap((other, index) => (other.stage === 1 && !other.foldable && index !== operator ? [index] : []));
  const view: PlanView = {
    ...plain,
    plan: {
      ...plain.plan!,
      pins: [
        { operator, to: { stage: 2 }, kept: false },
        { operator: others[0]!, to: { stage: 1 }, kept: true },
        { operator: others[1]!, to: { device: plain.plan!.stages[1]!.device }, kept: true },
        { operator: others[2]!, to: { device: plain.plan!.stages[0]!.device }, kept: false },
      ].sort((a, b) => a.operator - b.operator),
    },
  };
  const options: PinOption[] = [
    ...[0, 1, 2, 3].map((to): PinOption => ({ to: { stage: to }, here: to === stage, reason: to === 0 ? '“/b” is pinned to stage 0, but it depends on “/a”, which is pinned to stage 1.' : to === 2 ? 'Pinned there already.' : null })),
    ...['a100:0', 'a100:1', 'a100:2', 'host:0'].map((device): PinOption => ({ to: { device }, here: device === plain.plan!.stages[1]!.device, reason: device === 'host:0' ? `host:0 does not support “${name}”.` : null })),
  ];

  it.each(Object.keys(themes) as (keyof typeof themes)[])('leads by keyboard to stages and devices, and back (%s)', async (theme) => {
    const panel = await openPanel(browser, url, theme);
    const { page } = panel;
    page.setDefaultTimeout(20_000);
    const focused = (): Promise<string> => page.locator(':focus').innerText();
    const faults = (): Promise<readonly string[]> => violations(panel);
    const screenshot = (what: string): Promise<unknown> => page.screenshot({ path: join(resultsFolder, `${what}-${theme}.png`) });
    mkdirSync(resultsFolder, { recursive: true });
    await showPlan(panel, view, await layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 20_000 }));

    // the bar, the inspector and what is spoken say which kind a pin is, and that it is not kept
    await page.locator('.edit-bar [role=status]', { hasText: '2 pins are not kept by this plan.' }).waitFor();
    await page.locator('.graph').focus();
    await page.keyboard.press('/');
    await page.keyboard.type(name);
    await page.locator('[role=search] .count', { hasText: /found/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('aside.inspector').getByText('Pinned to stage 2, not kept by this plan').waitFor();
    expect(await page.locator('.spoken').textContent()).toContain('pinned to stage 2, which this plan does not keep');
    await page.keyboard.press('Escape');

    await page.keyboard.press('m');
    await page.locator('.menu').waitFor();
    const asked = (await panel.posted()).findLast((message) => message.type === 'moveOptions');
    const here = 'It is here.';
    const moves = [0, 1, 2].map((to) => ({ stage: to, alone: to === stage ? here : null, along: to === stage ? here : null, operators: to === stage ? 0 : 1, colocated: 0 }));
    await panel.send({ type: 'moveOptions', question: asked!.question, options: moves });
    expect(await page.locator('.menu [role=menuitem]', { hasText: 'Unpin' }).first().innerText()).toContain('Stage 2');
    await page.locator('.menu [role=menuitem]', { hasText: `Pin scope ${scope} here` }).waitFor();
    await screenshot('pin-menu');
    while (!(await focused()).startsWith('Pin to…')) await page.keyboard.press('ArrowDown');
    expect(await page.locator(':focus').getAttribute('aria-haspopup')).toBe('menu');
    await page.keyboard.press('ArrowRight');
    expect((await panel.posted()).at(-1)).toEqual({ type: 'pinOptions', operator, scope: '' });
    await page.locator('.menu [role=menuitem]', { hasText: 'Looking where it may be pinned…' }).waitFor();
    await panel.send({ type: 'pinOptions', operator, scope: '', options });
    await page.locator('.menu [role=menuitem]', { hasText: 'host:0' }).waitFor();
    expect(await page.locator('.menu').getAttribute('aria-label')).toBe(`Pin ${name} to`);
    // the first that can be chosen has the focus; what cannot be is reached all the same, and says why
    expect(await focused()).toMatch(/^.*Stage 1\s+here · a100:1/s);
    await page.keyboard.press('Home');
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe(`Back: Pin ${name} to`);
    await page.keyboard.press('ArrowDown');
    expect(await page.locator(':focus').getAttribute('aria-disabled')).toBe('true');
    expect(await focused()).toContain('it depends on “/a”');
    expect(await page.locator('.menu [role=menuitem]', { hasText: 'Stage 3' }).innerText()).toContain('not in this plan');
    expect(await faults()).toEqual([]);
    await screenshot('pin-to');

    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toMatch(/^Pin to…/);
    await page.keyboard.press('Enter');
    await page.locator('.menu-back').click();
    expect(await focused()).toMatch(/^Pin to…/);
    await page.locator('.menu [role=menuitem]', { hasText: `Pin scope ${scope} to…` }).click();
    expect((await panel.posted()).at(-1)).toEqual({ type: 'pinOptions', operator, scope });
    await panel.send({ type: 'pinOptions', operator, scope, options });
    const last = page.locator('.menu [role=menuitem][data-label="a100:2"]');
    await last.waitFor();
    // what comes for another question is not shown
    await panel.send({ type: 'pinOptions', operator, scope: '', options: [] });
    await last.focus();
    await page.keyboard.press('Enter');
    expect((await panel.posted()).at(-1)).toEqual({ type: 'edit', choice: { kind: 'pin', operator, scope, to: { device: 'a100:2' } } });
    expect(await page.locator('.menu').count()).toBe(0);
    await screenshot('pin-marks');
    await page.close();
  });
});

/** A person who pins a scope to another stage; each test begins where the one before it ended. */
describe('a person who pins to a stage', () => {
  const workspace = makeWorkspace('embedding.onnx');
  const sidecar = workspace.path('embedding.onnx.placement.json');
  let workbench: Workbench;
  let panel: PlanPanel;

  const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
  const said = (text: RegExp): Promise<void> => panel.frame.locator('.edit-bar [role=status]').filter({ hasText: text }).waitFor();
  const menuItem = (text: string | RegExp): Locator => panel.frame.locator('.menu [role=menuitem]').filter({ hasText: text });
  const loads = (): Promise<string[]> => panel.stages.locator('td').filter({ hasText: /\d/ }).allInnerTexts();
  const menuOf = async (query: string): Promise<void> => {
    await panel.find(query);
    await panel.inspector.getByText(query).first().waitFor();
    await press('Escape');
    const menu = panel.frame.locator('.menu').filter({ hasNotText: 'Looking where it may go' });
    await eventually('the menu', async () => {
      await press('m');
      await menu.waitFor({ timeout: 1_000 });
      return true;
    });
  };

  beforeAll(async () => {
    workbench = await openWorkbench(inject('vscode'), workspace.folder);
    panel = await partitioned(workbench, 'embedding.onnx');
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });
  inTurn(() => workbench.screenshot('pins-failure'));

  const query = 'model/conv2d_19/Conv2D';
  let solved: string[] = [];

  it('is shown that this plan does not keep the pin of a scope to another stage', async () => {
    solved = await loads();
    await menuOf(query);
    const stage = Number(/Stage (\d+) on/.exec(await panel.inspector.innerText())![1]);
    await menuItem(/^\s*Pin scope model\/conv2d_19 to…/).click();
    const goal = panel.frame.locator(`.menu [role=menuitem][data-label="Stage ${stage - 1}"]`);
    await goal.waitFor();
    expect(await panel.accessibilityFaults()).toEqual([]);
    await workbench.screenshot('pins-to');
    await goal.click();
    await said(new RegExp(`Pinned \\d+ operators? to stage ${stage - 1}\\. .*not kept by this plan\\.`, 's'));
    await panel.inspector.getByText(`Pinned to stage ${stage - 1}, not kept by this plan`).waitFor();
    expect(await loads()).toEqual(solved);
    expect(await panel.frame.locator('header .verdict').innerText()).toContain('not the plan that was asked for: 2 of its 2 pins are not kept');
    await workbench.screenshot('pins-not-kept');
  });

  it('solves again, which keeps it, proven', async () => {
    await panel.button('Re-solve with pins').click();
    await said(/Solved again with the pins\./);
    await panel.inspector.getByText(/^Pinned to stage \d+$/).waitFor();
    expect(await panel.frame.locator('header .verdict').innerText()).toMatch(/optimal: no contiguous split of this graph that keeps the (pin|\d+ pins) is faster/);
    expect(await panel.frame.locator('.edit-bar [role=status]').innerText()).not.toContain('not kept');
    for (const theme of ['light', 'highContrast', 'dark'] satisfies ThemeKind[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`pins-kept-${theme}`);
      expect(await panel.accessibilityFaults()).toEqual([]);
    }
  });

  it('still has the pin after the window was reloaded, and takes everything back', async () => {
    await workbench.reload();
    panel = await planPanel(workbench);
    await said(/against the optimal plan|As fast as the optimal plan/);
    await panel.frame.locator('.graph').focus();
    await press('Control+z');
    await said(/Undone: Solved again with the pins\..*not kept by this plan\./s);
    await press('Control+z');
    await said(/Undone: Pinned/);
    await eventually('the loads of before', async () => (await loads()).join() === solved.join());
    await press('Control+Shift+z');
    await press('Control+Shift+z');
    await said(/Done again: Solved again/);
  });

  it('saves the pin as one to a stage', async () => {
    await panel.button('Save').click();
    await eventually('the placement file', () => existsSync(sidecar));
    const { pins, stages } = readPlacementFile(readFileSync(sidecar, 'utf8'), sidecar);
    expect(pins.length).toBeGreaterThan(0);
    for (const pin of pins) {
      if (!('stage' in pin)) throw new Error(`${pin.operator} is pinned to a device`);
      expect(stages[pin.stage]!.operators.map(([id]) => id)).toContain(pin.operator);
    }
  });
});
