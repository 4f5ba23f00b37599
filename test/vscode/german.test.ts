import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { partitionModel } from '../../src/engine/partitionModel';
import { unattended } from '../../src/shared/progress';
import { planPanel } from './harness/planPanel';
import { eventually } from './harness/process';
import { openWorkbench, type Workbench } from './harness/workbench';
import { makeWorkspace } from './harness/workspace';

/** A person whose VS Code speaks German: menus, the panel and the engine do, too, and what is written does not. */
describe('in a German VS Code', () => {
  const workspace = makeWorkspace('embedding.onnx');
  const sidecar = workspace.path('embedding.onnx.placement.json');
  let workbench: Workbench;

  beforeAll(async () => {
    workbench = await openWorkbench(inject('vscode'), workspace.folder, {}, 'de');
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });

  it('partitions a model, and shows the plan in German', async () => {
    await workbench.contextMenu(workbench.explorerRow('embedding.onnx'), 'Modell partitionieren');
    const tab = workbench.page.locator('.tab.active', { hasText: 'Plan: embedding.onnx' });
    await workbench.acceptDefaults(() => tab.isVisible(), 120_000);
    const { frame, inspector } = await planPanel(workbench);
    expect(await frame.locator('html').getAttribute('lang')).toBe('de');
    expect(await frame.locator('header .verdict').innerText()).toMatch(/pro Sample.*(keine zusammenhängende Aufteilung|über dem Bestmöglichen)/s);
    expect(await frame.locator('[role=tab]').allInnerTexts()).toEqual(['Stufen', 'Vergleich', 'Zeitachse', 'Erklärung']);
    expect(await inspector.innerText()).toMatch(/^Modell\n/);
    await workbench.screenshot('german-plan');
  });

  it('explains it in German, as the engine does in its worker', async () => {
    const { frame } = await planPanel(workbench);
    await frame.locator('[role=tab]', { hasText: 'Erklärung' }).click();
    await frame.locator('vscode-button', { hasText: 'Diesen Plan erklären' }).click();
    await frame.locator('.statements dt', { hasText: 'Engpass' }).waitFor({ timeout: 120_000 });
    expect(await frame.locator('.statements').innerText()).toMatch(/Stufe \d+ auf a100:\d benötigt/);
    await workbench.screenshot('german-explanation');
  });

  it('writes the same bytes as in English', async () => {
    const { frame } = await planPanel(workbench);
    await frame.locator('header vscode-button', { hasText: 'Speichern' }).filter({ visible: true }).first().click();
    await eventually('the placement file', async () => existsSync(sidecar));
    const written = readFileSync(sidecar, 'utf8');
    rmSync(sidecar);
    const { text } = await partitionModel({ modelPath: workspace.path('embedding.onnx'), cluster: 'a100x4' }, unattended);
    expect(written).toBe(text);
  });
});
