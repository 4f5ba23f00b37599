import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { editPlacement, moveOptions, movePreview, startTrail, writeEdited } from '../../src/engine/editPlacement';
import { openPlacement } from '../../src/engine/openPlacement';
import { partitionModel } from '../../src/engine/partitionModel';
import { timelineView } from '../../src/engine/timeline';
import { layoutPlan } from '../../src/layout/layoutPlan';
import type { ToWebview } from '../../src/shared/messages';
import { changeTo } from '../../src/shared/planChange';
import type { PlanEdit } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import { unattended } from '../../src/shared/progress';
import { writeDecoder, writeManyNodes } from '../fixtures/decoder';
import { launch, openPanel, showPlan, writePanelPage } from '../vscode/panelPage';

/**
 * Changing a plan by hand, from a small model to ten thousand operators: what the worker takes, what is told to the panel, and what the panel takes to
 * show it in headless Chromium, each against the alternative of opening the changed placement anew and handing all of its view over. Medians of
 * milliseconds; the column at the right is the alternative's time as a multiple.
 */

const RUNS = 11;

const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1]!;

/** Median of several runs, the first of which is not counted. */
function milliseconds(work: () => void): number {
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const start = performance.now();
    work();
    if (run > 0) times.push(performance.now() - start);
  }
  return median(times);
}

/** From a message to the frame that shows what it says, in the page; `back` is sent in between, and takes it back. */
async function shownAfter(browser: Browser, url: string, view: PlanView, message: ToWebview, back: ToWebview): Promise<number> {
  const panel = await openPanel(browser, url, 'dark');
  await showPlan(panel, view, await layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 20_000 }));
  // messages are read before the clock starts: VS Code hands them over as they are
  const times = await panel.page.evaluate<number[]>(`(async () => {
    const messages = [${JSON.stringify(message)}, ${JSON.stringify(back)}];
    const times = [];
    for (let run = 0; run < ${2 * RUNS}; run++) {
      await new Promise((done) => setTimeout(done, 350));
      const start = performance.now();
      postMessage(messages[run % 2], '*');
      await new Promise((done) => setTimeout(() => requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); })));
      if (run > 1) times.push(performance.now() - start);
    }
    return times;
  })()`);
  await panel.page.close();
  return median(times);
}

async function measure(browser: Browser, url: string, modelPath: string): Promise<void> {
  const { text, sidecarPath } = await partitionModel({ modelPath, cluster: 'a100x8', method: 'linearized' }, unattended);
  const opened = openPlacement(sidecarPath, unattended, text);
  const { operators, plan } = opened.view;
  if (plan!.stages.length < 2) return console.log(`${operators.length} operators in one stage: there is no cut to move`);
  const trail = startTrail(opened);
  // there and back, as a person tries: every step is followed by another
  const stage = plan!.stages.length >> 1;
  const first = operators.findIndex((operator) => operator.stage === stage && !operator.foldable);
  const there: PlanEdit = { kind: 'move', operators: [operators[first]!.id], stage: stage - 1, along: true };
  const edited = editPlacement(trail, [there]);
  if ('refused' in edited) throw new Error(edited.refused);
  const step = (work: (edits: readonly PlanEdit[]) => void): number => {
    let count = 0;
    return milliseconds(() => work(count++ % 2 === 0 ? [] : [there]));
  };
  const change = changeTo(opened.view, edited.state);
  const told: ToWebview = { type: 'edited', change, dirty: true };
  const back: ToWebview = { type: 'edited', change: { ...change, stages: change.operators.map((i) => operators[i]!.stage), seconds: change.operators.map((i) => operators[i]!.seconds), plan: plan!, warnings: opened.view.warnings }, dirty: false };
  const whole: ToWebview = { type: 'plan', view: opened.view, dirty: false };
  const anew = milliseconds(() => void openPlacement(sidecarPath, unattended, text));
  const handed = milliseconds(() => void structuredClone(opened.view));
  const shownWhole = await shownAfter(browser, url, opened.view, whole, whole);
  const rows: readonly (readonly [string, number, number])[] = [
    ['worker: one edit, with all that the panel shows of it', step((edits) => void editPlacement(trail, edits)), anew],
    ['worker: the timeline', milliseconds(() => void timelineView(edited.planned, {})), anew],
    ['worker: preview of a move', milliseconds(() => void movePreview(trail, [there], { operators: [first], stage, along: true })), anew],
    ['worker: a cut moved a step', milliseconds(() => void editPlacement(trail, [], { from: stage - 1, to: stage, step: 'earlier' })), anew],
    ['worker: where one operator may go', milliseconds(() => void moveOptions(trail, [], [first])), anew],
    ['worker: the file, afterwards', milliseconds(() => void writeEdited(trail, [there])), anew],
    ['handing over: the worker’s answer', milliseconds(() => void structuredClone(edited.state)), handed],
    ['panel: from the message to the frame', await shownAfter(browser, url, opened.view, told, back), shownWhole],
  ];
  console.log(`${operators.length} operators in ${plan!.stages.length} stages; told to the panel: ${(JSON.stringify(told).length / 1000).toFixed(0)} kB, instead of ${(JSON.stringify(whole).length / 1000).toFixed(0)} kB`);
  for (const [name, time, alternative] of rows) console.log(`  ${name.padEnd(56)} ${time.toFixed(1).padStart(8)} ms ${(alternative / time).toFixed(1).padStart(8)} x`);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'stagewright-bench-'));
  const browser = await launch();
  try {
    const url = await writePanelPage(folder);
    for (const nodes of [40, 765, 10_000]) {
      const modelPath = join(folder, `${nodes}.onnx`);
      writeManyNodes(modelPath, nodes);
      await measure(browser, url, modelPath);
    }
    const decoder = join(folder, 'decoder.onnx');
    writeDecoder(decoder, { layers: 112, hidden: 1024, heads: 16, weights: 'external' });
    await measure(browser, url, decoder);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
