import axe from 'axe-core';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeReport } from '../../src/engine/makeReport';
import { partitionModel } from '../../src/engine/partitionModel';
import { unattended } from '../../src/shared/progress';
import { resultsFolder, root } from './harness/paths';
import { writeDecoder } from '../fixtures/decoder';
import { makeWorkspace } from './harness/workspace';
import { launch } from './panelPage';

/** A report as a reviewer has it: a file in a plain browser. */
describe('a report in a browser', () => {
  const workspace = makeWorkspace('embedding.onnx');
  const folder = mkdtempSync(join(tmpdir(), 'stagewright-report-'));
  const file = join(folder, 'plan.html');
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    const sidecarPath = workspace.path('embedding.onnx.placement.json');
    const { text } = await partitionModel({ modelPath: workspace.path('embedding.onnx') }, unattended);
    writeFileSync(sidecarPath, text);
    writeFileSync(file, await makeReport({ sidecarPath, assets: join(root, 'dist/webview') }, unattended));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    workspace.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(options: Parameters<Browser['newPage']>[0], path = file): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
    page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => void (request.url() !== pathToFileURL(path).href && !/^(data|blob):/.test(request.url()) && complaints.push(`loaded ${request.url()}`)));
    await page.goto(pathToFileURL(path).href);
    await page.locator('table.stages tbody tr').first().waitFor();
    await page.waitForFunction(`!document.querySelector('.graph').hidden && document.querySelector('.state').hidden`);
    return page;
  }

  it.each([['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }], ['contrast', { contrast: 'more' }]] as const)('shows the plan, %s', async (name, options) => {
    const page = await open(options);
    await page.waitForTimeout(200);
    await page.screenshot({ path: join(resultsFolder, 'screenshots', `report-${name}.png`) });
    // something is drawn: the canvas has more than one colour
    const colours = await page.evaluate(`(() => { const c = document.querySelector('canvas'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; const s = new Set(); for (let i = 0; i < d.length; i += 40) s.add(d[i] * 65536 + d[i + 1] * 256 + d[i + 2]); return s.size; })()`);
    expect(colours).toBeGreaterThan(5);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    expect(violations.map(({ id }) => id)).toEqual([]);
    await page.close();
  });

  it('answers without a host: search, inspector, explanation; and offers nothing that needs one', async () => {
    const page = await open({});
    for (const label of ['Partition…', 'Re-partition…', 'Save']) expect(await page.locator('vscode-button', { hasText: label }).filter({ visible: true }).count()).toBe(0);
    expect(await page.locator('[role=tab]').filter({ visible: true }).allInnerTexts()).not.toContain('Compare');
    await page.keyboard.press('Control+f');
    await page.locator('[role=search] input').fill('MaxPool');
    await page.locator('[role=search] .count', { hasText: /found/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('aside.inspector h2', { hasText: 'MaxPool' }).waitFor();
    await page.locator('aside.inspector', { hasText: /tage \d/ }).waitFor();
    await page.locator('[role=tab]', { hasText: 'Explain' }).click();
    await page.locator('vscode-button', { hasText: 'Explain this plan' }).click();
    await page.locator('.statements dt', { hasText: 'Bottleneck' }).waitFor();
    await page.locator('[role=tab]', { hasText: 'Timeline' }).click();
    await page.locator('.timeline .summary', { hasText: /in all/ }).waitFor();
    // nobody is there to change the plan
    await page.locator('.graph').first().focus();
    await page.keyboard.press('m');
    expect(await page.locator('[role=menu]').count()).toBe(0);
    // what another window says is passed over
    await page.evaluate(`new Promise((done) => { addEventListener('message', () => setTimeout(done), { once: true }); postMessage({ type: 'failed', message: 'taken over' }, '*'); })`);
    expect(await page.locator('body').innerText()).not.toContain('taken over');
    const saving = page.waitForEvent('download');
    await page.locator('[aria-label="Save a picture of the graph"]').first().click();
    expect((await saving).suggestedFilename()).toBe('embedding.onnx.graph.svg');
    expect(complaints).toEqual([]);
  });

  describe('of six thousand operators', () => {
    const large = join(folder, 'large.html');
    const spoken = (page: Page, what: RegExp) => page.locator('.spoken', { hasText: what }).waitFor();

    beforeAll(async () => {
      const { nodes } = writeDecoder(workspace.path('large.onnx'), { layers: 112, hidden: 64, heads: 4, vocabulary: 512, weights: 'external' });
      expect(nodes).toBeGreaterThan(5_800);
      const sidecarPath = workspace.path('large.onnx.placement.json');
      const { text } = await partitionModel({ modelPath: workspace.path('large.onnx') }, unattended);
      writeFileSync(sidecarPath, text);
      const html = await makeReport({ sidecarPath, assets: join(root, 'dist/webview'), explain: false }, unattended);
      console.log(`a report of ${nodes} operators: ${(html.length / 1e6).toFixed(2)} MB`);
      writeFileSync(large, html);
    }, 240_000);

    it.each([['worker', false], ['no worker', true]] as const)('expands and collapses groups, and finds what is in them: %s', async (name, refused) => {
      complaints.length = 0;
      const opened = await open(refused ? { colorScheme: 'light' } : { colorScheme: 'dark' }, large);
      if (refused) await opened.evaluate(`Worker = function () { throw new Error('not allowed'); }`);
      await opened.screenshot({ path: join(resultsFolder, 'screenshots', `report-large-${name}.png`) });
      await opened.keyboard.press('Control+f');
      await opened.locator('[role=search] input').fill('type:Softmax layers.7.');
      await opened.locator('[role=search] .count', { hasText: /found/ }).waitFor();
      await opened.keyboard.press('Enter');
      await spoken(opened, /^Softmax/);
      // the map is there once the picture is larger than the panel
      await opened.locator('.minimap:not(.needless)').waitFor();
      await opened.waitForTimeout(400);
      await opened.screenshot({ path: join(resultsFolder, 'screenshots', `report-large-found-${name}.png`) });
      await opened.keyboard.press('Escape');
      await opened.locator('.graph').first().focus();
      await opened.keyboard.press('Escape');
      await spoken(opened, /^attn, .*collapsed/);
      await opened.keyboard.press('Enter');
      await spoken(opened, /^attn, .*expanded/);
      expect(complaints).toEqual([]);
      await opened.close();
    });
  });
});
