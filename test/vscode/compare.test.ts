import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { partitionModel } from '../../src/engine/partitionModel';
import { unattended } from '../../src/shared/progress';
import { planPanel } from './harness/planPanel';
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

  const compareWith = async (other: string): Promise<string> => {
    await workbench.contextMenu(workbench.explorerRow('embedding.onnx.placement.json'), 'Compare Placements');
    const item = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: other });
    await item.waitFor();
    await item.click();
    const panel = await planPanel(workbench);
    const plans = panel.frame.locator('.compare .plans', { hasText: other === 'Last commit' ? 'last commit' : other });
    await plans.waitFor();
    expect(await panel.accessibilityFaults()).toEqual([]);
    return plans.innerText();
  };

  it('sees what another file would cost, and what moved', async () => {
    const text = await compareWith('one.placement.json');
    expect(text).toMatch(/The second takes [\d.]+ % less time per sample\. \d+ operators moved\./);
    await workbench.screenshot('compare-plans');
  });

  it('sees what changed since the last commit', async () => {
    expect(await compareWith('Last commit')).toMatch(/(The second takes [\d.]+ % less time per sample|Both take the same time)\./);
    await workbench.screenshot('compare-head');
  });
});
