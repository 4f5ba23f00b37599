import axe from 'axe-core';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { partitionModel } from '../../src/engine/partitionModel';
import { unattended } from '../../src/shared/progress';
import { writeDecoder } from '../fixtures/decoder';
import { inTurn } from './harness/inTurn';
import { resultsFolder } from './harness/paths';
import { makeScenario, type Scenario } from './harness/scenario';
import { openWorkbench, type Workbench } from './harness/workbench';
import { makeWorkspace, type Workspace } from './harness/workspace';

const decoder = (layers: number, decomposed: boolean) => (path: string): number => writeDecoder(path, { layers, hidden: 64, heads: 4, vocabulary: 512, weights: 'external', decomposed }).nodes;

/** Models from one that fits on a screen to one that no screen shows, each of about so many operators. */
const sizes = [
  { operators: 40, grouped: false, write: decoder(1, false) },
  { operators: 765, grouped: false, write: null },
  { operators: 5_856, grouped: true, write: decoder(112, true) },
  { operators: 10_000, grouped: true, write: decoder(192, true) },
] as const;

describe.each(sizes)('a person with a model of $operators operators', ({ operators, grouped, write }) => {
  const prefix = `matrix-${operators}`;
  let workspace: Workspace;
  let workbench: Workbench;
  let scenario: Scenario;
  const model = write ? 'net.onnx' : 'rec.onnx';

  beforeAll(async () => {
    workspace = write ? makeWorkspace() : makeWorkspace(model as 'rec.onnx');
    if (write) expect(Math.abs(write(workspace.path(model)) / operators - 1)).toBeLessThan(0.3);
    const { text } = await partitionModel({ modelPath: workspace.path(model), sidecarPath: workspace.path('one.placement.json'), method: 'one-device' }, unattended);
    writeFileSync(workspace.path('one.placement.json'), text);
    workbench = await openWorkbench(inject('vscode'), workspace.folder);
    scenario = makeScenario(workbench, workspace, model, prefix);
  });
  afterAll(async () => {
    await workbench?.close();
    workspace?.remove();
  });
  inTurn(() => workbench.screenshot(`${prefix}-failure`));

  it('partitions it and sees the plan', () => scenario.partition());
  it.runIf(grouped)('looks into a group', () => scenario.expandGroup());
  it('walks through it by keyboard', () => scenario.walk());
  it('moves an operator and takes that back', () => scenario.moveAndUndo());
  it('moves a cut, by keyboard and by hand', () => scenario.moveCuts());
  it('pins an operator and solves again', () => scenario.pinAndSolve());
  it('compares the plan with another one', () => scenario.compareWith('one.placement.json'));
  it('sees the plan over time', () => scenario.timeline());

  it('takes pictures, and a report that a browser shows in every scheme', async () => {
    const report = await scenario.exports();
    expect(readFileSync(workspace.path(`${model}.svg`), 'utf8')).toMatch(/^<svg [^>]*>[\s\S]*<\/svg>\s*$/);
    await lookAt(workbench.page.context().browser()!, report, prefix);
  });
});

/** A report as a reviewer has it, in a page of its own for each scheme. */
async function lookAt(browser: Browser, report: string, prefix: string): Promise<void> {
  for (const [name, options] of [['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }], ['highContrast', { contrast: 'more' }]] as const) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    await page.goto(pathToFileURL(report).href);
    await page.locator('table.stages tbody tr').first().waitFor();
    await page.waitForFunction(`!document.querySelector('.graph').hidden && document.querySelector('.state').hidden`);
    await page.waitForTimeout(200);
    await page.screenshot({ path: join(resultsFolder, 'screenshots', `${prefix}-report-${name}.png`) });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    expect(violations.map(({ id }) => id), name).toEqual([]);
    await context.close();
  }
}
