import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { partitionModel } from '../../src/engine/partitionModel';
import { unattended } from '../../src/shared/progress';
import { root } from './harness/paths';
import { planPanel, type PlanPanel } from './harness/planPanel';
import { eventually } from './harness/process';
import { openWorkbench, type Workbench } from './harness/workbench';
import { makeWorkspace } from './harness/workspace';

/** A plan for the machine that the tests run on, saved beside its model; ONNX Runtime is the one of the development dependencies. */
describe('a person who uses a plan', () => {
  const workspace = makeWorkspace('embedding.onnx');
  const sidecar = workspace.path('embedding.onnx.placement.json');
  let workbench: Workbench;
  let panel: PlanPanel;

  beforeAll(async () => {
    mkdirSync(workspace.path('.vscode'));
    writeFileSync(workspace.path('.vscode/settings.json'), JSON.stringify({ 'stagewright.onnxRuntimeFolder': root }));
    const { text } = await partitionModel({ modelPath: workspace.path('embedding.onnx'), cluster: 'this-machine' }, unattended);
    writeFileSync(sidecar, text);
    workbench = await openWorkbench(inject('vscode'), workspace.folder);
    await workbench.contextMenu(workbench.explorerRow('embedding.onnx.placement.json'), 'Open Plan');
    panel = await planPanel(workbench);
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });

  const notice = (text: RegExp) => workbench.page.locator('.notification-list-item', { hasText: text }).first();
  /** Opens the list of uses in the panel and takes one. */
  const use = async (label: string): Promise<void> => {
    await panel.frame.locator('[aria-label="Export, split, verify or measure the plan"]').first().click();
    const item = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: label });
    await item.waitFor();
    await workbench.screenshot('use-plan');
    await item.click();
  };
  const answer = async (): Promise<void> => {
    await workbench.page.locator('.quick-input-widget input').waitFor();
    await workbench.page.keyboard.press('Enter');
  };

  it('splits the model into stages', async () => {
    await use('Split Model into Stages');
    await answer();
    const folder = workspace.path('embedding.onnx.stages');
    await eventually('the stage models', async () => existsSync(join(folder, 'pipeline.json')));
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['pipeline.json', 'stage_0.onnx', 'stage_1.onnx']));
    await notice(/files written to embedding\.onnx\.stages/).waitFor();
  });

  it('sees that they compute what the whole computes', async () => {
    await use('Verify Stages');
    await notice(/2 stage models of embedding\.onnx compute what the whole model computes, bit for bit/).waitFor();
    expect(readdirSync(workspace.folder).filter((name) => name.startsWith('.stagewright'))).toEqual([]);
  });

  it('sees what engines can carry, and exports to one', async () => {
    await use('Export');
    const target = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'onnx-ir11' });
    await target.waitFor();
    await workbench.screenshot('export-targets');
    await target.click();
    await workbench.page.locator('.quick-input-widget input[value], .quick-input-widget input').first().waitFor();
    await answer();
    await eventually('the annotated model', async () => existsSync(workspace.path('embedding.onnx.onnx-ir11/embedding.stages.onnx')));
  });

  it('measures the operators, and the profile lies beside the model', async () => {
    await workbench.contextMenu(workbench.explorerRow('embedding.onnx'), 'Profile Model on This Machine');
    await eventually('the profile', async () => existsSync(workspace.path('embedding.onnx.profile.json')));
    await notice(/operators of embedding\.onnx measured on/).waitFor();
    // the plan was made without it
    rmSync(workspace.path('embedding.onnx.profile.json'));
  });

  it('sees measured times beside the predicted ones', async () => {
    await use('Measure on This Machine');
    await panel.frame.locator('.measured-text strong', { hasText: /Measured here: .* per sample/ }).waitFor();
    expect(await panel.stages.first().locator('td.measured').innerText()).toMatch(/\d+(\.\d+)? (µs|ms|s) [+−]/);
    expect(await panel.accessibilityFaults()).toEqual([]);
    for (const theme of ['dark', 'light', 'highContrast'] as const) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`measured-${theme}`);
    }
  });
});
