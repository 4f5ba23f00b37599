import { describe, expect, it } from 'vitest';
import { buildProblem } from '../../../src/cost/buildProblem';
import type { ClusterFile } from '../../../src/cost/clusterFile';
import { operatorCosts } from '../../../src/cost/operatorCost';
import { differentiate, trainedBytes, type TrainingPlan } from '../../../src/cost/training';
import type { OperatorGraph, Tensor } from '../../../src/graph/operatorGraph';
import { sketchOperators, type TensorSketch } from '../../fixtures/operatorGraphs';

const cluster: ClusterFile = {
  version: 1,
  name: 'test',
  devices: [
    { class: 'gpu', count: 4, memoryBytes: 1e9, peakFlops: { float32: 1e12 }, memoryBytesPerSecond: 1e12 },
    { class: 'cpu', count: 2, host: true, peakFlops: { float32: 1e11 }, memoryBytesPerSecond: 1e11 },
  ],
  links: [{ between: ['gpu', 'cpu'], bytesPerSecond: 1e6, path: 'host' }],
};
const plan: TrainingPlan = { optimizer: 'adam', microBatches: 8 };
const square: TensorSketch = { shape: [10, 10] };

/** x · w1 → a → Relu → b · w2 → c, reshaped to y; beside it Shape(a), a rounding of b that trains nothing behind it, and an operator on the input alone */
const net = sketchOperators(
  [
    { type: 'Sigmoid', reads: ['x'], writes: ['early'] },
    { type: 'MatMul', reads: ['early', 'w1'], writes: ['a'] },
    { type: 'Shape', reads: ['a'], writes: ['shape'] },
    { type: 'Relu', reads: ['a'], writes: ['b'] },
    { type: 'Round', reads: ['b'], writes: ['rounded'] },
    { type: 'MatMul', reads: ['b', 'w2'], writes: ['c'] },
    { type: 'Reshape', reads: ['c', 'shape'], writes: ['y'] },
    { type: 'Gather', reads: ['y', 'wIndices'], writes: ['z'] },
  ],
  { x: square, early: square, a: square, b: square, rounded: square, c: square, y: { shape: [100] }, z: { shape: [3] }, w1: square, w2: square, wIndices: { shape: [3], type: 'int64' }, shape: { shape: [2], type: 'int64' } },
  ['z', 'rounded'],
);
const at = (graph: OperatorGraph, name: string): number => graph.tensors.findIndex((tensor) => tensor.name === name);
const operator = (graph: OperatorGraph, id: string): number => graph.operators.findIndex((candidate) => candidate.id === id);

describe('what is trained', () => {
  const result = differentiate(net);
  const ratio = (id: string): number => result.backwardRatio[operator(net, id)]!;

  it('is what lies between a weight and an output', () => {
    expect(['early', 'a', 'shape', 'b', 'rounded', 'c', 'y', 'z'].map(ratio)).toEqual([0, 1, 0, 1, 0, 2, 1, 1]);
  });
  it('is a product once for each operand that has a gradient', () => {
    expect(ratio('a')).toBe(1);
    expect(ratio('c')).toBe(2);
  });
  it('is every floating-point weight, and no other', () => {
    expect(['w1', 'w2', 'wIndices'].map((name) => result.trainedWeight[at(net, name)])).toEqual([1, 1, 0]);
  });
  it('keeps what it writes, and nothing of views', () => {
    expect(['early', 'a', 'b', 'c', 'y', 'z'].map((id) => result.stashBytes[operator(net, id)])).toEqual([0, 400, 400, 400, 0, 12]);
  });
  it('sends gradients back where values went that have one', () => {
    expect(['x', 'early', 'a', 'b', 'c', 'shape'].map((name) => result.hasGradient[at(net, name)])).toEqual([0, 0, 1, 1, 1, 0]);
  });
});

describe('memory of a trained weight', () => {
  const tensor = (elementType: Tensor['elementType']): Tensor => ({ ...net.tensors[at(net, 'w1')]!, elementType });
  it.each([
    ['float32', 'adam', 400, 1600],
    ['float32', 'momentum', 400, 1200],
    ['float32', 'sgd', 400, 800],
    ['float16', 'adam', 200, 1600],
    ['bfloat16', 'sgd', 200, 800],
    ['int64', 'adam', 800, 800],
  ] as const)('in %s by %s', (type, optimizer, bytes, expected) => {
    expect(trainedBytes(tensor(type), bytes, optimizer)).toBe(expected);
  });
});

describe('the problem of training', () => {
  const costs = operatorCosts(net);
  const plain = buildProblem(net, costs, cluster);
  const { problem, nodes, netOfTensor } = buildProblem(net, costs, cluster, { training: plan, replicas: 4 });
  const training = problem.training!;

  it('has the nodes and the forward times of inference', () => {
    expect([...nodes]).toEqual([...plain.nodes]);
    expect(problem.seconds).toEqual(plain.problem.seconds);
  });
  it('takes the stated share of each operator once more, and its gradient the way of the value', () => {
    const { backwardRatio } = differentiate(net);
    nodes.forEach((index, node) => expect(training.seconds[0]![node]).toBe(problem.seconds[0]![node]! * backwardRatio[index]!));
    expect(training.gradientSeconds[netOfTensor[at(net, 'b')]!]).toEqual(problem.nets[netOfTensor[at(net, 'b')]!]!.transferSeconds);
    expect(training.gradientSeconds[netOfTensor[at(net, 'early')]!]).toEqual([0, 0]);
    expect(training.microBatches).toBe(8);
  });
  it('holds gradients and the state of the optimiser besides the weights', () => {
    const node = nodes.indexOf(operator(net, 'a'));
    expect(problem.residentBytes[node]).toBe(1600);
    expect(plain.problem.residentBytes[node]).toBe(400);
  });
  it('lets replicas exchange the gradients of float weights over the link of their class', () => {
    expect(problem.replication).toMatchObject({ most: 4, bytesPerSecond: [1e6, Infinity] });
    expect(problem.replication!.weightBytes[nodes.indexOf(operator(net, 'c'))]).toBe(400);
    expect(problem.replication!.weightBytes[nodes.indexOf(operator(net, 'z'))]).toBe(0);
  });
});

describe('several servers', () => {
  const two: ClusterFile = { ...cluster, servers: { count: 2, bytesPerSecond: 1e3, latencySeconds: 1 } };
  const { problem, netOfTensor } = buildProblem(net, operatorCosts(net), two, { training: plan });

  it('charge the slower link between them, the host nothing', () => {
    const net400 = netOfTensor[at(net, 'b')]!;
    expect(problem.servers!.count).toBe(2);
    expect(problem.servers!.crossSeconds[net400]).toEqual([1.4, 0]);
    expect(problem.servers!.crossGradientSeconds[net400]).toEqual([1.4, 0]);
    expect(problem.servers!.crossGradientSeconds[netOfTensor[at(net, 'early')]!]).toEqual([0, 0]);
    expect(problem.servers!.crossSeconds).toHaveLength(problem.nets.length);
  });
});
