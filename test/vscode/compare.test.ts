import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { partitionModel } from '../../src/engine/partitionModel';
import { unattended } from '../../src/shared/progress';
import { planPanel, type PlanPanel } from './harness/planPanel';
import { eventually } from './harness/process';
import { openWorkbench, type Workbench } from './harness/workbench';
import { makeWorkspace } from './harness/workspace';

/** A repository whose committed plan is the greedy one; the working tree has the best one, and a plan for everything on one device lies beside it. */
describe('a person who compares placements', () => {
  const workspace = makeWorkspace('embedding.onnx');
  const git = (...args: string[]): void => void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: workspace.folder, stdio: 'ignore' });
  const save = async (name: string, method: string): Promise<void> => {
    const { text } = await partitionModel({ modelPath: workspace.path('embedding.onnx'), sidecarPath: workspace.path(name), method }, unattended);
    writeFileSync(workspace.path(name), text);
  };
  let workbench: Workbench;

  beforeAll(async () => {
    mkdirSync(workspace.path('.vscode'));
    writeFileSync(workspace.path('.vscode/settings.json'), JSON.stringify({ 'git.enabled': true }));
    await save('embedding.onnx.placement.json', 'greedy');
    git('init');
    git('add', 'embedding.onnx.placement.json');
    git('commit', '-m', 'greedy');
    await save('embedding.onnx.placement.json', 'auto');
    await save('one.placement.json', 'one-device');
    workbench = await openWorkbench(inject('vscode'), workspace.folder);
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });

  let panel: PlanPanel;
  const pick = async (other: string, filter = other): Promise<void> => {
    const item = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: other }).first();
    await workbench.page.locator('.quick-input-widget input').fill(filter);
    await item.click();
  };
  /** What is said once the plan on view is compared with this one. */
  const compared = async (name: string | RegExp): Promise<string> => {
    panel = await planPanel(workbench);
    await panel.frame.locator('.flow-head.before .plan-name', { hasText: name }).waitFor();
    expect(await panel.accessibilityFaults()).toEqual([]);
    return panel.frame.locator('.plans .said').innerText();
  };
  const another = (): Promise<void> => panel.button('Compare with another …').click();

  it('holds the plan on view against a baseline, from the panel, and sees both side by side', async () => {
    await workbench.contextMenu(workbench.explorerRow('embedding.onnx.placement.json'), 'Open Plan');
    panel = await planPanel(workbench);
    await panel.frame.getByRole('tab', { name: 'Compare' }).click();
    await panel.button('Compare this plan with …').click();
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Baseline: greedy' }).waitFor();
    await workbench.screenshot('compare-question');
    await pick('Baseline: greedy', 'greedy');
    expect(await compared('greedy')).toMatch(/^The plan on view takes [\d.]+ % less time per sample than greedy: .+ against .+\.\s+\d+ of 65 operators moved\.$/);
    for (const theme of ['light', 'dark', 'highContrast'] as const) {
      await workbench.setTheme(theme);
      await workbench.page.waitForTimeout(500);
      await workbench.screenshot(`compare-side-${theme}`);
      expect(await panel.accessibilityFaults()).toEqual([]);
    }
    await workbench.setTheme('light');
  });

  it('sees what another file would cost, and what moved', async () => {
    await workbench.contextMenu(workbench.explorerRow('embedding.onnx.placement.json'), 'Compare Placements');
    await pick('one.placement.json');
    expect(await compared('one.placement.json')).toMatch(/^The plan on view takes [\d.]+ % less time per sample than one\.placement\.json: .+ against .+\.\s+\d+ of \d+ operators moved\./);
    const band = panel.frame.locator('.band.moved').first();
    await band.focus();
    await workbench.page.keyboard.press('Enter');
    await panel.inspector.locator('.elsewhere', { hasText: /Stage 0 on .+ in the other plan/ }).waitFor();
    await workbench.screenshot('compare-plans');
  });

  it('sees what another cluster would bring', async () => {
    await another();
    await pick('1 server, 8 x H100 80 GB', 'h100x8');
    const said = await compared('the best plan found');
    expect(said).toMatch(/^The plan on view takes .+ than the best plan found on 1 server, 8 x H100 80 GB: .+ against .+\..+Stages are compared by number, as the clusters have other devices\./s);
    expect(await panel.frame.locator('.flow-head.before').innerText()).toContain('1 server, 8 x H100 80 GB');
    await workbench.screenshot('compare-cluster');
  });

  it('sees what changed since the last commit', async () => {
    await workbench.contextMenu(workbench.explorerRow('embedding.onnx.placement.json'), 'Compare Placements');
    await pick('Last commit');
    expect(await compared('last commit')).toMatch(/^The plan on view takes ([\d.]+ % less time per sample than|as long per sample as) embedding\.onnx\.placement\.json \(last commit\): /);
    await workbench.screenshot('compare-head');
  });

  it('keeps the comparison while the plan is edited, and compares with the plan before the edits', async () => {
    const before = await panel.frame.locator('.figures').innerText();
    await panel.find('model/conv2d_6/Conv2D');
    await panel.inspector.getByText('model/conv2d_6/Conv2D').first().waitFor();
    await workbench.page.keyboard.press('Escape');
    const menu = panel.frame.locator('.menu').filter({ hasNotText: 'Looking where it may go' });
    await eventually('the menu', async () => {
      await workbench.page.keyboard.press('m');
      await menu.waitFor({ timeout: 1_000 });
      return true;
    });
    await workbench.page.keyboard.press('Enter');
    await panel.frame.locator('.edit-bar', { hasText: 'Moved 1 operator' }).waitFor();
    await eventually('other figures', async () => (await panel.frame.locator('.figures').innerText()) !== before);
    expect(await panel.frame.locator('.flow-head.before .plan-name').innerText()).toContain('last commit');
    await another();
    await pick('Before the edits');
    expect(await compared('the plan before the edits')).toMatch(/^The plan on view takes [\d.]+ % more time per sample than the plan before the edits: .+ against .+\.\s+1 of 65 operators moved\./);
    await workbench.screenshot('compare-edits');
    await workbench.page.keyboard.press('Control+z');
    await panel.frame.locator('.plans .said', { hasText: /takes as long per sample as the plan before the edits.+No operator moved\./s }).waitFor();
  });

  it('still sees it after the panel was hidden, and no longer once it is closed', async () => {
    await workbench.openFile('one.placement.json');
    await workbench.page.locator('.tab', { hasText: 'embedding.onnx.placement.json' }).first().click();
    expect(await compared('the plan before the edits')).toContain('No operator moved.');
    await panel.frame.locator('.plans .actions').getByText('Close').click();
    await panel.frame.locator('.plans').waitFor({ state: 'detached' });
    await workbench.openFile('one.placement.json');
    await workbench.page.locator('.tab', { hasText: 'embedding.onnx.placement.json' }).first().click();
    panel = await planPanel(workbench);
    expect(await panel.frame.locator('.plans').count()).toBe(0);
    await workbench.runCommand('View: Revert and Close Editor');
    await workbench.runCommand('View: Close All Editors');
  });

  it('comes from Source Control, and from the changes that it shows', async () => {
    await workbench.page.locator('.activitybar [aria-label^="Source Control"]').first().click();
    const row = workbench.page.locator('.scm-view .monaco-list-row', { hasText: 'embedding.onnx.placement.json' }).first();
    await row.waitFor();
    await workbench.contextMenu(row, 'Compare Placements');
    expect(await compared('last commit')).toMatch(/than|as long/);
    await workbench.runCommand('View: Close All Editors');
    await row.click();
    const tab = workbench.page.locator('.tab.active', { hasText: 'embedding.onnx.placement.json (Working Tree)' });
    await tab.waitFor();
    await workbench.contextMenu(tab, 'Compare Placements');
    expect(await compared('last commit')).toMatch(/than|as long/);
    await workbench.screenshot('compare-scm');
  });
});
