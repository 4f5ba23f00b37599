import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { layoutPlan } from '../../src/layout/layoutPlan';
import { readPlacementFile } from '../../src/sidecar/readPlacementFile';
import { cnnView } from '../fixtures/planViews';
import { launch, openPanel, restingCamera, showPlan, writePanelPage } from './panelPage';
import { inTurn } from './harness/inTurn';
import { partitioned, planPanel, type PlanPanel } from './harness/planPanel';
import { eventually } from './harness/process';
import { openWorkbench, type ThemeKind, type Workbench } from './harness/workbench';
import { makeWorkspace } from './harness/workspace';

/** A person who changes a plan by hand; each test begins where the one before it ended. */
describe('a person who edits a plan', () => {
  const workspace = makeWorkspace('embedding.onnx');
  const sidecar = workspace.path('embedding.onnx.placement.json');
  let workbench: Workbench;
  let panel: PlanPanel;

  const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
  const bar = (): Locator => panel.frame.locator('.edit-bar');
  const status = (): Locator => panel.frame.locator('.edit-bar [role=status]');
  const said = (text: RegExp): Promise<void> => status().filter({ hasText: text }).waitFor();
  const menuItem = (text: string | RegExp): Locator => panel.frame.locator('.menu [role=menuitem]').filter({ hasText: text });
  /** What the table says of each stage's load and operators. */
  const loads = (): Promise<string[]> => panel.stages.locator('td').filter({ hasText: /\d/ }).allInnerTexts();
  /** Opens the menu of the operator that a search finds first, by keyboard alone. */
  const menuOf = async (query: string, key = 'm'): Promise<void> => {
    await panel.find(query);
    await panel.inspector.getByText(query).first().waitFor();
    await press('Escape');
    const menu = panel.frame.locator('.menu').filter({ hasNotText: 'Looking where it may go' });
    // there is no menu while the picture of a plan that was just changed is being made
    await eventually('the menu', async () => {
      await press(key);
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
  inTurn(() => workbench.screenshot('edit-failure'));

  let solved: string[] = [];
  let edited: string[] = [];

  it('moves an operator to the stage before by keyboard, and sees the loads change and what it costs', async () => {
    solved = await loads();
    await menuOf('model/conv2d_6/Conv2D');
    expect(await panel.accessibilityFaults()).toEqual([]);
    await workbench.screenshot('edit-menu');
    expect(await panel.frame.locator(':focus').innerText()).toContain('Stage 1');
    await press('Enter');
    await said(/\+[\d.]+ % against the optimal plan \([\d.]+ µs vs [\d.]+ µs\)\s+Moved 1 operator to stage 1\./);
    await eventually('other loads', async () => (await loads()).join() !== solved.join());
    edited = await loads();
    expect(await panel.frame.locator('header .verdict').innerText()).toMatch(/within [\d.]+ % of the best possible/);
    expect(await panel.accessibilityFaults()).toEqual([]);
    expect(existsSync(sidecar)).toBe(false);
  });

  it('undoes what is typed in a field there, and not the edit', async () => {
    await panel.find('Max');
    await press('Control+a');
    await workbench.page.keyboard.type('Relu');
    await press('Control+z');
    await eventually('the field to change', async () => (await panel.frame.locator('[role=search] input').inputValue()) !== 'Relu');
    await workbench.page.waitForTimeout(500);
    expect(await loads()).toEqual(edited);
    expect(await status().innerText()).toContain('Moved 1 operator');
    await press('Escape');
    await workbench.screenshot('edit-bar');
  });

  it('undoes it and does it again, by keyboard', async () => {
    await press('Control+z');
    await said(/As fast as the optimal plan.*Undone: Moved 1 operator to stage 1\./s);
    await eventually('the loads of before', async () => (await loads()).join() === solved.join());
    expect(await panel.frame.locator('header .verdict').innerText()).toContain('optimal');
    await press('Control+Shift+z');
    await said(/Done again/);
    await eventually('the loads of the edit', async () => (await loads()).join() === edited.join());
  });

  it('is told why an operator cannot move, and nothing happens if it is tried', async () => {
    await menuOf('model/conv2d_8/Conv2D', 'Shift+F10');
    const item = menuItem('Stage 1').first();
    expect(await item.getAttribute('aria-disabled')).toBe('true');
    expect(await item.innerText()).toMatch(/“model\/conv2d_8\/Conv2D” reads from “model\/max_pooling2d_1\/MaxPool|“model\/conv2d_8\/Conv2D” reads from “model\/tf\.math\.maximum_7\/Maximum”, which is in the later stage 2\./);
    await item.click({ force: true });
    expect(await item.isVisible()).toBe(true);
    await press('Escape');
    await item.waitFor({ state: 'detached' });
    expect(await loads()).toEqual(edited);
  });

  it('moves one with what must follow', async () => {
    await menuOf('model/conv2d_8/Conv2D');
    const following = panel.frame.locator('.menu-heading', { hasText: 'Move with what must follow' }).locator('~ [role=menuitem]').filter({ hasText: /Stage 1.*\d+ operators/s }).first();
    const count = /(\d+) operators/.exec(await following.innerText())![1]!;
    await following.click();
    await said(new RegExp(`Moved ${count} operators to stage 1\\.`));
    await bar().locator('vscode-button[aria-label=Undo]').click();
    await said(/Undone/);
    await eventually('the loads of the first edit', async () => (await loads()).join() === edited.join());
  });

  it('pins an operator where it is: it is marked, and cannot move', async () => {
    await menuOf('model/conv2d_6/Conv2D');
    await menuItem('Pin here').click();
    await said(/Pinned 1 operator to a100:1\./);
    await panel.inspector.getByText('Pinned to a100:1', { exact: true }).waitFor();
    await menuOf('model/conv2d_6/Conv2D');
    expect(await menuItem('Stays in stage 1').innerText()).toContain('is pinned to a100:1: unpin it first.');
    await menuItem(/^\s*Unpin\s*a100:1/).waitFor();
    await press('Escape');
  });

  it('still has edits, their undoing and pins after the window was reloaded', async () => {
    await workbench.reload();
    panel = await planPanel(workbench);
    await said(/against the optimal plan/);
    expect(await loads()).toEqual(edited);
    expect(await bar().locator('vscode-button[aria-label=Undo]').getAttribute('disabled')).toBeNull();
    await panel.button('Re-solve with pins').waitFor();
  });

  it('solves again with the pins, and saves them', async () => {
    await panel.button('Re-solve with pins').click();
    await said(/Solved again with the pins\./);
    expect(await panel.frame.locator('header .verdict').innerText()).toMatch(/optimal: no contiguous split of this graph that keeps the pin is faster/);
    for (const theme of ['light', 'highContrast', 'dark'] satisfies ThemeKind[]) {
      await workbench.setTheme(theme);
      await menuOf('model/conv2d_6/Conv2D');
      await workbench.screenshot(`edit-${theme}`);
      expect(await panel.accessibilityFaults()).toEqual([]);
      await press('Escape');
    }
    await panel.button('Save').click();
    await eventually('the placement file', () => existsSync(sidecar));
    const file = readPlacementFile(readFileSync(sidecar, 'utf8'), sidecar);
    const [operator] = file.pins.map((pin) => pin.operator);
    expect(file.pins).toEqual([{ operator: 'model/batch_normalization_6/FusedBatchNormV3:0', device: 'a100:1' }]);
    expect(file.stages.find(({ device }) => device === 'a100:1')!.operators.map(([id]) => id)).toContain(operator);
    expect(file.certificate.optimal).toBe(true);
  });

  it('undoes also what was saved, which is then to be saved again', async () => {
    await panel.frame.locator('.saved').waitFor();
    await panel.frame.locator('.graph').focus();
    await press('Control+z');
    await said(/Undone: Solved again with the pins\./);
    await panel.button('Save').waitFor();
    await press('Control+Shift+z');
    await said(/Done again: Solved again/);
    await panel.frame.locator('.saved').waitFor();
  });

  it('edits the plan of an open placement file as text, which its own undo takes back', async () => {
    const before = readFileSync(sidecar, 'utf8');
    await workbench.runCommand('View: Close All Editors');
    await workbench.contextMenu(workbench.explorerRow('embedding.onnx.placement.json'), 'Open Plan');
    panel = await planPanel(workbench);
    const first = await loads();
    await menuOf('model/conv2d_6/Conv2D');
    await menuItem(/^\s*Unpin\s*a100:1/).click();
    await said(/Unpinned 1 operator\./);
    await bar().locator('vscode-button[aria-label=Undo]').click();
    await eventually('the pin to be back', async () => (await panel.inspector.getByText('Pinned to').count()) > 0);
    expect(await loads()).toEqual(first);
    expect(readFileSync(sidecar, 'utf8')).toBe(before);
  });
});

/** The panel alone in a browser. */
describe('dragging an operator', () => {
  it('onto another stage moves it there; anywhere else nothing happens', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stagewright-panel-'));
    const browser = await launch();
    try {
      const panel = await openPanel(browser, await writePanelPage(folder), 'light');
      const view = cnnView(40, 2);
      const picture = await layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 20_000 });
      await showPlan(panel, view, picture);
      const camera = await restingCamera(panel);
      const bounds = (await panel.page.locator('.graph').boundingBox())!;
      const screen = (x: number, y: number): [number, number] => [bounds.x + (x - camera.x) * camera.scale, bounds.y + (y - camera.y) * camera.scale];
      const operator = view.operators.findIndex(({ stage, foldable }) => stage === 1 && !foldable);
      const at = picture.operators.indexOf(operator);
      const [x, y, w, h] = picture.boxes.slice(4 * at, 4 * at + 4) as [number, number, number, number];
      const [goal, other] = picture.stages as [{ x: number; y: number; width: number; height: number }, { x: number; y: number; width: number; height: number }];
      const drag = async (to: [number, number]): Promise<void> => {
        await panel.page.mouse.move(...screen(x + w / 2, y + h / 2));
        await panel.page.mouse.down();
        await panel.page.mouse.move(...to, { steps: 5 });
      };
      // a small box is dragged only once it is selected
      await panel.page.mouse.click(...screen(x + w / 2, y + h / 2));
      await drag(screen(goal.x + 4, goal.y + goal.height / 2));
      await panel.page.locator('.drag-hint', { hasText: 'Move to stage 0' }).waitFor();
      await panel.page.mouse.up();
      expect((await panel.posted()).at(-1)).toEqual({ type: 'edit', choice: { kind: 'move', operators: [operator], stage: 0, along: false } });
      expect(await panel.page.locator('.drag-hint').count()).toBe(0);
      const edits = async (): Promise<number> => (await panel.posted()).filter(({ type }) => type === 'edit').length;
      await drag(screen(other.x + 4, other.y + other.height - 2));
      await panel.page.mouse.up();
      await drag(screen(goal.x + 4, goal.y + goal.height / 2));
      await panel.page.keyboard.press('Escape');
      await panel.page.mouse.up();
      expect(await edits()).toBe(1);
      await panel.send({ type: 'editRefused', reason: '“a” reads from “b”, which is in the later stage 1.' });
      await panel.page.locator('.edit-bar [role=status]', { hasText: 'Not possible: “a” reads from “b”, which is in the later stage 1.' }).waitFor();
    } finally {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
