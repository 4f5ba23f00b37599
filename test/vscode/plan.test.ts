import { onnx } from 'onnx-proto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readPlacementFile } from '../../src/sidecar/readPlacementFile';
import { writePlacementFile } from '../../src/sidecar/writePlacementFile';
import { writeDecoder } from '../fixtures/decoder';
import { inTurn } from './harness/inTurn';
import { partitioned, planPanel, type PlanPanel } from './harness/planPanel';
import { eventually } from './harness/process';
import { openWorkbench, type ThemeKind, type Workbench } from './harness/workbench';
import { makeWorkspace } from './harness/workspace';

/** The path of a person through the extension; each test begins where the one before it ended. */
describe('a person with a model', () => {
  const workspace = makeWorkspace('embedding.onnx', 'cls.onnx', 'rec.onnx');
  const sidecar = workspace.path('embedding.onnx.placement.json');
  const placement = (): ReturnType<typeof readPlacementFile> => readPlacementFile(readFileSync(sidecar, 'utf8'), sidecar);
  let workbench: Workbench;
  let panel: PlanPanel;

  const partition = async (name: string): Promise<void> => {
    panel = await partitioned(workbench, name);
  };
  const progress = () => workbench.page.locator('.notification-list-item', { hasText: 'Partitioning' });

  beforeAll(async () => {
    workbench = await openWorkbench(inject('vscode'), workspace.folder);
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });
  // What follows a failure would only wait for what cannot come.
  inTurn(() => workbench.screenshot('failure'));

  it('looks at a model before there is a plan', async () => {
    await workbench.contextMenu(workbench.explorerRow('embedding.onnx'), 'Open Model Graph');
    panel = await planPanel(workbench, false);
    await panel.button('Partition…').waitFor();
    expect(await panel.stages.count()).toBe(0);
    await workbench.runCommand('View: Close All Editors');
  });

  it('partitions it by right click and Enter, and nothing is written yet', async () => {
    await partition('embedding.onnx');
    expect(await panel.stages.count()).toBeGreaterThan(1);
    expect(await panel.frame.locator('header .verdict').innerText()).toMatch(/per sample/);
    expect(existsSync(sidecar)).toBe(false);
  });

  it('selects an operator by searching for it, and the inspector shows it', async () => {
    await panel.find('MaxPool');
    await eventually('the inspector to show a MaxPool', async () => (await panel.inspector.locator('h2').innerText()) === 'MaxPool');
    await panel.inspector.getByText(/Stage \d+ on /).waitFor();
    await panel.inspector.locator('.why').waitFor();
    expect(await panel.inspector.innerText()).toMatch(/FLOP/);
  });

  it('sees no fault that axe finds', async () => {
    expect(await panel.accessibilityFaults()).toEqual([]);
  });

  it('saves: the file is on disk, valid and canonical', async () => {
    await panel.button('Save').click();
    await eventually('the placement file', () => existsSync(sidecar));
    await panel.frame.locator('.saved').waitFor();
    const file = placement();
    expect(file.model.path).toBe('embedding.onnx');
    expect(file.stages.length).toBe(await panel.stages.count());
    expect(writePlacementFile(file)).toBe(readFileSync(sidecar, 'utf8'));
  });

  it('sees on the model in the explorer on how many stages it is placed', async () => {
    await workbench.explorerRow('embedding.onnx').locator(`[class*=badge]`).or(workbench.page.locator(`[aria-label*="Placed on ${placement().stages.length} stages"]`)).first().waitFor({ state: 'attached' });
  });

  it('still has the plan after the window was reloaded', async () => {
    await workbench.reload();
    panel = await planPanel(workbench);
    expect(await panel.stages.count()).toBe(placement().stages.length);
    await panel.frame.locator('.saved').waitFor();
  });

  it('opens the placement file as JSON by default and as a plan on request', async () => {
    await workbench.runCommand('View: Close All Editors');
    await workbench.openFile('embedding.onnx.placement.json');
    await workbench.page.locator('.monaco-editor .view-line').first().waitFor();
    await workbench.contextMenu(workbench.explorerRow('embedding.onnx.placement.json'), 'Open Plan');
    panel = await planPanel(workbench);
    expect(await panel.stages.count()).toBe(placement().stages.length);
  });

  it('is told that the plan is stale when the model changes on disk', async () => {
    expect(await panel.stale.isVisible()).toBe(false);
    const model = onnx.ModelProto.decode(readFileSync(workspace.path('embedding.onnx')));
    const node = model.graph!.node!.findLast(({ opType }) => opType === 'LeakyRelu' || opType === 'Relu')!;
    node.opType = 'Sigmoid';
    node.attribute = [];
    writeFileSync(workspace.path('embedding.onnx'), onnx.ModelProto.encode(model).finish());
    await panel.stale.waitFor();
    expect(await panel.stale.innerText()).toMatch(/The model has changed.*1 operator/);
    await workbench.page.locator('[aria-label*="stale"]').first().waitFor({ state: 'attached' });
    await workbench.screenshot('stale');
    await workbench.runCommand('View: Close All Editors');
  });

  it('cancels a long solve, and a second request takes the place of the first', async () => {
    writeDecoder(workspace.path('big.onnx'), { layers: 400, weights: 'external' });
    const start = async (): Promise<void> => {
      await workbench.contextMenu(workbench.explorerRow('big.onnx'), 'Partition Model');
      await workbench.acceptDefaults(async () => (await progress().count()) > 0);
    };
    await start();
    // Its questions are asked over the first one's notification, which must go.
    await workbench.contextMenu(workbench.explorerRow('big.onnx'), 'Partition Model');
    await workbench.page.locator('.quick-input-widget').waitFor();
    await eventually('the first solve to end', async () => (await progress().count()) === 0);
    await workbench.acceptDefaults(async () => (await progress().count()) > 0);
    expect(await progress().count()).toBe(1);
    await progress().hover();
    await progress().getByRole('button', { name: 'Cancel' }).click();
    await eventually('the notification to go', async () => (await progress().count()) === 0);
    expect(existsSync(workspace.path('big.onnx.placement.json'))).toBe(false);
    expect(await workbench.notifications()).toEqual([]);
    // cancelled before there was a plan, nothing opens; after that, the best so far does, unsaved
    await workbench.runCommand('View: Close All Editors');
  });

  it('compares the methods and has the plan explained', async () => {
    await partition('cls.onnx');
    await panel.frame.locator('[role=tab]', { hasText: 'Compare' }).click();
    await panel.button('Compare methods').click();
    const row = (method: string) => panel.frame.locator('table.methods tbody tr', { has: panel.frame.locator('th', { hasText: new RegExp(`^${method}$`) }) });
    await row('integer').waitFor({ timeout: 150_000 });
    await panel.button('Compare again').waitFor({ timeout: 60_000 });
    expect(await row('one-device').innerText()).toMatch(/ms|µs/);
    expect(await row('ideals').innerText()).toMatch(/optimal|%/);
    expect(await panel.accessibilityFaults()).toEqual([]);
    await workbench.screenshot('compare');
    await panel.frame.locator('[role=tab]', { hasText: 'Explain' }).click();
    await panel.button('Explain this plan').click();
    await panel.frame.locator('.statements dt', { hasText: 'Twice the memory' }).waitFor({ timeout: 90_000 });
    expect(await panel.frame.locator('.statements').innerText()).toMatch(/Bottleneck[\s\S]*Stage \d+ on[\s\S]*One more device/);
    expect(await panel.accessibilityFaults()).toEqual([]);
    await workbench.screenshot('explain');
    await panel.frame.locator('[role=tab]', { hasText: 'Compare' }).click();
    await row('pipedream').getByRole('button', { name: 'Use', exact: true }).click();
    await panel.frame.locator('aside.inspector dd', { hasText: 'pipedream' }).waitFor();
    await panel.frame.locator('[role=tab]', { hasText: 'Stages' }).click();
    await workbench.runCommand('View: Close All Editors');
  });

  it('chooses training in the panel, sees its two passes, and saves what it was made for', async () => {
    await partition('cls.onnx');
    await panel.button('Save').waitFor();
    await panel.frame.locator('vscode-button[aria-label="Choose objective and method"]').click();
    const choose = async (label: string, value: string): Promise<void> => {
      await panel.frame.locator(`vscode-dropdown[aria-label="${label}"]`).click();
      await panel.frame.locator(`vscode-dropdown[aria-label="${label}"] vscode-option[value="${value}"]`).click();
    };
    await choose('Objective', 'gpipe');
    await choose('Devices per stage, at most', '2');
    await workbench.screenshot('planning');
    expect(await panel.accessibilityFaults()).toEqual([]);
    await panel.button('Solve').click();
    await panel.frame.locator('header .fact', { hasText: 'gpipe' }).waitFor();
    await panel.button('Save').click();
    const path = workspace.path('cls.onnx.placement.json');
    await eventually('the placement file', () => existsSync(path));
    expect(readPlacementFile(readFileSync(path, 'utf8'), path)).toMatchObject({ objective: 'gpipe', replicas: 2, training: { optimizer: 'adam', microBatches: 16 } });
    await workbench.runCommand('View: Close All Editors');
  });

  describe.each([
    { name: 'embedding.onnx', operators: 65 },
    { name: 'cls.onnx', operators: 471 },
    { name: 'rec.onnx', operators: 765 },
  ])('and $operators operators', ({ name, operators }) => {
    it('sees the plan in every kind of theme', async () => {
      await partition(name);
      for (const theme of ['light', 'dark', 'highContrast', 'highContrastLight'] satisfies ThemeKind[]) {
        await workbench.setTheme(theme);
        await workbench.screenshot(`${operators}-operators-${theme}`);
      }
      await workbench.setTheme('dark');
      await panel.find('Conv');
      await panel.inspector.locator('.kind', { hasText: 'Operator' }).waitFor();
      await panel.inspector.locator('.why').waitFor();
      expect(await panel.inspector.locator('.why').textContent()).toMatch(/stage|device|moving/i);
      await workbench.screenshot(`${operators}-operators-selected`);
      await workbench.runCommand('View: Close All Editors');
    });
  });
});
