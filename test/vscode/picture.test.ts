import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layoutPlan } from '../../src/layout/layoutPlan';
import type { FromWebview } from '../../src/shared/messages';
import type { PlanView } from '../../src/shared/planView';
import { tinyView, transformerView } from '../fixtures/planViews';
import { resultsFolder } from './harness/paths';
import { launch, openPanel, showPlan, writePanelPage } from './panelPage';

type SavePicture = Extract<FromWebview, { type: 'savePicture' }>;

/** Pictures of the graph as the panel makes them, looked at by a browser. */
describe('pictures of a plan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stagewright-picture-'));
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    [url, browser] = await Promise.all([writePanelPage(folder), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function pictureOf(view: PlanView): Promise<SavePicture> {
    const panel = await openPanel(browser, url, 'light');
    await showPlan(panel, view, await layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 20_000 }), false);
    await panel.page.locator('[aria-label="Save a picture of the graph"]').first().click();
    const picture = (await panel.posted()).find((message): message is SavePicture => message.type === 'savePicture')!;
    await panel.page.close();
    return picture;
  }

  it('are well-formed vector graphics with the names as text, and a bitmap of the same', async () => {
    const evil = 'a<b>&"\u0007';
    const view = transformerView(60, 3);
    const named: PlanView = { ...view, operators: view.operators.map((operator, i) => (operator.foldable ? operator : { ...operator, name: `/${evil}/${i}` })) };
    const { svg, png, what } = await pictureOf(named);
    expect(what).toBe('graph');
    const file = join(folder, 'graph.svg');
    writeFileSync(file, svg);
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    await page.goto(pathToFileURL(file).href);
    expect(await page.evaluate(`document.documentElement.nodeName + ' ' + document.querySelectorAll('parsererror').length`)).toBe('svg 0');
    const texts = await page.evaluate<string[]>(`[...document.querySelectorAll('text')].map((t) => t.textContent)`);
    expect(texts.filter((text) => text === 'MatMul').length).toBeGreaterThan(0);
    expect(texts).toContain('bottleneck');
    expect(await page.evaluate(`document.querySelectorAll('path').length`)).toBeGreaterThan(20);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    await page.screenshot({ path: join(resultsFolder, 'screenshots', 'picture-svg.png') });
    const size = await page.evaluate<[number, number]>(`[document.documentElement.width.baseVal.value, document.documentElement.height.baseVal.value]`);
    const bytes = Buffer.from(png, 'base64');
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    // twice as fine as the vector graphics are large
    expect(Math.abs(bytes.readUInt32BE(16) - 2 * size[0])).toBeLessThan(3);
    expect(Math.abs(bytes.readUInt32BE(20) - 2 * size[1])).toBeLessThan(3);
    await page.close();
  });

  it('are there before there is a plan', async () => {
    expect((await pictureOf(tinyView(0))).svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  });
});
