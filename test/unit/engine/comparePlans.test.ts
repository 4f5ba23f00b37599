import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { comparePlans, type ComparedPlan } from '../../../src/engine/comparePlans';
import { openEdited, startTrail, writeEdited } from '../../../src/engine/editPlacement';
import { openPlacement } from '../../../src/engine/openPlacement';
import { partitionModel } from '../../../src/engine/partitionModel';
import { referencePlan } from '../../../src/engine/referencePlan';
import { readPlacementFile } from '../../../src/sidecar/readPlacementFile';
import { unattended } from '../../../src/shared/progress';
import type { PlanEdit } from '../../../src/shared/planEdits';
import { encodeModel, graph, node, valueInfo } from '../../fixtures/buildModel';
import { modelFolder } from '../../fixtures/modelFolder';
import { steady } from './planned';

const folder = modelFolder();
const modelPath = join(folder.path, 'net.onnx');
const sidecarPath = `${modelPath}.placement.json`;
const cluster = join(folder.path, 'steady.cluster.json');

/** Eight operators in a chain, /block.0 to /block.3 with two each; the plan on three devices. */
let text = '';
beforeAll(async () => {
  const nodes = Array.from({ length: 8 }, (_, i) => node('Relu', [i === 0 ? 'x' : `t${i - 1}`], [`t${i}`], {}, { name: `/block.${i >> 1}/Relu_${i}` }));
  folder.save('net.onnx', encodeModel(graph({ nodes, inputs: [valueInfo('x', 'float32', [8])], outputs: [valueInfo('t7')] })));
  folder.save('steady.cluster.json', Buffer.from(JSON.stringify(steady)));
  folder.save('fast.cluster.json', Buffer.from(JSON.stringify({ ...steady, name: 'fast', devices: [{ ...steady.devices[0], class: 'fast', count: 8, operatorOverheadSeconds: 1e-4 }, steady.devices[1]], links: [{ between: ['fast', 'fast'], bytesPerSecond: 1e18, latencySeconds: 1e-5, path: 'peer' }, { between: ['fast', 'cpu'], bytesPerSecond: 1e18, latencySeconds: 1e-5, path: 'host' }] })));
  text = (await partitionModel({ modelPath, cluster }, unattended)).text;
});

const plan = (content: string, name = 'a plan'): ComparedPlan => ({ path: sidecarPath, text: content, name });
const compare = (before: string, after: string) => comparePlans(plan(before, 'before'), plan(after, 'after'), unattended);
const reference = async (request: Partial<Parameters<typeof referencePlan>[0]> = {}): Promise<string> => (await referencePlan({ sidecarPath, text, ...request }, unattended)).text;
const edited = (...edits: PlanEdit[]): string => writeEdited(startTrail(openPlacement(sidecarPath, unattended, text)), edits).text;

describe('two plans', () => {
  it('are told apart operator by operator, and by the flows between their stages', async () => {
    const comparison = compare(await reference({ method: 'one-device' }), text);
    const { view } = openPlacement(sidecarPath, unattended, text);
    const stages = view.plan!.stages;
    expect(comparison.stageBefore).toEqual(view.operators.map(() => 0));
    expect(comparison.flows.map(({ from, to, operators, moved }) => [from, to, operators, moved])).toEqual(stages.map(({ operatorCount }, stage) => [0, stage, operatorCount, stage > 0]));
    expect(comparison.flows.reduce((sum, { seconds }) => sum + seconds[1], 0)).toBeCloseTo(8e-3, 9);
    expect(comparison.moved).toEqual(view.operators.filter(({ stage }) => stage > 0).map(({ id }) => id));
    expect(comparison).toMatchObject({ movedBy: 'device', differs: [], sameCluster: true });
    const [before, after] = comparison.sides;
    expect([before.stages, before.tensorsCut, before.bytesCut, before.maxLoadSeconds]).toEqual([1, 0, 0, before.value]);
    expect([after.stages, after.tensorsCut, after.bytesCut]).toEqual([3, 2, 2 * 8 * 4]);
    expect(after.stageViews).toEqual(stages);
    expect(before.fullest.bytes).toBeGreaterThan(0);
  });

  it('are the same where nothing moved, and differ by what an edit moved', () => {
    expect(compare(text, text)).toMatchObject({ moved: [], moves: [], secondOnFirst: compare(text, text).sides[0].value });
    const { view } = openPlacement(sidecarPath, unattended, text);
    const first = view.operators.find(({ stage }) => stage === 1)!;
    const { moved, flows } = compare(text, edited({ kind: 'move', operators: [first.id], stage: 0, along: false }));
    expect(moved).toEqual([first.id]);
    expect(flows.filter((flow) => flow.moved)).toEqual([{ from: 1, to: 0, operators: 1, moved: true, scope: expect.stringMatching(/^\/block\.\d$/), seconds: [expect.closeTo(1e-3, 9), expect.closeTo(1e-3, 9)] }]);
  });

  it('say the same of an edited plan whether it was written or its edits are followed', () => {
    const first = openPlacement(sidecarPath, unattended, text).view.operators.find(({ stage }) => stage === 1)!;
    const edits: PlanEdit[] = [{ kind: 'move', operators: [first.id], stage: 0, along: false }];
    const trail = startTrail(openPlacement(sidecarPath, unattended, text));
    const followed = comparePlans(plan(text), { ...plan(text), edits }, unattended, (of) => (of.edits ? openEdited(trail, of.edits) : trail.opened));
    const written = compare(text, edited(...edits));
    expect([followed.moved, followed.flows, followed.secondOnFirst]).toEqual([written.moved, written.flows, written.secondOnFirst]);
    expect(followed.sides[1].value).toBeCloseTo(written.sides[1].value, 12);
  });

  it('are taken from where they are at hand, if the host has them', () => {
    const asked: (string | undefined)[] = [];
    comparePlans(plan(text, 'x'), plan(text, 'y'), unattended, ({ path, text: content, name }, control) => {
      asked.push(name);
      return openPlacement(path, control, content);
    });
    expect(asked).toEqual(['x', 'y']);
  });
});

describe('a plan to hold another one against', () => {
  it.each(['pipedream', 'greedy', 'one-device', 'ideals', 'linearized'])('is what %s makes of the same problem', async (method) => {
    const made = await reference({ method });
    const file = readPlacementFile(made, 'made');
    const own = readPlacementFile(text, 'own');
    expect([file.cluster, file.objective, file.model]).toEqual([own.cluster, own.objective, own.model]);
    expect(openPlacement(sidecarPath, unattended, made).view.plan!.certificate.value).toBeGreaterThanOrEqual(own.certificate.value * (1 - 1e-9));
  });

  it('is the best plan again for an edited one, and keeps its pins', async () => {
    const { view } = openPlacement(sidecarPath, unattended, text);
    const first = view.operators.find(({ stage }) => stage === 1)!.id;
    const worse = edited({ kind: 'move', operators: [first], stage: 0, along: false });
    const again = compare(await reference({ text: worse }), worse);
    expect(again.sides[0].value).toBeCloseTo(readPlacementFile(text, 'own').certificate.value, 9);
    expect(again.sides[0].optimal).toBe(true);
    expect(again.sides[1].value).toBeGreaterThan(again.sides[0].value);
    const { device } = view.plan!.stages[1]!;
    const pinned = edited({ kind: 'pin', operators: [first], device });
    for (const method of ['auto', 'greedy']) {
      const { pins, stages } = readPlacementFile(await reference({ text: pinned, method }), 'made');
      expect(pins).toEqual([{ operator: first, device }]);
      expect(stages.find(({ operators }) => operators.some(([id]) => id === first))!.device).toBe(device);
    }
  });

  it('is the best plan on another cluster, whose devices are compared by the number of their stage', async () => {
    const there = await reference({ cluster: 'fast.cluster.json', clusterBase: folder.path });
    expect(readPlacementFile(there, 'there').cluster).toMatchObject({ from: 'fast.cluster.json', name: 'fast' });
    const comparison = compare(there, text);
    expect(comparison).toMatchObject({ movedBy: 'stage', differs: ['cluster'], sameCluster: false, secondOnFirst: null, incomparable: expect.stringContaining('gpu:0') });
    expect(comparison.sides[0].value).toBeLessThan(comparison.sides[1].value);
    for (const { from, to, moved } of comparison.flows) expect(moved).toBe(from !== to);
  });

  it('cannot be had by a method that makes no pipelines, nor of a model that changed', async () => {
    await expect(reference({ method: 'integer' })).rejects.toThrow(/not contiguous/);
    await expect(reference({ method: 'greedy', text: text.replace(/"t0"/g, '"gone"') })).rejects.toThrow(/Partition the model again|Restore/);
    await expect(reference({ cluster: 'nowhere' })).rejects.toThrow(/neither a preset nor a file/);
  });
});
