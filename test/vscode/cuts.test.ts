import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layoutPlan } from '../../src/layout/layoutPlan';
import type { LayoutView } from '../../src/shared/layoutView';
import type { FromWebview } from '../../src/shared/messages';
import type { PlanView } from '../../src/shared/planView';
import type { themes } from '../../webview/report/themes';
import { cnnView, transformerView } from '../fixtures/planViews';
import { resultsFolder } from './harness/paths';
import { launch, openPanel, restingCamera, type OpenPanel, showPlan, violations, writePanelPage } from './panelPage';

/** Moving cuts and groups in the plan panel alone, in a browser. */

let folder: string;
let browser: Browser;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stagewright-panel-'));
  await mkdir(join(resultsFolder, 'screenshots'), { recursive: true });
  [url, browser] = await Promise.all([writePanelPage(folder), launch()]);
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

interface Shown {
  readonly panel: OpenPanel;
  readonly view: PlanView;
  readonly picture: LayoutView;
  /** pixels of the window for a point of the picture */
  readonly screen: (x: number, y: number) => [number, number];
  readonly posted: <T extends FromWebview['type']>(type: T) => Promise<Extract<FromWebview, { type: T }>[]>;
  readonly screenshot: (name: string) => Promise<void>;
}

async function withPlan(view: PlanView, theme: keyof typeof themes, use: (shown: Shown) => Promise<void>): Promise<void> {
  const panel = await openPanel(browser, url, theme);
  const errors: string[] = [];
  panel.page.on('pageerror', (error) => errors.push(error.message));
  const picture = await layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 20_000 });
  await showPlan(panel, view, picture);
  const camera = await restingCamera(panel);
  const bounds = (await panel.page.locator('.graph').boundingBox())!;
  await use({
    panel, view, picture,
    screen: (x, y) => [bounds.x + (x - camera.x) * camera.scale, bounds.y + (y - camera.y) * camera.scale],
    posted: async (type) => (await panel.posted()).filter((message): message is never => message.type === type),
    screenshot: async (name) => void (await panel.page.screenshot({ path: join(resultsFolder, 'screenshots', `${name}.png`) })),
  });
  expect(errors).toEqual([]);
  await panel.page.close();
}

/** The middle of the longest part of a cut's line between two stages that no operator covers. */
function onCut({ view, picture }: Shown, from: number, to: number): [number, number] {
  const free = picture.edges.flatMap((edge) => {
    if (view.operators[edge.from]!.stage !== from || view.operators[edge.to]!.stage !== to) return [];
    return Array.from({ length: edge.points.length / 2 - 1 }, (_, i) => edge.points.slice(2 * i, 2 * i + 4) as [number, number, number, number]);
  });
  const [x0, y0, x1, y1] = free.sort((a, b) => Math.hypot(b[2] - b[0], b[3] - b[1]) - Math.hypot(a[2] - a[0], a[3] - a[1]))[0]!;
  return [(x0 + x1) / 2, (y0 + y1) / 2];
}

function onBox({ picture }: Shown, operator: number): [number, number] {
  const [x, y, width, height] = picture.boxes.slice(4 * picture.operators.indexOf(operator)) as [number, number, number, number];
  return [x + width / 2, y + height / 2];
}

const lastOf = (view: PlanView, stage: number): number => view.operators.findLastIndex((operator) => operator.stage === stage && !operator.foldable);

describe('the cut between two stages', () => {
  it.each(['light', 'dark', 'contrast'] as const)('is dragged over operators, with what it would come to, and dropped (%s)', (theme) =>
    withPlan(cnnView(40, 2), theme, async (shown) => {
      const { panel, view, screen, posted, screenshot } = shown;
      const { page } = panel;
      const hint = page.locator('.drag-hint');
      const cursor = (): Promise<string> => page.evaluate<string>(`document.querySelector('.graph').style.cursor`);
      const operator = lastOf(view, 0);
      const now = view.plan!.certificate.value;
      /** Answers as the host would: two operators move to the later stage, and none fits into the earlier one. */
      const first = view.operators.findIndex(({ stage, foldable }) => stage === 1 && !foldable);
      await page.evaluate(`window.onPosted = ({ type, question, move }) => type === 'previewMove' && setTimeout(() => postMessage({ type: 'movePreview', question, preview:
        move.stage === 1
          ? { refused: null, moved: [${operator - 1}, ...move.operators], colocated: 0, value: ${now * 1.029} }
          : { refused: 'It does not fit: a100:0 would need 90 GB and has 80 GB.', moved: move.operators, colocated: 0, value: null } }, '*'))`);
      await page.mouse.move(...screen(...onCut(shown, 0, 1)));
      expect(await cursor()).toBe('grab');
      await page.mouse.down();
      await page.mouse.move(...screen(...onBox(shown, operator)), { steps: 6 });
      await hint.getByText(/^Cut before /).waitFor();
      await hint.getByText('2 operators move to stage 1').waitFor();
      await hint.getByText(/ per sample \(\+2\.9\d* %\)/).waitFor();
      expect((await posted('previewMove')).at(-1)!.move).toEqual({ operators: [operator], stage: 1, along: true });
      await screenshot(`cut-drag-${theme}`);
      // Escape lets go, and nothing happens
      await page.keyboard.press('Escape');
      expect(await hint.count()).toBe(0);
      await page.mouse.up();
      expect(await posted('edit')).toEqual([]);

      await page.mouse.move(...screen(...onCut(shown, 0, 1)));
      await page.mouse.down();
      await page.mouse.move(...screen(...onBox(shown, first)), { steps: 6 });
      await hint.getByText(/^Cut after /).waitFor();
      await hint.getByText('It does not fit: a100:0 would need 90 GB and has 80 GB.').waitFor();
      await page.mouse.up();
      expect((await posted('edit')).at(-1)).toEqual({ type: 'edit', choice: { kind: 'move', operators: [first], stage: 0, along: true } });
    }),
  );

  it('is reached by keyboard, moved by a step, and stays selected; its menu opens and gives the focus back', () =>
    withPlan(cnnView(40, 2), 'light', async ({ panel, view, posted, screenshot }) => {
      const { page } = panel;
      const spoken = page.locator('.spoken');
      await page.locator('.graph').focus();
      await page.keyboard.press('c');
      await spoken.getByText(/^Cut between stages 0 and 1: tensor /).waitFor();
      expect(await violations(panel)).toEqual([]);
      await page.keyboard.press('Alt+ArrowLeft');
      await page.keyboard.press('Alt+ArrowRight');
      expect((await posted('edit')).map(({ choice }) => choice)).toEqual([{ kind: 'cut', from: 0, to: 1, step: 'earlier' }, { kind: 'cut', from: 0, to: 1, step: 'later' }]);

      // one operator of stage 0 goes to stage 1: the table and the line say so before there is another picture
      const operator = lastOf(view, 0);
      const output = view.operators[operator]!.inputs[0]!;
      const stages = view.plan!.stages.map((stage, i) => ({ ...stage, operatorCount: stage.operatorCount + (i === 0 ? -1 : 1) }));
      const plan = { ...view.plan!, stages, cuts: [{ tensor: output, from: 0, to: [1], transferSeconds: 1e-3 }], certificate: { ...view.plan!.certificate, value: view.plan!.certificate.value * 1.1 } };
      await panel.send({
        type: 'edited', dirty: true, change: { operators: [operator], stages: [1], seconds: [view.operators[operator]!.seconds], plan, warnings: [] },
        edited: { said: 'Moved the cut.', canUndo: true, canRedo: false, reference: { value: view.plan!.certificate.value, optimal: true } },
      });
      await page.locator('.edit-status', { hasText: '+10.0 % against the optimal plan' }).waitFor();
      expect(await page.locator('td.operators').allInnerTexts()).toEqual(stages.map(({ operatorCount }) => String(operatorCount)));
      await spoken.getByText(`Cut between stages 0 and 1: tensor ${view.tensors[output]!.name}`).waitFor();
      // the picture is asked for a little later
      await page.waitForFunction(`posted.filter(({ type }) => type === 'layout').length === 2`);

      await page.keyboard.press('m');
      const menu = page.locator('[role=menu]');
      await menu.getByText('Move to the best place between these two stages').waitFor();
      expect(await violations(panel)).toEqual([]);
      await screenshot('cut-menu');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Shift+F10');
      await menu.waitFor();
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      expect((await posted('edit')).at(-1)!.choice).toEqual({ kind: 'cut', from: 0, to: 1, step: 'best' });
      expect(await page.evaluate<boolean>(`document.activeElement === document.querySelector('.graph')`)).toBe(true);
    }));

  it('is moved from the stage table, whose button gets the focus back', () =>
    withPlan(cnnView(40, 3), 'dark', async ({ panel, posted }) => {
      const { page } = panel;
      const button = page.getByRole('button', { name: 'Move the cut after stage 1' });
      expect(await page.getByRole('button', { name: /^Move the cut after stage/ }).count()).toBe(2);
      await button.focus();
      await page.keyboard.press('Enter');
      await page.locator('[role=menu]').getByText('Cut between stages 1 and 2').waitFor();
      await page.keyboard.press('Enter');
      expect((await posted('edit')).at(-1)!.choice).toEqual({ kind: 'cut', from: 1, to: 2, step: 'earlier' });
      expect(await button.evaluate((element) => element.getRootNode() !== null && element.matches(':focus'))).toBe(true);
    }));
});

describe('a plan that was changed by hand before it was opened', () => {
  it.each([
    [0.95, /^Changed by hand: at most \+5\.26 % above the best possible \([\d.]+ µs; no plan takes less than [\d.]+ µs\)$/],
    [1, /^Changed by hand, and as fast as possible \([\d.]+ µs\)$/],
    [0, /^Changed by hand: how far it is from the best possible is not known$/],
  ])('says how far it is from the best possible: a bound of %d times its value', (share, text) => {
    const view = cnnView(40, 2);
    const certificate = { ...view.plan!.certificate, optimal: false, method: 'edited', lowerBound: share * view.plan!.certificate.value };
    return withPlan({ ...view, plan: { ...view.plan!, certificate } }, 'light', async ({ panel }) => {
      await panel.page.locator('.edit-bar .edit-cost').getByText(text).waitFor();
      expect(await panel.page.locator('.edit-bar vscode-button').filter({ visible: true }).count()).toBe(0);
      expect(await violations(panel)).toEqual([]);
    });
  });
});

describe('a group', () => {
  const view = transformerView(3_000, 3);

  it('is moved by its menu, with all that is in it, and so is a scope by the menu of an operator', () =>
    withPlan(view, 'light', async (shown) => {
      const { panel, picture, posted, screen, screenshot } = shown;
      const { page } = panel;
      const group = picture.groups.findIndex(({ box, expanded, stage }) => box !== null && !expanded && stage === 1);
      const [x, y, width] = picture.groups[group]!.box!;
      await page.mouse.click(...screen(x + width / 2, y + 10), { button: 'right' });
      const menu = page.locator('[role=menu]');
      await menu.waitFor();
      const [{ question, operators }] = (await posted('moveOptions')).slice(-1) as [Extract<FromWebview, { type: 'moveOptions' }>];
      expect(operators.length).toBeGreaterThan(10);
      expect(operators.every((operator) => view.operators[operator]!.stage === 1 && !view.operators[operator]!.foldable)).toBe(true);
      const reason = '“a” reads from “b”, which is in the later stage 1.';
      await panel.send({
        type: 'moveOptions', question,
        options: [
          { stage: 0, alone: reason, along: null, operators: operators.length + 7, colocated: 3 },
          { stage: 1, alone: 'They are here.', along: 'They are here.', operators: 0, colocated: 0 },
          { stage: 2, alone: null, along: null, operators: operators.length, colocated: 0 },
        ],
      });
      await menu.getByText(`Move ${operators.length} operators to stage`).waitFor();
      await menu.getByText(reason).waitFor();
      await menu.getByText(`${operators.length + 7} operators, 3 of them colocated`).waitFor();
      expect(await violations(panel)).toEqual([]);
      await screenshot('group-menu');
      await menu.getByText('Stage 2').click();
      expect((await posted('edit')).at(-1)!.choice).toEqual({ kind: 'move', operators, stage: 2, along: false });
    }));

  it('is pinned by its menu: the scope that all of it lies in, here or anywhere', () =>
    withPlan(view, 'dark', async ({ panel, picture, posted, screen, screenshot }) => {
      const { page } = panel;
      const group = picture.groups.findIndex(({ kind, box, expanded, stage }) => kind === 'scope' && box !== null && !expanded && stage === 1);
      const [x, y, width] = picture.groups[group]!.box!;
      await page.mouse.click(...screen(x + width / 2, y + 10), { button: 'right' });
      const menu = page.locator('[role=menu]');
      const to = menu.locator('[role=menuitem][aria-haspopup=menu]').filter({ hasText: /Pin scope \S+ to…/ });
      await to.click();
      const [{ operator, scope }] = (await posted('pinOptions')).slice(-1) as [Extract<FromWebview, { type: 'pinOptions' }>];
      expect(view.operators[operator]!.name.startsWith(`${scope}/`)).toBe(true);
      await panel.send({ type: 'pinOptions', operator, scope, options: [{ to: { stage: 2 }, reason: null, here: false }, { to: { device: 'a100:0' }, reason: 'No.', here: false }] });
      await menu.getByText('Stage 2').waitFor();
      await screenshot('group-pin-menu');
      expect(await violations(panel)).toEqual([]);
      await page.keyboard.press('ArrowLeft');
      await to.waitFor();
      await to.click();
      await panel.send({ type: 'pinOptions', operator, scope, options: [{ to: { stage: 2 }, reason: null, here: false }] });
      await menu.getByText('Stage 2').click();
      expect((await posted('edit')).at(-1)!.choice).toEqual({ kind: 'pin', operator, scope, to: { stage: 2 } });
    }));

  it('is dragged onto a stage', () =>
    withPlan(view, 'dark', async ({ panel, picture, posted, screen }) => {
      const { page } = panel;
      const group = picture.groups.findIndex(({ box, expanded, stage }) => box !== null && !expanded && stage === 1);
      const [x, y, width] = picture.groups[group]!.box!;
      const goal = picture.stages[0]!;
      // a small box is dragged only once it is selected
      await page.mouse.click(...screen(x + width / 2, y + 10));
      await page.mouse.down();
      await page.mouse.move(...screen(goal.x + 6, goal.y + goal.height / 2), { steps: 6 });
      await page.locator('.drag-hint').getByText(/^Move [\d,]+ operators to stage 0/).waitFor();
      await page.mouse.up();
      const [{ choice }] = (await posted('edit')).slice(-1) as [Extract<FromWebview, { type: 'edit' }>];
      expect(choice).toMatchObject({ kind: 'move', stage: 0 });
      expect('operators' in choice && choice.operators.length).toBeGreaterThan(10);
    }));

  it('shows the second list of a scope, from which the left arrow leads back', () =>
    withPlan(cnnView(40, 2), 'dark', async ({ panel, view: small, posted }) => {
      const { page } = panel;
      await page.locator('.graph').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('m');
      const menu = page.locator('[role=menu]');
      const scope = menu.locator('[role=menuitem][aria-haspopup=menu]').first();
      await scope.waitFor();
      const name = /Move scope (\S+)/.exec(await scope.innerText())![1]!;
      await scope.click();
      const [{ operators }] = (await posted('moveOptions')).slice(-1) as [Extract<FromWebview, { type: 'moveOptions' }>];
      expect(operators).toEqual(small.operators.flatMap((operator, i) => (!operator.foldable && operator.name.startsWith(`${name}/`) ? [i] : [])));
      await menu.getByText(`Move ${operators.length} operators to stage`).waitFor();
      await page.keyboard.press('ArrowLeft');
      await menu.getByText('Move to stage').waitFor();
      await page.keyboard.press('Escape');
      expect(await menu.count()).toBe(0);
    }));
});
