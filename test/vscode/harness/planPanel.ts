import axe from 'axe-core';
import type { Frame, Locator } from 'playwright-core';
import { eventually } from './process';
import type { Workbench } from './workbench';

/** What a person sees of a plan and does with it. */
export interface PlanPanel {
  readonly frame: Frame;
  readonly inspector: Locator;
  /** rows of the stage table */
  readonly stages: Locator;
  /** the notice that the plan is older than its model */
  readonly stale: Locator;
  button(label: string): Locator;
  /** Searches and goes to the first match, by keyboard alone. */
  find(query: string): Promise<void>;
  /** What axe finds wrong, as `rule: element`. */
  accessibilityFaults(): Promise<readonly string[]>;
}

/** The visible panel, once it shows a graph (`expectPlan` false) or a plan. */
export async function planPanel(workbench: Workbench, expectPlan = true): Promise<PlanPanel> {
  const frame = await workbench.webview(expectPlan ? 'table.stages tbody tr' : 'aside.inspector h2');
  const panel: PlanPanel = {
    frame,
    inspector: frame.locator('aside.inspector'),
    stages: frame.locator('table.stages tbody tr'),
    stale: frame.locator('header .stale'),
    button: (label) => frame.locator('vscode-button', { hasText: label }).filter({ visible: true }).first(),
    find: async (query) => {
      const field = frame.locator('[role=search] input');
      await frame.locator('[role=application], canvas, .stagewright-graph').first().click({ position: { x: 5, y: 5 } });
      await workbench.page.keyboard.press('Control+f');
      await field.waitFor();
      await field.fill(query);
      await frame.locator('[role=search] .count', { hasText: /found/ }).waitFor();
      await field.press('Enter');
    },
    accessibilityFaults: async () => {
      await frame.evaluate(axe.source);
      const { violations } = await frame.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
    },
  };
  // A layout still to come is a picture that is not there yet.
  await eventually('the graph to be laid out', async () => !(await frame.locator('.state').isVisible()));
  return panel;
}

/** Partitions a model of the workspace as a person does, from the explorer with every default. @returns the panel with its plan */
export async function partitioned(workbench: Workbench, name: string, timeoutMilliseconds = 120_000): Promise<PlanPanel> {
  await workbench.contextMenu(workbench.explorerRow(name), 'Partition Model');
  const tab = workbench.page.locator('.tab.active', { hasText: `Plan: ${name}` });
  await workbench.acceptDefaults(() => tab.isVisible(), timeoutMilliseconds);
  return planPanel(workbench);
}
