import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildProblem } from '../../../src/cost/buildProblem';
import { checkPlacements } from '../../../src/engine/checkPlacements';
import { openPlacement } from '../../../src/engine/openPlacement';
import { placementFileOf } from '../../../src/engine/placementFileOf';
import { withPlacement } from '../../../src/engine/planned';
import { bindDimensions, prepareModel } from '../../../src/engine/prepareModel';
import { evaluate } from '../../../src/placement/evaluate';
import { unattended } from '../../../src/shared/progress';
import type { PlacementFile } from '../../../src/sidecar/placementFile';
import { writePlacementFile } from '../../../src/sidecar/writePlacementFile';
import { encodeModel, graph, node, valueInfo } from '../../fixtures/buildModel';
import { modelFolder } from '../../fixtures/modelFolder';
import { steady } from './planned';

const folder = modelFolder();
const modelPath = join(folder.path, 'net.onnx');
const sidecarPath = `${modelPath}.placement.json`;

/** A chain of operators t0, t1, ... that reads x of [batch, 8]. */
function saveChain(types: readonly string[]): void {
  const nodes = types.map((type, i) => node(type, [i === 0 ? 'x' : `t${i - 1}`], [`t${i}`]));
  folder.save('net.onnx', encodeModel(graph({ nodes, inputs: [valueInfo('x', 'float32', ['batch', 8])], outputs: [valueInfo(`t${types.length - 1}`)] })));
}

/** The placement that gives the chain's operators to these devices, in its file. */
function placed(devices: readonly number[]): PlacementFile {
  const prepared = prepareModel(modelPath, { batch: 2 }, true, unattended);
  const input = buildProblem(prepared.graph, prepared.costs, steady);
  const assignment = Int32Array.from(devices);
  const { order, maxLoadSeconds } = evaluate(input.problem, assignment);
  const placement = { assignment, order };
  const planned = withPlacement({ prepared, cluster: steady, input, problem: input.problem, pinned: new Map(), objective: 'throughput', planning: {} }, placement);
  const certificate = { value: maxLoadSeconds, lowerBound: maxLoadSeconds, optimal: true, method: 'ideals' };
  return placementFileOf(planned, certificate, { modelPath: 'net.onnx', clusterFrom: 'steady.cluster.json' }, [], null);
}
const relus = ['Relu', 'Relu', 'Relu', 'Relu'];
const check = () => checkPlacements([sidecarPath], unattended)[0]!;

beforeEach(() => {
  saveChain(relus);
  folder.save('net.onnx.placement.json', writePlacementFile(placed([0, 0, 1, 1])));
});

describe('a placement opened over its model', () => {
  it('shows what was recorded when nothing changed', () => {
    const { view, modelPath: path, planned } = openPlacement(sidecarPath, unattended);
    expect(path).toBe(modelPath);
    expect(planned).not.toBeNull();
    expect(view.plan).toMatchObject({ stale: null, certificate: { optimal: true }, cluster: { name: 'steady', from: 'steady.cluster.json' }, bound: { batch: 2 } });
    expect(view.operators.map((operator) => operator.stage)).toEqual([0, 0, 1, 1]);
    expect(view.warnings).toEqual([]);
    expect(check()).toMatchObject({ state: 'fresh', stages: 2 });
  });

  it('shows the true load of a cut that was moved by hand, and that nothing proves it any more', () => {
    const file = placed([0, 0, 1, 1]);
    const [first, second] = file.stages as [PlacementFile['stages'][0], PlacementFile['stages'][0]];
    const moved = { ...file, stages: [{ ...first, operators: [...first.operators, second.operators[0]!] }, { ...second, operators: second.operators.slice(1) }] };
    const { view } = openPlacement(sidecarPath, unattended, writePlacementFile(moved));
    expect(view.plan!.stages.map((stage) => stage.operatorCount)).toEqual([3, 1]);
    expect(view.plan!.certificate).toMatchObject({ value: expect.closeTo(3.1e-3, 9) as number, optimal: false, sentence: expect.stringMatching(/^within 47\.6 %/) as string });
    expect(view.warnings).toEqual(['The file records 2.10 ms per sample, but this placement takes 3.10 ms. Save the placement to record what is shown.']);
    folder.save('net.onnx.placement.json', writePlacementFile(moved));
    expect(check()).toMatchObject({ state: 'invalid', message: 'stage 0 records a load of 2.10 ms, but on gpu it is 3.10 ms' });
  });

  it('says so when stages depend on each other in a circle', () => {
    const file = placed([0, 0, 1, 1]);
    const [first, second] = file.stages as [PlacementFile['stages'][0], PlacementFile['stages'][0]];
    const swapped = { ...file, stages: [{ ...first, operators: [first.operators[0]!, second.operators[0]!] }, { ...second, operators: [first.operators[1]!, second.operators[1]!] }] };
    const { view } = openPlacement(sidecarPath, unattended, writePlacementFile(swapped));
    expect(view.warnings.join('\n')).toMatch(/breaks its own rules: the stages are not contiguous/);
    expect(view.plan!.certificate.optimal).toBe(false);
  });

  it('says so when stages are not in the order in which data flows', () => {
    const file = placed([0, 0, 1, 1]);
    const turned = { ...file, stages: [...file.stages].reverse() };
    folder.save('net.onnx.placement.json', writePlacementFile(turned));
    const { view } = openPlacement(sidecarPath, unattended);
    expect(view.warnings).toEqual([expect.stringMatching(/breaks its own rules: the stages are not in the order in which data flows: "t2" reads from "t1", which is in a later stage\.$/)]);
    expect(view.plan!.certificate.optimal).toBe(false);
    expect(check()).toMatchObject({ state: 'invalid', message: expect.stringMatching(/not in the order in which data flows/) as string });
  });

  it.each<[string, (file: PlacementFile) => PlacementFile, RegExp]>([
    ['a value', (file) => ({ ...file, certificate: { ...file.certificate, value: 1e-6, lowerBound: 1e-6 } }), /^the certificate records 1\.00 µs per sample, but this placement takes 2\.10 ms$/],
    ['an optimum', (file) => ({ ...file, certificate: { ...file.certificate, lowerBound: 1e-3 } }), /^the certificate says optimal, but its lower bound of 1\.00 ms is not its value of 2\.10 ms$/],
    ['a memory', (file) => ({ ...file, stages: file.stages.map((stage) => ({ ...stage, memory: { ...stage.memory, activationBytes: 1 } })) }), /^stage 0 records 1 B of activations, but has 128 B$/],
    ['a number of operators', (file) => ({ ...file, model: { ...file.model, operators: 3 } }), /^model\.operators is 3, but the model has 4$/],
  ])('does not believe %s that was written by hand', (_what, edit, message) => {
    folder.save('net.onnx.placement.json', writePlacementFile(edit(placed([0, 0, 1, 1]))));
    expect(check()).toMatchObject({ state: 'invalid', message: expect.stringMatching(message) as string });
  });

  it('shows stages as recorded, and what is new, when the model changed', () => {
    saveChain([...relus, 'Tanh', 'Tanh']);
    const { view, planned } = openPlacement(sidecarPath, unattended);
    expect(planned).toBeNull();
    expect(view.plan!.stale).toBe('2 operators are new');
    expect(view.operators.map((operator) => operator.stage)).toEqual([0, 0, 1, 1, -1, -1]);
    expect(view.plan!.stages.map((stage) => stage.loadSeconds)).toEqual([expect.closeTo(2.1e-3, 9), expect.closeTo(2.1e-3, 9)]);
    expect(view.plan!.cuts).toHaveLength(1);
    expect(check()).toMatchObject({ state: 'stale', message: 'stale: 2 operators are new' });
    saveChain(['Relu', 'Tanh']);
    expect(openPlacement(sidecarPath, unattended).view.plan!.stale).toBe('2 operators are gone, 1 operator changed its type');
  });

  it('refuses operators that the unchanged model does not have', () => {
    const file = placed([0, 0, 1, 1]);
    const ghost = { ...file, stages: [{ ...file.stages[0]!, operators: [...file.stages[0]!.operators, ['ghost', 'Relu', ''] as const] }, file.stages[1]!] };
    expect(() => openPlacement(sidecarPath, unattended, writePlacementFile(ghost))).toThrow(/it names 1 operator that the model does not have: "ghost"/);
  });

  it('tells another cost model from a change of the model', () => {
    const older = { ...placed([0, 0, 1, 1]), costModel: { name: 'roofline', version: 99 } };
    folder.save('net.onnx.placement.json', writePlacementFile(older));
    expect(openPlacement(sidecarPath, unattended).view.warnings.join()).toMatch(/made with the cost model roofline 99/);
    expect(check()).toMatchObject({ state: 'stale', message: expect.stringMatching(/cost model roofline 99/) as string });
  });

  it('stays fresh when only the dimension that was bound stays free, and is stale when it is gone', () => {
    folder.save('net.onnx', encodeModel(graph({ nodes: relus.map((type, i) => node(type, [i === 0 ? 'x' : `t${i - 1}`], [`t${i}`])), inputs: [valueInfo('x', 'float32', ['rows', 8])], outputs: [valueInfo('t3')] })));
    expect(openPlacement(sidecarPath, unattended).view.plan!.stale).toBe('the operators are the same, but attributes or shapes changed');
  });

  it('names the model that is missing', () => {
    const away = { ...placed([0, 0, 1, 1]), model: { ...placed([0, 0, 1, 1]).model, path: 'gone/net.onnx' } };
    expect(() => openPlacement(sidecarPath, unattended, writePlacementFile(away))).toThrow(/its model gone\/net\.onnx is missing/);
  });
});

describe('bindDimensions', () => {
  const model = () => prepareModel(modelPath, {}, false, unattended).model;
  it('takes suggestions for what is free, and the user for the rest', () => {
    expect(bindDimensions(model(), {}, true)).toMatchObject({ bound: { batch: 1 }, assumed: [{ symbol: 'batch', value: 1, occurrences: ['x[0]'] }] });
    expect(bindDimensions(model(), { batch: 7 }, true)).toEqual({ bound: { batch: 7 }, assumed: [] });
    expect(bindDimensions(model(), {}, false)).toEqual({ bound: {}, assumed: [] });
  });
  it('refuses dimensions that no input has, and what is no size', () => {
    expect(() => bindDimensions(model(), { constructor: 1 } as unknown as Record<string, number>, true)).toThrow(/no input has a dimension "constructor".*Its inputs have: batch/);
    for (const size of [-1, 1.5, Number.NaN, 2 ** 53]) expect(() => bindDimensions(model(), { batch: size }, true)).toThrow(/cannot be/);
  });
});
