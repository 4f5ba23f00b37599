import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { partitionModel } from '../../src/engine/partitionModel';
import { unattended } from '../../src/shared/progress';
import { planPanel, type PlanPanel } from './harness/planPanel';
import { eventually } from './harness/process';
import { openWorkbench, type ThemeKind, type Workbench } from './harness/workbench';
import { makeWorkspace } from './harness/workspace';

/** A plan for training, opened from its placement file; each test begins where the one before it ended. */
describe('a person who looks at a plan over time', () => {
  const workspace = makeWorkspace('cls.onnx');
  const trace = workspace.path('cls.onnx.trace.json');
  let workbench: Workbench;
  let panel: PlanPanel;

  beforeAll(async () => {
    const { text } = await partitionModel({ modelPath: workspace.path('cls.onnx'), sidecarPath: workspace.path('cls.onnx.placement.json'), cluster: 'a100x4', objective: '1f1b', method: 'ideals', bind: {} }, unattended);
    writeFileSync(workspace.path('cls.onnx.placement.json'), text);
    workbench = await openWorkbench(inject('vscode'), workspace.folder);
    await workbench.contextMenu(workbench.explorerRow('cls.onnx.placement.json'), 'Open Plan');
    panel = await planPanel(workbench);
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });

  const canvas = () => panel.frame.locator('.timeline-canvas');
  const spoken = async (): Promise<string> => (await panel.frame.locator('.spoken').textContent()) ?? '';

  it('opens the tab and sees what it amounts to', async () => {
    await panel.frame.locator('[role=tab]', { hasText: 'Timeline' }).click();
    await panel.frame.locator('.timeline .summary', { hasText: /in all.*per micro-batch once full.*bubbles/ }).waitFor();
    expect(await panel.accessibilityFaults()).toEqual([]);
  });

  it('walks the cells by keyboard, and is told each', async () => {
    await canvas().focus();
    await workbench.page.keyboard.press('ArrowRight');
    await eventually('the first cell', async () => /^Forward, micro-batch 0, stage 0 on .+:0, [\d.]+ (ms|µs), from 0 s/.test(await spoken()));
    await workbench.page.keyboard.press('ArrowRight');
    await eventually('the next cell', async () => (await spoken()).startsWith('Forward, micro-batch 1, stage 0'));
    await workbench.page.keyboard.press('ArrowDown');
    await eventually('the other device', async () => /stage 1 on/.test(await spoken()));
    await workbench.page.keyboard.press('Enter');
    await panel.frame.locator('table.stages tr.selected button', { hasText: '1' }).waitFor({ state: 'attached' });
    await panel.inspector.locator('.kind', { hasText: 'Stage' }).waitFor();
    await workbench.page.keyboard.press('+');
    await workbench.page.keyboard.press('+');
    await workbench.page.keyboard.press('ArrowRight');
    await workbench.screenshot('timeline-walked');
  });

  it('sees it in every kind of theme', async () => {
    for (const theme of ['light', 'dark', 'highContrast', 'highContrastLight'] satisfies ThemeKind[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`timeline-${theme}`);
      expect(await panel.accessibilityFaults()).toEqual([]);
    }
    await workbench.setTheme('dark');
  });

  it('chooses another schedule out of those that are offered', async () => {
    const schedule = panel.frame.locator('vscode-dropdown[aria-label="Schedule"]');
    await schedule.click();
    expect(await schedule.locator('vscode-option').allInnerTexts()).toEqual(['1F1B', 'GPipe', 'Interleaved 1F1B']);
    await schedule.locator('vscode-option[value="gpipe"]').click();
    await eventually('GPipe to be shown', async () => (await panel.frame.locator('.timeline[aria-busy="false"]').count()) === 1);
    await canvas().focus();
    await workbench.page.keyboard.press('0');
    await workbench.screenshot('timeline-gpipe');
    await schedule.click();
    await schedule.locator('vscode-option[value="interleaved"]').click();
    await panel.frame.locator('.timeline .notes li', { hasText: 'An estimate' }).waitFor();
    await workbench.screenshot('timeline-interleaved');
  });

  it('saves what is shown as a trace', async () => {
    await panel.button('Export trace…').click();
    await workbench.acceptDefaults(() => Promise.resolve(existsSync(trace)));
    const { otherData, traceEvents } = JSON.parse(readFileSync(trace, 'utf8')) as { otherData: unknown; traceEvents: { ph: string }[] };
    expect(otherData).toMatchObject({ title: 'cls.onnx', schedule: 'interleaved' });
    expect(traceEvents.filter(({ ph }) => ph === 'X').length).toBeGreaterThan(100);
  });
});
