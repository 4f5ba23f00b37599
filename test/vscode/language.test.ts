import { config } from '@vscode/l10n';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareOn } from '../../src/engine/compareMethods';
import { comparePlans } from '../../src/engine/comparePlans';
import { moveOptions, pinOptionsOf, startTrail } from '../../src/engine/editPlacement';
import { explainOperator } from '../../src/engine/explainOperator';
import { explainPlan } from '../../src/engine/explainPlan';
import { inspectModel } from '../../src/engine/inspectModel';
import { makeReport } from '../../src/engine/makeReport';
import { openPlacement } from '../../src/engine/openPlacement';
import { partitionModel } from '../../src/engine/partitionModel';
import { layoutPlan } from '../../src/layout/layoutPlan';
import type { FidelityView } from '../../src/shared/fidelityView';
import type { LayoutView } from '../../src/shared/layoutView';
import type { PlanEdit } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import { comparedMethods } from '../../src/shared/planning';
import { unattended } from '../../src/shared/progress';
import { encodeModel, graph, node, valueInfo } from '../fixtures/buildModel';
import { edited } from '../fixtures/edited';
import { modelFolder } from '../fixtures/modelFolder';
import { transformerView } from '../fixtures/planViews';
import { streamView, trainingView } from '../fixtures/timelineViews';
import { steady } from '../unit/engine/planned';
import type { Bundle } from '../unit/l10n/sources';
import { resultsFolder, root } from './harness/paths';
import { launch, openPanel, showPlan, writePanelPage, type OpenPanel } from './panelPage';
import { ALL_TEXTS, KEEP_DRAWN, namesIn, pseudoLanguage, untranslated } from './pseudoLanguage';

/**
 * The panel in a language in which whatever was translated stands in brackets, in every state that it can be in, with the messages of an engine
 * that speaks it, too: what is in no brackets, on the page or on a canvas, is a name or a number.
 */

const language = pseudoLanguage(JSON.parse(readFileSync(join(root, 'media/l10n/bundle.l10n.json'), 'utf8')) as Bundle);
const folder = modelFolder();
const modelPath = join(folder.path, 'net.onnx');
const sidecarPath = `${modelPath}.placement.json`;
let browser: Browser;
let url: string;

beforeAll(async () => {
  config({ contents: { ...language.words } });
  const nodes = Array.from({ length: 12 }, (_, i) => ({ ...node(i === 5 ? 'Sigmoid' : 'Relu', [i === 0 ? 'x' : `t${i - 1}`], [`t${i}`]), name: `/net/block${i >> 2}/n${i}` }));
  folder.save('net.onnx', encodeModel(graph({ nodes, inputs: [valueInfo('x', 'float32', ['batch', 8])], outputs: [valueInfo('t11')] })));
  // one operator of the middle is for the host alone
  folder.save('steady.cluster.json', JSON.stringify({ ...steady, devices: steady.devices.map((device) => ({ ...device, ...(device.unsupported && { unsupported: ['Sigmoid'] }) })) }));
  mkdirSync(join(resultsFolder, 'screenshots'), { recursive: true });
  [url, browser] = await Promise.all([writePanelPage(join(folder.path, 'page'), language), launch()]);
});

afterAll(async () => {
  await browser?.close();
});

const layout = (view: PlanView, expanded: readonly string[] = []): Promise<LayoutView> => layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 20_000, expanded });

/** States of which a picture is kept. */
const PICTURED = ['no plan', 'operator explained', 'stage', 'search for time>fast', 'settings 1f1b', 'stale', 'menu', 'menu of a cut', 'pin menu', 'edited', 'fidelity', 'methods compared', 'plans compared', 'explained', 'timeline training', 'groups'];

interface Walk extends OpenPanel {
  /** What is on the page and was drawn since the last look is all translated. */
  readonly look: (state: string) => Promise<void>;
}

async function walk(view: PlanView, picture: LayoutView, more: readonly string[], use: (walk: Walk) => Promise<void>): Promise<void> {
  const panel = await openPanel(browser, url, 'dark', undefined, KEEP_DRAWN);
  const names = namesIn(view, picture, ...more);
  const seen = new Map<string, string>();
  await use({
    ...panel,
    async look(state) {
      await panel.page.waitForTimeout(250);
      const left = (await panel.page.evaluate<string[]>(ALL_TEXTS)).map((text) => [text, untranslated(text, names)] as const).filter(([, rest]) => rest !== '');
      for (const [text, rest] of left) if (!seen.has(text)) seen.set(text, `${state}: ${rest} (${text})`);
      if (PICTURED.includes(state)) await panel.page.screenshot({ path: join(resultsFolder, 'screenshots', `pseudo-${state.replaceAll(/\W+/g, '-')}.png`) });
    },
  });
  expect([...seen.values()]).toEqual([]);
  await panel.page.close();
}

const partitioned = async (): Promise<string> => (await partitionModel({ modelPath, cluster: join(folder.path, 'steady.cluster.json') }, unattended)).text;
const opened = (text: string) => openPlacement(sidecarPath, unattended, text);

function edit(text: string, ...edits: readonly PlanEdit[]) {
  const result = edited(opened(text), edits);
  if ('refused' in result) throw new Error(result.refused);
  return result;
}

/** A move of one operator that the plan allows, with what must follow. */
function possibleMove(text: string): Extract<PlanEdit, { kind: 'move' }> {
  const plan = opened(text);
  for (const [index, { id }] of plan.view.operators.entries()) {
    const option = moveOptions(startTrail(plan), [], [index]).find(({ along, operators }) => along === null && operators > 0);
    if (option) return { kind: 'move', operators: [id], stage: option.stage, along: true };
  }
  throw new Error('no operator can move');
}

describe('in another language, the panel says nothing in English', () => {
  it('while there is no picture', async () => {
    const empty: PlanView = { ...transformerView(100, 0), operators: [], tensors: [] };
    await walk(empty, await layout(empty), [], async ({ page, send, look }) => {
      await look('waiting');
      await send({ type: 'loading', modelName: 'decoder.onnx', phase: '⟦reading⟧' });
      await look('loading');
      await send({ type: 'plan', view: empty, dirty: false });
      await look('empty');
      await send({ type: 'failed', message: '⟦something⟧' });
      await page.locator('.state.failed').waitFor();
      await look('failed');
    });
  });

  it('of a model without a plan', async () => {
    const { view } = inspectModel({ modelPath, assumeSuggestions: false }, unattended);
    const picture = await layout(view);
    await walk(view, picture, [], async (walk) => {
      await showPlan(walk, view, picture);
      await walk.look('no plan');
    });
  });

  it('of a plan: its operators, tensors and stages, settings, search and overlay', async () => {
    const { view, planned } = opened(await partitioned());
    const stale: PlanView = { ...view, warnings: [...view.warnings], plan: { ...view.plan!, stale: '⟦3 operators are new⟧', stages: view.plan!.stages.map((stage) => ({ ...stage, memoryCapacityBytes: stage.weightBytes + stage.activationBytes })) } };
    const picture = await layout(view);
    await walk(view, picture, ['speed', 'yes', 'no', ...'ns µs us ms s b kb mb gb tb kib mib gib tib'.split(' ')], async (walk) => {
      const { page, send, look } = walk;
      await showPlan(walk, view, picture);
      await look('plan');
      for (const operator of [view.operators[0]!, view.operators[5]!]) {
        await send({ type: 'reveal', operatorId: operator.id });
        await look('operator being explained');
        const index = view.operators.indexOf(operator);
        await send({ type: 'explanation', operator: index, text: explainOperator(planned!, index) });
        await look('operator explained');
      }
      await page.locator('.inspector button.row').first().click();
      await look('tensor');
      await send({ type: 'reveal', operatorId: view.operators[4]!.id });
      for (const tensor of await page.locator('.inspector section button.row').all()) if (await tensor.isVisible()) await tensor.hover();
      await page.locator('tbody button').first().click();
      await look('stage');
      await page.locator('.header .tools vscode-button').first().click();
      await page.keyboard.type('Relu');
      await look('search');
      await page.keyboard.press('Enter');
      await look('search goes');
      for (const query of ['type>x', 'type:', 'cut:perhaps', 'stage:last', 'time>fast', 'speed>1', 'name:nothing']) {
        await page.keyboard.press('Control+a');
        await page.keyboard.type(query);
        await page.waitForTimeout(50);
        await look(`search for ${query}`);
      }
      await page.keyboard.press('Control+a');
      await page.keyboard.press('Delete');
      for (const metric of ['time', 'flops', 'bytes', 'memory', 'intensity', 'transfer']) {
        await page.evaluate(`(() => { const dropdown = document.querySelector('.overlay-bar vscode-dropdown'); dropdown.value = '${metric}'; dropdown.dispatchEvent(new Event('change')); })()`);
        await look(`overlay ${metric}`);
      }
      await page.locator('.header .actions > vscode-button[aria-expanded]').click();
      for (const objective of ['throughput', '1f1b', 'latency']) {
        await page.evaluate(`(() => { const dropdown = document.querySelector('.settings vscode-dropdown'); dropdown.value = '${objective}'; dropdown.dispatchEvent(new Event('change')); })()`);
        await look(`settings ${objective}`);
      }
      await showPlan(walk, stale, picture);
      await look('stale');
      await send({ type: 'dirty', dirty: false });
      await look('saved');
    });
  });

  it('of a plan that is changed by hand', async () => {
    const text = await partitioned();
    const before = opened(text);
    const picture = await layout(before.view);
    const move = possibleMove(text);
    const [id] = move.operators;
    const operator = before.view.operators.findIndex((other) => other.id === id);
    const { stage } = before.view.operators[operator]!;
    await walk(before.view, picture, ['edited', 'cpu:0', 'gpu:0', 'gpu:1', 'gpu:2', 'cpu', 'gpu', ...[0, 1, 2, 3].map((i) => `net/block${i}`)], async (walk) => {
      const { page, send, look, posted } = walk;
      const menu = async (state: string, options: ReturnType<typeof moveOptions>, of = operator): Promise<void> => {
        await send({ type: 'reveal', operatorId: before.view.operators[of]!.id });
        await page.waitForTimeout(300);
        await page.locator('.graph').focus();
        await page.keyboard.press('m');
        await page.locator('.menu').waitFor();
        await look(`${state} while it is looked`);
        const asked = (await posted()).findLast((message) => message.type === 'moveOptions');
        await send({ type: 'moveOptions', question: asked!.question, options });
        await look(state);
      };
      await showPlan(walk, before.view, picture);
      await menu('menu', moveOptions(startTrail(before), [], [operator]));
      await page.locator('.menu [role=menuitem][aria-haspopup]').first().click();
      await look('menu of a scope');
      await page.keyboard.press('Escape');
      await page.locator('.graph').focus();
      await page.keyboard.press('c');
      await look('cut');
      await page.keyboard.press('m');
      await page.locator('.menu').waitFor();
      await look('menu of a cut');
      await page.keyboard.press('Escape');
      const moved = edit(text, move);
      const reference = { value: before.view.plan!.certificate.value, optimal: true };
      await send({ type: 'plan', view: moved.view, dirty: true, edited: { said: moved.said, canUndo: true, canRedo: true, reference } });
      await send({ type: 'layout', layout: picture });
      await look('edited');
      await send({ type: 'editRefused', reason: moveOptions(startTrail(before), [], [operator]).find(({ alone, operators }) => operators > 1 && alone !== null)?.alone ?? '' });
      await look('refused');
      const pinned = edit(text, { kind: 'pin', operators: [id!], device: before.view.plan!.stages[stage]!.device }, { kind: 'pin', operators: [before.view.operators[0]!.id], stage: 0 });
      await send({ type: 'plan', view: pinned.view, dirty: true, edited: { said: pinned.said, canUndo: true, canRedo: false, reference: { ...reference, optimal: false } } });
      await send({ type: 'layout', layout: picture });
      await menu('menu of what is pinned', moveOptions(startTrail(opened(pinned.text)), [], [operator]));
      await page.locator('.menu [role=menuitem][aria-haspopup]', { hasText: 'Pin to' }).first().click();
      await look('pin menu while it is looked');
      const asked = (await posted()).findLast((message) => message.type === 'pinOptions');
      expect(asked).toBeDefined();
      await send({ type: 'pinOptions', operator, scope: '', options: pinOptionsOf(startTrail(opened(pinned.text)), [], operator, '') });
      await look('pin menu');
    });
  });

  it('of comparisons, explanations, measurements and time', async () => {
    const text = await partitioned();
    const { view, planned } = opened(text);
    const picture = await layout(view);
    const fidelity: FidelityView = {
      runtime: '1.20.0', bound: { batch: 1 }, samples: 60, pinned: true, predictedSeconds: 1e-3, measuredSeconds: 1.2e-3, wholeSeconds: 3e-3, notes: [],
      stages: view.plan!.stages.map(({ device }, stage) => ({ stage, device, predictedSeconds: 1e-3, predictedHandOverSeconds: 1e-4, aloneSeconds: 1e-3, computeSeconds: 1.1e-3, handOverSeconds: 1e-4 })),
    };
    const methods = [...comparedMethods('throughput', 1), 'auto'];
    await walk(view, picture, ['edited', 'HEAD', 'net.onnx.placement.json', ...methods, 'cpu:0', 'gpu:0', 'gpu:1', 'gpu:2', 'cpu', 'gpu', 'a100:0', 'a100:1', 'a100:2', 'a100:3', 'net'], async (walk) => {
      const { page, send, look } = walk;
      const tab = (n: number): Promise<void> => page.locator('[role=tab]').nth(n).click();
      await showPlan(walk, view, picture);
      await send({ type: 'fidelity', fidelity });
      await look('fidelity');
      await tab(1);
      await look('methods');
      const { rows, objective } = await compareOn(planned!.problem, { objective: 'throughput', timeLimitSeconds: 5 }, unattended);
      await send({ type: 'comparison', objective, rows: rows.slice(0, 2), running: '⟦working⟧' });
      await look('comparing methods');
      await send({ type: 'comparison', objective, rows: [...rows, { ...rows[0]!, value: null, lowerBound: null, problem: '⟦no placement⟧' }], running: null });
      await look('methods compared');
      const moved = edit(text, possibleMove(text));
      await send({ type: 'planComparison', comparison: comparePlans({ path: sidecarPath, text, name: 'HEAD' }, { path: sidecarPath, text: moved.text }, unattended), fresh: true });
      await look('plans compared');
      await page.locator('.twin-tables summary').click();
      await look('plans compared as tables');
      await page.locator('.twin-tables summary').click();
      for (const key of ['', 'ArrowLeft', 'ArrowRight', 'Enter']) {
        if (key === '') await page.locator('.flow-picture [tabindex="0"]').focus();
        else await page.keyboard.press(key);
        await look(`plans compared by keyboard ${key}`);
      }
      await tab(3);
      await look('explanation');
      await send({ type: 'planExplanation', statements: null, running: '⟦looking⟧', failed: null });
      await look('explaining');
      const { statements } = await explainPlan(planned!, view.plan!.certificate, unattended);
      await send({ type: 'planExplanation', statements, running: null, failed: null });
      await look('explained');
      await tab(2);
      await look('running the pipeline');
      for (const [name, timeline] of [['stream', streamView(4)], ['training', trainingView(4)], ['interleaved', trainingView(4, { schedule: 'interleaved' })]] as const) {
        await send({ type: 'timeline', view: timeline, failed: null });
        await look(`timeline ${name}`);
        await page.locator('.timeline-canvas').focus();
        for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowRight', 'End', 'ArrowLeft']) {
          await page.keyboard.press(key);
          await look(`timeline ${name} by keyboard`);
        }
        const box = (await page.locator('.timeline-canvas').boundingBox())!;
        for (const [x, y] of [[0.3, 0.2], [0.5, 0.3], [0.32, 0.42], [0.97, 0.22], [0.2, 0.5], [0.25, 0.75]] as const) {
          await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
          await look(`timeline ${name} under the pointer`);
        }
      }
    });
  });

  it('of a report, which carries its language', async () => {
    const text = await partitioned();
    folder.save('net.onnx.placement.json', text);
    const { view } = opened(text);
    const picture = await layout(view);
    const report = folder.save('report.html', await makeReport({ sidecarPath, assets: join(root, 'dist/webview'), language }, unattended));
    const page = await browser.newPage({ viewport: { width: 1440, height: 860 } });
    await page.addInitScript(KEEP_DRAWN);
    await page.goto(pathToFileURL(report).href);
    const names = namesIn(view, picture, 'cpu:0', 'gpu:0', 'gpu:1', 'gpu:2', 'cpu', 'gpu');
    await page.waitForFunction(`!document.querySelector('.graph').hidden && document.querySelector('.state').hidden`);
    expect(await page.locator('html').getAttribute('lang')).toBe(language.name);
    for (const tab of await page.locator('[role=tab]:visible').all()) {
      await tab.click();
      await page.waitForTimeout(250);
      expect((await page.evaluate<string[]>(ALL_TEXTS)).map((said) => untranslated(said, names)).filter((rest) => rest !== '')).toEqual([]);
    }
    await page.locator('[role=tab]:visible').last().click();
    await page.locator('.explanation vscode-button').click();
    await page.locator('.statements').waitFor();
    expect((await page.evaluate<string[]>(ALL_TEXTS)).map((said) => untranslated(said, names)).filter((rest) => rest !== '')).toEqual([]);
    await page.close();
  });

  it('of groups, at every zoom', async () => {
    const view: PlanView = { ...transformerView(2000, 4) };
    const plan = { ...view.plan!, certificate: { ...view.plan!.certificate, sentence: '⟦optimal⟧' } };
    const planned = { ...view, plan };
    const picture = await layout(planned);
    const key = picture.groups.find(({ box }) => box !== null)!.key;
    const open = await layout(planned, [key]);
    await walk(planned, picture, open.groups.map(({ label }) => label), async (walk) => {
      const { page, send, look } = walk;
      await showPlan(walk, planned, picture);
      await look('groups');
      const bounds = (await page.locator('.graph').boundingBox())!;
      await page.mouse.move(bounds.x + bounds.width / 2, bounds.y + bounds.height / 2);
      await page.keyboard.down('Control');
      for (let i = 0; i < 12; i++) {
        await page.mouse.wheel(0, -120);
        await look(`groups closer ${i % 4}`);
      }
      for (let i = 0; i < 24; i++) await page.mouse.wheel(0, 120);
      await page.keyboard.up('Control');
      await look('groups from afar');
      await page.locator('.graph').focus();
      for (const press of ['ArrowDown', 'ArrowDown', 'ArrowUp']) {
        await page.keyboard.press(press);
        await look('groups by keyboard');
      }
      await send({ type: 'layout', layout: open });
      await page.keyboard.press('0');
      await look('group expanded');
    });
  });
});
