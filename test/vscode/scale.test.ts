import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { writeDecoder } from '../fixtures/decoder';
import { partitioned, planPanel, type PlanPanel } from './harness/planPanel';
import { eventually } from './harness/process';
import { openWorkbench, type Workbench } from './harness/workbench';
import { makeWorkspace } from './harness/workspace';

/** A model of some thousand operators, walked through by keyboard; each test begins where the one before it ended. */
describe('a person with a large model', () => {
  const workspace = makeWorkspace('embedding.onnx');
  let workbench: Workbench;
  let panel: PlanPanel;
  const spoken = (): Promise<string> => panel.frame.locator('.spoken').innerText();
  const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
  const says = (what: RegExp): Promise<unknown> => eventually(`the view to say ${what}`, async () => what.test(await spoken()));

  beforeAll(async () => {
    const { nodes } = writeDecoder(workspace.path('large.onnx'), { layers: 112, hidden: 64, heads: 4, vocabulary: 512, weights: 'external' });
    expect(nodes).toBeGreaterThan(5_800);
    workbench = await openWorkbench(inject('vscode'), workspace.folder);
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });

  /** Says how long the panel took from the plan to its picture, and how long at most it was busy: times are for people to compare, not for a test to judge. */
  async function tellTimes(what: string): Promise<void> {
    const times = await eventually(`the first picture of ${what}`, () =>
      panel.frame.evaluate<readonly number[] | null>(`new Promise((done) => {
        const [picture] = performance.getEntriesByName('stagewright picture');
        let longest = 0;
        new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (longest = Math.max(longest, duration)))).observe({ type: 'longtask', buffered: true });
        setTimeout(() => done(picture === undefined ? null : [picture.duration, longest]), 200);
      })`),
    );
    console.log(`${what}: first picture after ${times![0]!.toFixed(0)} ms, longest task ${times![1]!.toFixed(0)} ms`);
  }

  it('sees a thousand operators one by one, and grouped on request', async () => {
    const { nodes } = writeDecoder(workspace.path('medium.onnx'), { layers: 19, hidden: 64, heads: 4, vocabulary: 512, weights: 'external' });
    expect(nodes).toBeGreaterThan(950);
    await workbench.contextMenu(workbench.explorerRow('medium.onnx'), 'Open Model Graph');
    panel = await planPanel(workbench, false);
    await tellTimes(`${nodes} operators`);
    await workbench.screenshot('medium');
    const groups = panel.frame.locator('[aria-label="Group operators"]').first();
    await groups.click();
    await eventually('the button to be pressed', async () => (await groups.getAttribute('aria-pressed')) === 'true');
    // until the picture with groups has come, nothing stands around the operator
    await eventually('the group around the operator', async () => {
      await panel.find('softmax');
      await says(/^Softmax .*layers\.0\.attn/);
      await panel.frame.locator('[role=search] input').press('Escape');
      await press('Escape');
      await workbench.page.waitForTimeout(500);
      return /^attn, [\d,]+ operators, .*collapsed$/.test(await spoken());
    });
    await workbench.screenshot('medium-grouped');
    await workbench.runCommand('View: Close All Editors');
  });

  it('sees groups rather than thousands of boxes', async () => {
    await workbench.contextMenu(workbench.explorerRow('large.onnx'), 'Open Model Graph');
    panel = await planPanel(workbench, false);
    await tellTimes('large.onnx');
    await workbench.screenshot('large-collapsed');
  });

  it('finds an operator inside layers that are collapsed', async () => {
    await panel.find('softmax');
    await says(/^Softmax .*layers\.0\.attn/);
    // What was too small to need a map is now larger than the panel.
    await panel.frame.locator('.minimap').waitFor();
    await workbench.screenshot('large-found');
  });

  it('collapses one group after the other by Escape, and expands them by Enter and +', async () => {
    await panel.frame.locator('[role=search] input').press('Escape');
    await press('Escape');
    await says(/^attn, [\d,]+ operators, .*collapsed$/);
    await press('Enter');
    await says(/^attn, .*expanded$/);
    await press('-');
    await says(/^attn, .*collapsed$/);
    await press('Escape');
    await says(/^layers\.0, .*collapsed$/);
    await press('Escape');
    await says(/^layers\.0–\d+, × \d+ alike, .*collapsed$/);
    await press('+');
    await says(/alike, .*expanded$/);
    await press('ArrowDown');
    await says(/^layers\.\d+, .*collapsed$/);
  });

  it('sees where it is on the map, and moves there', async () => {
    const map = panel.frame.locator('.minimap');
    await map.waitFor();
    for (let i = 0; i < 3; i++) await press('Shift+ArrowDown');
    await workbench.screenshot('large-map');
    expect(await panel.accessibilityFaults()).toEqual([]);
    await press('o');
    await eventually('the map to close', async () => !(await map.locator('canvas').isVisible()));
    await press('o');
    await map.locator('canvas').waitFor();
    await press('0');
    await eventually('the map to hide when everything fits', async () => !(await map.isVisible()));
  });

  it('partitions ten thousand operators, looks at them in every theme, moves one and takes that back', async () => {
    const { nodes } = writeDecoder(workspace.path('huge.onnx'), { layers: 192, hidden: 64, heads: 4, vocabulary: 512, weights: 'external' });
    expect(nodes).toBeGreaterThan(10_000);
    await workbench.runCommand('View: Close All Editors');
    panel = await partitioned(workbench, 'huge.onnx', 150_000);
    await tellTimes(`${nodes} operators with a plan`);
    expect(await panel.stages.count()).toBeGreaterThan(1);
    await panel.frame.locator('.stagewright-graph canvas').first().waitFor();
    for (const theme of ['light', 'highContrast', 'dark'] as const) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`huge-${theme}`);
    }
    await panel.find('type:Softmax stage:1');
    await says(/^Softmax .*/);
    await panel.frame.locator('[role=search] input').press('Escape');
    await press('m');
    const menu = panel.frame.locator('[role=menu]');
    await menu.waitFor();
    const along = menu.locator('[role=menuitem]:not([aria-disabled=true])', { hasText: /· [\d,]+ operators?/ }).first();
    await along.waitFor();
    await along.click();
    const status = panel.frame.locator('.edit-status');
    await eventually('the move', async () => /Moved [\d,]+ operators to stage/.test(await status.innerText()));
    await workbench.screenshot('huge-edited');
    await press('Control+z');
    await eventually('the edit to be taken back', async () => (await status.innerText()).includes('Undone'));
  }, 240_000);
});
