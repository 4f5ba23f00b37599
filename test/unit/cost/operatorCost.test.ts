import { describe, expect, it } from 'vitest';
import { computeType, operatorSeconds, peakRate } from '../../../src/cost/costModel';
import { operatorCosts } from '../../../src/cost/operatorCost';
import type { ClusterDevice } from '../../../src/cost/clusterFile';
import type { OperatorGraph } from '../../../src/graph/operatorGraph';
import { oneOperator, sketchOperators, type TensorSketch } from '../../fixtures/operatorGraphs';

const costOf = (graph: OperatorGraph) => operatorCosts(graph)[0]!;
const int64 = (...shape: number[]): TensorSketch => ({ shape, type: 'int64' });

describe('bytes', () => {
  it('are those of all inputs and outputs, each tensor once', () => {
    const graph = sketchOperators([{ type: 'Add', reads: ['x', 'x'], writes: ['y'] }], { x: { shape: [3, 4] }, y: { shape: [3, 4], type: 'float16' } });
    expect(costOf(graph)).toMatchObject({ bytesRead: 48, bytesWritten: 24, outputBytes: 24, weightBytes: 0, known: true });
  });
  it('of a gather are those of the rows, not of the table', () => {
    const graph = sketchOperators([{ type: 'Gather', reads: ['wTable', 'ids'], writes: ['y'] }], { wTable: { shape: [50000, 8] }, ids: int64(3), y: { shape: [3, 8] } });
    expect(costOf(graph)).toMatchObject({ bytesRead: 3 * 8 * 4 + 3 * 8, bytesWritten: 96, weightBytes: 50000 * 8 * 4 });
  });
  it('of embeddings are one row of each table for each token', () => {
    const graph = oneOperator('com.microsoft:EmbedLayerNormalization', [int64(1, 5), null, [1000, 4], [512, 4], null, [4], [4]], [[1, 5, 4]]);
    expect(costOf(graph)).toMatchObject({ bytesRead: 2 * 5 * 4 * 4 + 40, known: true });
  });
  it('of experts are those of the experts chosen', () => {
    const moe = (tokens: number) => oneOperator('com.microsoft:MoE', [[tokens, 4], [tokens, 8], [8, 6, 4], null, [8, 4, 6]], [[tokens, 4]], { k: 2 });
    expect(costOf(moe(1)).bytesRead).toBe(16 + 32 + (2 / 8) * (8 * 24 + 8 * 24) * 4);
    expect(costOf(moe(100)).bytesRead).toBe(1600 + 3200 + 2 * 8 * 24 * 4);
  });
  it('written to a cache shared with the past are those of the new tokens', () => {
    const cache = [1, 1, 16, 4];
    const graph = oneOperator('com.microsoft:GroupQueryAttention', [[1, 1, 8], [1, 1, 4], [1, 1, 4], cache, cache], [[1, 1, 8], cache, cache], { num_heads: 2, kv_num_heads: 1 });
    expect(costOf(graph)).toMatchObject({ bytesWritten: 32 + 2 * 16, outputBytes: 32 + 2 * 256 });
  });
  it('of a slice are those of the slice', () => expect(costOf(oneOperator('Slice', [[100, 4]], [[2, 4]])).bytesRead).toBe(32));
  it('of a new shape for the same data are none', () => expect(costOf(oneOperator('Reshape', [[3, 4], int64(1)], [[12]]))).toMatchObject({ bytesRead: 0, bytesWritten: 0, outputBytes: 48 }));
  it('of four-bit tensors are packed', () => expect(costOf(oneOperator('Transpose', [{ shape: [3, 3], type: 'int4' }], [{ shape: [3, 3], type: 'int4' }])).bytesRead).toBe(5));
});

describe('weights', () => {
  it('made before the model runs count for their reader as they are made', () => {
    const graph = sketchOperators(
      [{ type: 'Cast', reads: ['wHalf'], writes: ['whole'], foldable: true }, { type: 'MatMul', reads: ['x', 'whole'], writes: ['y'] }],
      { wHalf: { shape: [4, 5], type: 'float16' }, whole: { shape: [4, 5] }, x: { shape: [3, 4] }, y: { shape: [3, 5] } },
    );
    expect(operatorCosts(graph)[0]).toMatchObject({ flops: 0, bytesRead: 0, bytesWritten: 0, weightBytes: 0, known: true });
    expect(operatorCosts(graph)[1]).toMatchObject({ weightBytes: 80, bytesRead: 48 + 80 });
  });
  it('that are dequantised count as they are stored, and are read so', () => {
    const graph = sketchOperators(
      [
        { type: 'DequantizeLinear', reads: ['wSmall', 'wScale'], writes: ['large'], foldable: true },
        { type: 'Transpose', reads: ['large'], writes: ['turned'], foldable: true },
        { type: 'MatMul', reads: ['x', 'turned'], writes: ['y'] },
      ],
      { wSmall: { shape: [5, 4], type: 'int8' }, wScale: { shape: [5] }, large: { shape: [5, 4] }, turned: { shape: [4, 5] }, x: { shape: [3, 4] }, y: { shape: [3, 5] } },
    );
    expect(operatorCosts(graph)[2]).toMatchObject({ weightBytes: 40, bytesRead: 48 + 40, known: true });
  });
});

describe('control flow', () => {
  const body = (size: number): OperatorGraph =>
    sketchOperators([{ type: 'Relu', reads: ['in'], writes: ['hidden'] }, { type: 'Mul', reads: ['hidden', 'wBody'], writes: ['out'] }], { in: { shape: [size] }, hidden: { shape: [size] }, wBody: { shape: [size] }, out: { shape: [size] } }, ['out']);

  it('If costs its costlier branch and holds the weights of both', () => {
    const graph = sketchOperators([{ type: 'If', reads: ['condition'], writes: ['y'], bodies: [body(10), body(100)] }], { y: { shape: [100] } });
    expect(costOf(graph)).toMatchObject({ flops: 200, bytesRead: 400 + 800, bytesWritten: 800, weightBytes: 440, known: true });
  });
  it('Loop costs its body as often as it runs', () => {
    const graph = sketchOperators([{ type: 'Loop', reads: ['wCount', ''], writes: ['y'], bodies: [body(10)] }], { wCount: { shape: [], type: 'int64', value: [7] }, y: { shape: [10] } });
    expect(costOf(graph)).toMatchObject({ flops: 140, known: true });
  });
  it('Scan runs along what it scans', () => {
    const scan = { type: 'Scan', reads: ['state', 'xs'], writes: ['y'], bodies: [body(10)], attributes: { num_scan_inputs: 1 } };
    expect(costOf(sketchOperators([scan], { xs: { shape: [6, 10] }, y: { shape: [10] } }))).toMatchObject({ flops: 120, known: true });
  });
  it.each([undefined, 2 ** 62])('a loop that runs nobody knows how often (%s) counts once, and says so', (limit) => {
    const value = limit === undefined ? {} : { value: [limit] };
    const graph = sketchOperators([{ type: 'Loop', reads: ['count', ''], writes: ['y'], bodies: [body(10)] }], { count: { shape: [], type: 'int64', ...value } });
    expect(costOf(graph)).toMatchObject({ flops: 20, known: false, reason: 'how often its body runs is not known; it counts once' });
  });
  it('a weight that a body captures counts once, for the operator', () => {
    const inner = sketchOperators([{ type: 'Mul', reads: ['in', 'wOuter'], writes: ['out'] }], { in: { shape: [5] }, wOuter: { shape: [5] }, out: { shape: [5] } }, ['out']);
    const graph = sketchOperators([{ type: 'If', reads: ['condition'], captures: ['x', 'wOuter'], writes: ['y'], bodies: [inner, inner] }], { x: { shape: [5] }, wOuter: { shape: [5] }, y: { shape: [5] } });
    expect(costOf(graph).weightBytes).toBe(20);
  });
  it('what is not known inside a body is not known outside', () => {
    const unknown = sketchOperators([{ type: 'Relu', reads: ['in'], writes: ['out'] }], { in: {}, out: {} });
    expect(costOf(sketchOperators([{ type: 'If', reads: ['condition'], writes: ['y'], bodies: [unknown] }]))).toMatchObject({ known: false, reason: 'in its body, the shape or type of "in" is not known' });
  });
});

it('an operator that nobody knows counts with its bytes, and says so', () => {
  const graph = sketchOperators([{ type: 'Foo', domain: 'my', reads: ['x'], writes: ['y'] }], { x: { shape: [3] }, y: { shape: [5] } });
  expect(costOf(graph)).toMatchObject({ flops: 5, bytesRead: 12, bytesWritten: 20, known: false, reason: 'there is no formula for my:Foo' });
});

describe('the roofline', () => {
  const device: ClusterDevice = {
    class: 'gpu', count: 1, memoryBytes: 1e9, peakFlops: { float32: 1e12, float16: 4e12 }, memoryBytesPerSecond: 1e11, operatorOverheadSeconds: 5e-6, efficiency: 0.5, unsupported: ['my:Foo', 'Erf'],
  };
  const cost = (flops: number, bytesRead: number, bytesWritten = 0) => ({ flops, bytesRead, bytesWritten, weightBytes: 0, outputBytes: 0, known: true, reason: '' });

  it('is the overhead and the longer of computing and reading and writing', () => {
    expect(operatorSeconds(device, 'MatMul', 'float32', cost(1e9, 1e6, 1e6))).toBeCloseTo(5e-6 + 1e9 / (1e12 * 0.5), 12);
    expect(operatorSeconds(device, 'MatMul', 'float16', cost(1e9, 1e6, 1e6))).toBeCloseTo(5e-6 + 1e9 / (4e12 * 0.5), 12);
    expect(operatorSeconds(device, 'Add', 'float32', cost(1e3, 6e6, 2e6))).toBeCloseTo(5e-6 + 8e6 / (1e11 * 0.5), 12);
  });
  it('runs types without a rate at that of float32', () => {
    expect(peakRate(device, 'bfloat16')).toBe(1e12);
    expect(peakRate(device, undefined)).toBe(1e12);
    expect(peakRate({ ...device, peakFlops: { int8: 4e12, bfloat16: 2e12 } }, 'float32')).toBe(2e12);
  });
  it('is infinite for what a class does not support', () => {
    expect(operatorSeconds(device, 'Erf', 'float32', cost(1, 1))).toBe(Infinity);
    expect(operatorSeconds(device, 'my:Foo', 'float32', cost(1, 1))).toBe(Infinity);
    expect(operatorSeconds(device, 'Foo', 'float32', cost(1, 1))).toBeLessThan(Infinity);
  });
  it.each<[string, TensorSketch[], string]>([
    ['MatMul', [{ type: 'float16' }, { type: 'float16' }], 'float16'],
    ['Gather', [{ type: 'float16' }, { type: 'int64' }], 'float16'],
    ['Where', [{ type: 'bool' }, { type: 'bfloat16' }, { type: 'bfloat16' }], 'bfloat16'],
    ['com.microsoft:MatMulNBits', [{ type: 'float16' }, { type: 'uint8' }, { type: 'float16' }], 'float16'],
    ['MatMulInteger', [{ type: 'uint8' }, { type: 'int8' }], 'uint8'],
    ['QLinearConv', [{ type: 'uint8' }, { type: 'float32' }, { type: 'uint8' }, { type: 'int8' }], 'uint8'],
    ['com.microsoft:DynamicQuantizeMatMul', [{ type: 'float32' }, { type: 'int8' }], 'int8'],
    ['QuantizeLinear', [{ type: 'float32' }, { type: 'float32' }, { type: 'int8' }], 'float32'],
    ['Add', [{ type: 'int64' }, { type: 'int64' }], 'int64'],
  ])('%s of %j computes in %s', (type, reads, expected) => {
    const graph = oneOperator(type, reads, [[1]]);
    expect(computeType(graph, graph.operators[0]!)).toBe(expected);
  });
});
