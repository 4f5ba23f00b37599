import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { inTurn } from './harness/inTurn';
import { partitioned, planPanel, type PlanPanel } from './harness/planPanel';
import { eventually } from './harness/process';
import { openWorkbench, type Workbench } from './harness/workbench';
import { makeWorkspace } from './harness/workspace';

/** What stands around the panel: the status bar and the commands of the palette. Each test begins where the one before it ended. */
describe('a person who works with the plan in front', () => {
  const workspace = makeWorkspace('embedding.onnx');
  let workbench: Workbench;
  let panel: PlanPanel;

  const status = (): Locator => workbench.page.locator('.statusbar-item[id="stagewright.stagewright.stagewright.plan"]');
  /** What a screen reader says of it. */
  const spoken = async (): Promise<string> => (await status().locator('a, [role=button]').first().getAttribute('aria-label')) ?? '';
  const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
  const quickPick = (): Locator => workbench.page.locator('.quick-input-widget');
  const row = (label: string): Locator => workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: label });
  /** Labels of the palette's commands that are found by a text. */
  const palette = async (text: string): Promise<string[]> => {
    await eventually('the palette', async () => {
      await press('Escape');
      await press('F1');
      await quickPick().locator('input').first().fill(`>${text}`, { timeout: 2_000 });
      await workbench.page.locator('.quick-input-list .monaco-list-row').first().waitFor({ timeout: 2_000 });
      return true;
    });
    const labels = await workbench.page.locator('.quick-input-list .monaco-list-row .label-name').allInnerTexts();
    await press('Escape');
    return labels.filter((label) => label.startsWith('Stagewright: '));
  };
  /** Answers the question where a file goes with another name. */
  const saveAs = async (name: string): Promise<void> => {
    const input = quickPick().locator('input').first();
    await input.waitFor();
    await eventually('a name to be offered', async () => (await input.inputValue()).includes('embedding.onnx'));
    await input.fill(workspace.path(name));
    await workbench.acceptDefaults(() => Promise.resolve(existsSync(workspace.path(name))));
  };

  beforeAll(async () => {
    workbench = await openWorkbench(inject('vscode'), workspace.folder);
    panel = await partitioned(workbench, 'embedding.onnx');
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });
  inTurn(() => workbench.screenshot('commands-failure'));

  let optimal = '';

  it('reads in the status bar how good it is, and hears it in full', async () => {
    await status().waitFor();
    optimal = await status().innerText();
    expect(optimal).toMatch(/^\s*[\d.]+ (µs|ms) · optimal$/);
    expect(await spoken()).toMatch(/embedding\.onnx: [\d.]+ (µs|ms) per sample on 1 server, 4 x A100 80 GB; optimal: .*\. The plan is not saved\. Select to export, split, report, verify or measure it\./);
    await status().hover();
    await workbench.page.locator('.workbench-hover', { hasText: 'per sample on 1 server, 4 x A100 80 GB' }).waitFor();
    await workbench.screenshot('status-bar');
  });

  it('sees the status bar follow an edit and its undoing', async () => {
    await panel.find('model/conv2d_6/Conv2D');
    await press('Escape');
    const menu = panel.frame.locator('[role=menu]');
    await eventually('the menu', async () => {
      await press('m');
      await menu.waitFor({ timeout: 1_000 });
      return true;
    });
    await menu.locator('[role=menuitem]:not([aria-disabled=true])', { hasText: 'Stage 1' }).first().click();
    await eventually('the gap in the status bar', async () => /[\d.]+ (µs|ms) · within [\d.]+ %$/.test(await status().innerText()));
    await panel.frame.locator('.graph').focus();
    await press('Control+z');
    await eventually('the optimum in the status bar', async () => (await status().innerText()) === optimal);
  });

  it('no longer sees it when another editor is in front', async () => {
    await workbench.runCommand('File: New Untitled Text File');
    await status().waitFor({ state: 'hidden' });
    // nor what a plan in front is needed for
    expect(await palette('Stagewright: Save Picture')).toEqual([]);
    expect(await palette('Stagewright: Undo Edit of Plan')).not.toContain('Stagewright: Undo Edit of Plan');
    await workbench.runCommand('View: Close Editor');
    await eventually('the plan to be in front again', async () => (await status().innerText()) === optimal);
    panel = await planPanel(workbench);
  });

  it('saves a picture of the graph from the palette, in the format that its name says', async () => {
    expect((await palette('Stagewright: Save Picture')).sort()).toEqual(['Stagewright: Save Picture of Graph…', 'Stagewright: Save Picture of Timeline…']);
    await workbench.runCommand('Stagewright: Save Picture of Graph…');
    await saveAs('graph.svg');
    const svg = readFileSync(workspace.path('graph.svg'), 'utf8');
    expect(svg).toMatch(/^<svg [^>]*>[\s\S]*Conv[\s\S]*<\/svg>\s*$/);
    await workbench.runCommand('Stagewright: Save Picture of Graph…');
    await saveAs('graph.png');
    expect(readFileSync(workspace.path('graph.png')).subarray(1, 4).toString()).toBe('PNG');
  });

  it('saves a picture of the timeline, which was not on view before', async () => {
    expect(await panel.frame.locator('.timeline canvas').isVisible()).toBe(false);
    await workbench.runCommand('Stagewright: Save Picture of Timeline…');
    await saveAs('timeline.svg');
    expect(readFileSync(workspace.path('timeline.svg'), 'utf8')).toMatch(/<svg [\s\S]*a100:0[\s\S]*% busy/);
    await panel.frame.locator('.timeline canvas').waitFor();
  });

  it('finds the actions of the plan behind the status bar, and writes a report that a browser opens', async () => {
    await status().click();
    await row('Write Report').waitFor();
    expect(await quickPick().innerText()).toContain('Use Plan');
    await workbench.screenshot('status-bar-actions');
    await row('Write Report').click();
    // the plan is not saved: what is written is the plan of the file
    await workbench.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Save', exact: true }).click();
    await saveAs('plan.html');
    await workbench.page.locator('.notification-list-item', { hasText: 'Report written to plan.html.' }).first().waitFor();
    expect(existsSync(workspace.path('embedding.onnx.placement.json'))).toBe(true);
    expect(await spoken()).not.toContain('not saved');
    const page = await workbench.page.context().newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => void (request.url().startsWith('http') && faults.push(`loaded ${request.url()}`)));
    await page.goto(pathToFileURL(workspace.path('plan.html')).href);
    await page.locator('table.stages tbody tr').first().waitFor();
    await page.locator('header .verdict', { hasText: 'optimal' }).waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });
});
