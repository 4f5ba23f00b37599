import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { writeDecoder } from '../fixtures/decoder';
import { inTurn } from './harness/inTurn';
import { partitioned, type PlanPanel } from './harness/planPanel';
import { eventually } from './harness/process';
import { openWorkbench, type Workbench } from './harness/workbench';
import { makeWorkspace } from './harness/workspace';

/** A person who moves cuts and groups, from a small model to ten thousand operators; each test begins where the one before it ended. */
describe('a person who moves cuts', () => {
  const workspace = makeWorkspace('embedding.onnx');
  const figures: string[] = [];
  let workbench: Workbench;
  let panel: PlanPanel;

  const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
  const spoken = (): Promise<string> => panel.frame.locator('.spoken').innerText();
  const status = (): Locator => panel.frame.locator('.edit-status');
  const said = (text: RegExp): Promise<unknown> => eventually(`the line to say ${text}`, async () => text.test(await status().innerText()));
  const operatorCounts = (): Promise<string[]> => panel.stages.locator('td.operators').allInnerTexts();
  const partition = async (name: string): Promise<void> => {
    await workbench.runCommand('View: Close All Editors');
    panel = await partitioned(workbench, name, 150_000);
    await panel.frame.locator('.graph').focus();
  };

  /** Selects the first cut, by keyboard. */
  const firstCut = async (): Promise<void> => {
    await panel.frame.locator('.graph').focus();
    await press('Escape');
    await panel.inspector.locator('.kind', { hasText: 'Model' }).waitFor();
    // there is no picture to walk in while that of a plan that was just changed is being made
    await eventually('the cut to be spoken', async () => {
      if (!/^Cut between/.test(await spoken())) await press('c');
      return /^Cut between stages 0 and 1: tensor /.test(await spoken());
    });
  };

  beforeAll(async () => {
    writeDecoder(workspace.path('large.onnx'), { layers: 112, hidden: 64, heads: 4, vocabulary: 512, weights: 'external' });
    writeDecoder(workspace.path('huge.onnx'), { layers: 192, hidden: 64, heads: 4, vocabulary: 512, weights: 'external' });
    workbench = await openWorkbench(inject('vscode'), workspace.folder);
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
    console.log(figures.join('\n'));
  });
  inTurn(() => workbench.screenshot('cuts-failure'));

  it('drags one with the mouse, sees what it would come to, drops it and takes it back', async () => {
    await partition('embedding.onnx');
    const before = await operatorCounts();
    const graph = panel.frame.locator('.graph');
    const { mouse } = workbench.page;
    const cursor = (): Promise<string> => graph.evaluate((element) => (element as unknown as { style: { cursor: string } }).style.cursor);
    await press('0');
    await workbench.page.waitForTimeout(600);
    const bounds = (await graph.boundingBox())!;
    // where the pointer says that something can be grabbed, and nothing answers as an operator does
    const places = Array.from({ length: 60 * 30 }, (_, i) => [bounds.x + ((i % 60) + 0.5) * (bounds.width / 60), bounds.y + (Math.floor(i / 60) + 0.5) * (bounds.height / 30)] as const);
    let grabbed: readonly [number, number] | undefined;
    for (const place of places) {
      await mouse.move(...place);
      if ((await cursor()) !== 'grab') continue;
      grabbed = place;
      break;
    }
    expect(grabbed).toBeDefined();
    await mouse.down();
    const hint = panel.frame.locator('.drag-hint');
    const possible = async (): Promise<boolean> => (await hint.count()) > 0 && /Cut (before|after) .* per sample/s.test(await hint.innerText());
    const operators = places.filter((_, i) => i % 3 === 0);
    for (const place of operators) {
      await mouse.move(...place, { steps: 2 });
      if (!/Cut (before|after)/.test((await hint.count()) > 0 ? await hint.innerText() : '')) continue;
      await workbench.page.waitForTimeout(250);
      if (await possible()) break;
    }
    expect(await possible()).toBe(true);
    await workbench.screenshot('cut-drag-real');
    await mouse.up();
    await said(/Moved [\d,]+ operators? to stage \d/);
    await eventually('other numbers of operators', async () => (await operatorCounts()).join() !== before.join());
    await press('Control+z');
    await said(/As fast as the optimal plan.*Undone/s);
    expect(await operatorCounts()).toEqual(before);
    await press('Control+y');
    await said(/Done again/);
    await press('Control+z');
    await said(/Undone/);
  });

  it('walks to one by keyboard and moves it a step, and its menu finds the best place again', async () => {
    const before = await operatorCounts();
    for (const theme of ['light', 'highContrast', 'dark'] as const) {
      await workbench.setTheme(theme);
      await firstCut();
      await workbench.screenshot(`cut-selected-${theme}`);
    }
    await press('Alt+ArrowLeft');
    await said(/Moved the cut between stages 0 and 1 one step earlier: \d+ operators? to stage 1\./);
    // the editor did not take the key for going back
    expect(await workbench.page.locator('.tab.active', { hasText: 'embedding.onnx' }).count()).toBe(1);
    expect(await operatorCounts()).not.toEqual(before);
    await press('m');
    const best = panel.frame.locator('[role=menuitem]', { hasText: 'Move to the best place between these two stages' });
    await best.waitFor();
    await workbench.screenshot('cut-menu-real');
    await best.click();
    await said(/As fast as the optimal plan.*Moved the cut between stages 0 and 1 to the best place found/s);
    expect(await panel.accessibilityFaults()).toEqual([]);
  });

  it('is asked which plan to keep where the file was changed meanwhile, and loses neither unasked', async () => {
    const sidecar = workspace.path('embedding.onnx.placement.json');
    const before = await operatorCounts();
    await panel.frame.locator('.graph').focus();
    await press('Control+s');
    await eventually('the placement file', () => existsSync(sidecar));
    await panel.frame.locator('.saved').waitFor();
    await firstCut();
    await press('Alt+ArrowLeft');
    await said(/one step earlier/);
    const edited = await operatorCounts();
    const theirs = readFileSync(sidecar, 'utf8').replace('"optimal": true', '"optimal": false');
    writeFileSync(sidecar, theirs);
    await workbench.page.waitForTimeout(1_000);
    expect(await operatorCounts()).toEqual(edited);
    await press('Control+s');
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByText('was changed by someone else since this plan was made').waitFor();
    await workbench.screenshot('edit-conflict');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await operatorCounts()).toEqual(edited);
    expect(readFileSync(sidecar, 'utf8')).toBe(theirs);
    await panel.frame.locator('.graph').focus();
    await press('Control+s');
    await dialog.getByRole('button', { name: 'Show What Is in the File' }).click();
    await eventually('the plan of the file', async () => (await operatorCounts()).join() === before.join());
    await panel.frame.locator('.saved').waitFor();
    expect(readFileSync(sidecar, 'utf8')).toBe(theirs);
  });

  it('moves a group of a large model by its menu, and takes it back', async () => {
    await partition('large.onnx');
    await panel.find('type:Softmax stage:1');
    await panel.frame.locator('[role=search] input').press('Escape');
    await press('Escape');
    await eventually('a group to be selected', async () => /collapsed$/.test(await spoken()));
    await press('m');
    const menu = panel.frame.locator('[role=menu]');
    await menu.locator('.menu-heading', { hasText: /^Move [\d,]+ operators to stage/ }).waitFor();
    const item = menu.locator('[role=menuitem]:not([aria-disabled=true])').first();
    await item.waitFor();
    await workbench.screenshot('group-menu-real');
    await item.click();
    await said(/Moved [\d,]+ operators to stage \d/);
    await workbench.screenshot('group-moved');
    await press('Control+z');
    await said(/Undone/);
  });

  it.each([
    ['embedding.onnx', 'stages'], ['large.onnx', 'stages'], ['huge.onnx', 'timeline'],
  ] as const)('sees loads, memory and what lies below change at once; prints how soon: %s, %s', async (name, tab) => {
    await partition(name);
    await panel.frame.locator(`#tab-${tab}`).click();
    if (tab === 'timeline') await panel.frame.locator('.timeline .summary').getByText(/\S/).first().waitFor();
    await firstCut();
    // from a key that is pressed to the frame in which what the tab below shows has changed
    await panel.frame.evaluate(`
      window.editTimes = [];
      let pressed = 0;
      const shown = ${JSON.stringify(tab)} === 'timeline' ? document.querySelector('.timeline .summary') : document.querySelector('table.stages tbody');
      const tell = () => {
        if (pressed === 0) return;
        const from = pressed;
        pressed = 0;
        requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => editTimes.push(performance.now() - from); port2.postMessage(0); });
      };
      addEventListener('keydown', (event) => { if (event.altKey && event.key.startsWith('Arrow')) pressed = event.timeStamp; }, true);
      new MutationObserver(tell).observe(shown, { childList: true, subtree: true, characterData: true });`);
    const times = (): Promise<number[]> => panel.frame.evaluate<number[]>('editTimes');
    for (let step = 0; step < 8; step++) {
      const before = (await times()).length;
      await press(step % 4 < 2 ? 'Alt+ArrowLeft' : 'Alt+ArrowRight');
      await eventually('the edit to be seen', async () => (await times()).length > before);
      // the text of the plan is written after it was shown
      await workbench.page.waitForTimeout(700);
    }
    const sorted = (await times()).slice(1).sort((a, b) => a - b);
    figures.push(`${name} (${tab}): median ${sorted[sorted.length >> 1]!.toFixed(0)} ms, least ${sorted[0]!.toFixed(0)} ms, most ${sorted.at(-1)!.toFixed(0)} ms of ${sorted.length}`);
    expect(await status().innerText()).toMatch(/Moved the cut between stages \d+ and \d+ one step (earlier|later)/);
  }, 240_000);
});
