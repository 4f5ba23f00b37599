import { existsSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import { partitioned, type PlanPanel } from './planPanel';
import { eventually } from './process';
import type { ThemeKind, Workbench } from './workbench';
import type { Workspace } from './workspace';

/** What a person does with one plan from beginning to end, whatever the model's size; a step begins where the one before it ended. */
export interface Scenario {
  /** Partitions the model by its context menu, and takes what is offered. */
  partition(): Promise<void>;
  /** Expands a group and collapses it again; shows it expanded. */
  expandGroup(): Promise<void>;
  /** Walks along the edges by arrow keys, hears where it is, and opens the inspector. */
  walk(): Promise<void>;
  /** Moves an operator to another stage and takes that back. */
  moveAndUndo(): Promise<void>;
  /** Moves a cut by a step with the keyboard, takes that back, and drags one with the mouse. */
  moveCuts(): Promise<void>;
  /** Pins an operator where it is and solves again. */
  pinAndSolve(): Promise<void>;
  /** Saves the plan and compares it with another file beside it. */
  compareWith(file: string): Promise<void>;
  /** Looks at the plan over time, and saves that as a trace. */
  timeline(): Promise<void>;
  /** Saves a picture of the graph, and a report. @returns the path of the report */
  exports(): Promise<string>;
}

const THEMES: readonly ThemeKind[] = ['light', 'highContrast', 'dark'];
/** A plan of ten thousand operators is searched for, laid out and drawn while other things run. */
const LONG = 150_000;

export function makeScenario(workbench: Workbench, workspace: Workspace, model: string, prefix: string): Scenario {
  let panel: PlanPanel;
  const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
  const spoken = (): Promise<string> => panel.frame.locator('.spoken').innerText();
  const status = (): Locator => panel.frame.locator('.edit-status');
  const menu = (): Locator => panel.frame.locator('.menu').filter({ hasNotText: 'Looking where it may go' });
  const graph = (): Locator => panel.frame.locator('.graph');

  /** A picture in every theme, in each of which axe finds nothing. */
  const look = async (state: string): Promise<void> => {
    // the keys that choose a theme are not for the view: Escape would collapse what is expanded there
    await press('Control+0');
    for (const theme of THEMES) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`${prefix}-${state}-${theme}`);
      expect(await panel.accessibilityFaults(), `${state}, ${theme}`).toEqual([]);
    }
  };
  const sound = async (state: string): Promise<void> => expect(await panel.accessibilityFaults(), state).toEqual([]);
  const says = (what: RegExp): Promise<unknown> => eventually(`the view to say ${what}`, async () => what.test(await spoken()));
  const settled = (): Promise<unknown> => eventually('the graph to be laid out', async () => !(await panel.frame.locator('.state').isVisible()));
  /** Opens the menu of the first operator of a search, by keyboard. */
  const menuOf = async (query: string): Promise<void> => {
    await panel.find(query);
    await press('Escape');
    await eventually('the menu', async () => {
      await graph().focus();
      await press('m');
      await menu().waitFor({ timeout: 2_000 });
      return true;
    }, LONG);
  };
  /** The first place in the graph, row by row, for which something holds once the mouse is there; so many pixels apart. */
  const goWhere = async (what: string, [across, down]: readonly [number, number], holds: () => Promise<boolean>): Promise<void> => {
    const { x, y, width, height } = (await graph().boundingBox())!;
    for (let below = down; below < height; below += down) {
      for (let right = across; right < width; right += across) {
        await workbench.page.mouse.move(x + right, y + below);
        if (await holds()) return;
      }
    }
    throw new Error(`${prefix}: no place in the graph is ${what}`);
  };
  /** Takes an edit back and sees the plan of before. */
  const undo = async (): Promise<void> => {
    await graph().focus();
    await press('Control+z');
    await status().filter({ hasText: 'Undone' }).waitFor({ timeout: LONG });
    await settled();
  };
  const saveAs = async (name: string): Promise<string> => {
    const path = workspace.path(name);
    const input = workbench.page.locator('.quick-input-widget input').first();
    await eventually('a name to be offered', async () => (await input.isVisible()) && (await input.inputValue()).includes(model), LONG);
    await input.fill(path);
    await workbench.acceptDefaults(() => Promise.resolve(existsSync(path)), LONG);
    return path;
  };

  return {
    partition: async () => {
      panel = await partitioned(workbench, model, LONG);
      expect(await panel.stages.count()).toBeGreaterThan(1);
      await look('open');
    },
    expandGroup: async () => {
      await graph().focus();
      await press('ArrowDown');
      await says(/, .*collapsed$/);
      await press('Enter');
      await says(/, .*expanded$/);
      await look('expanded');
      await graph().focus();
      await press('-');
      await says(/, .*collapsed$/);
      await press('Escape');
      await press('0');
    },
    walk: async () => {
      await graph().focus();
      const heard = new Set<string>();
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowDown']) {
        await press(key);
        await eventually('something to be said', async () => (await spoken()) !== '');
        heard.add(await spoken());
      }
      expect(heard.size).toBeGreaterThan(2);
      await panel.find('stage:1');
      await says(/stage 1/i);
      await press('Escape');
      await graph().focus();
      await press('Enter');
      await panel.inspector.locator('h2').waitFor();
      await sound('walked');
      await workbench.screenshot(`${prefix}-walked`);
    },
    moveAndUndo: async () => {
      await menuOf('stage:1');
      await sound('menu');
      await workbench.screenshot(`${prefix}-menu`);
      await menu().locator('[role=menuitem]:not([aria-disabled=true])', { hasText: /^\s*\d*\s*Stage \d/ }).first().click();
      await status().filter({ hasText: /Moved [\d,]+ operators? to stage \d/ }).waitFor({ timeout: LONG });
      await settled();
      await look('edited');
      await undo();
    },
    moveCuts: async () => {
      await graph().focus();
      await press('c');
      await says(/^Cut between stages 0 and 1: tensor /);
      await press('Alt+ArrowRight');
      await status().filter({ hasText: /Moved the cut between stages 0 and 1 one step later: [\d,]+ operators? to stage 0\./ }).waitFor({ timeout: LONG });
      await settled();
      await look('cut');
      await undo();

      await press('0');
      // lines of cuts run down between the stages
      await goWhere('a cut', [8, 60], () => graph().evaluate((element) => element.style.cursor === 'grab'));
      await workbench.page.mouse.down();
      const hint = panel.frame.locator('.drag-hint');
      await goWhere('one where the cut could fall', [40, 40], async () => /Cut (before|after) /.test((await hint.count()) > 0 ? await hint.innerText() : ''));
      await hint.filter({ hasText: / per sample/ }).waitFor({ timeout: LONG });
      await workbench.screenshot(`${prefix}-drag`);
      await workbench.page.mouse.up();
      await status().filter({ hasText: /Moved [\d,]+ operators? to stage \d/ }).waitFor({ timeout: LONG });
      await undo();
    },
    pinAndSolve: async () => {
      await menuOf('stage:1');
      await menu().locator('[role=menuitem]:not([aria-disabled=true])', { hasText: 'Pin' }).first().click();
      await status().filter({ hasText: /Pinned 1 operator/ }).waitFor({ timeout: LONG });
      await panel.button('Re-solve with pins').click();
      await status().filter({ hasText: 'Solved again with the pins.' }).waitFor({ timeout: LONG });
      await settled();
      await sound('pinned');
      await workbench.screenshot(`${prefix}-pinned`);
    },
    compareWith: async (file) => {
      await workbench.runCommand('Stagewright: Save Plan');
      const sidecar = workspace.path(`${model}.placement.json`);
      await eventually('the placement file', () => existsSync(sidecar));
      await workbench.runCommand('Stagewright: Compare Placements');
      const row = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: file }).first();
      await workbench.page.locator('.quick-input-widget input').first().fill(file);
      await row.click();
      await panel.frame.locator('.flow-head.before .plan-name', { hasText: file }).waitFor({ timeout: LONG });
      await look('compared');
    },
    timeline: async () => {
      await panel.frame.locator('[role=tab]', { hasText: 'Timeline' }).click();
      await panel.frame.locator('.timeline .summary', { hasText: /in all/ }).waitFor({ timeout: LONG });
      await look('timeline');
      await panel.button('Export trace…').click();
      await saveAs(`${model}.trace.json`);
    },
    exports: async () => {
      await workbench.runCommand('Stagewright: Save Picture of Graph…');
      await saveAs(`${model}.svg`);
      await workbench.runCommand('Stagewright: Write Report');
      return saveAs(`${model}.html`);
    },
  };
}
