import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from './harness/process';
import { openWorkbench, type Workbench } from './harness/workbench';
import { makeWorkspace } from './harness/workspace';

describe('the walkthrough', () => {
  const workspace = makeWorkspace('embedding.onnx');
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await openWorkbench(inject('vscode'), workspace.folder);
  });
  afterAll(async () => {
    await workbench?.close();
    workspace.remove();
  });

  it('leads through three steps, each with a picture', async () => {
    await workbench.runCommand('Welcome: Open Walkthrough...');
    const { page } = workbench;
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Split a Model over Several Devices' }).click();
    const steps = page.locator('.gettingStartedDetailsContent .getting-started-step');
    await eventually('the three steps', async () => (await steps.count()) === 3);
    for (let i = 0; i < 3; i++) {
      await steps.nth(i).click();
      await eventually(`the picture of step ${i + 1}`, () => page.locator('.getting-started-media img, .getting-started-media iframe').first().isVisible());
    }
    expect(await steps.allInnerTexts()).toEqual([
      expect.stringContaining('Describe your machine') as string,
      expect.stringContaining('Partition a model') as string,
      expect.stringContaining('Save, review, commit') as string,
    ]);
    await workbench.screenshot('walkthrough');
  });
});
