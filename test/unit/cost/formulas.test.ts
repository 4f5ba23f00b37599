import { describe, expect, it } from 'vitest';
import { formulas } from '../../../src/cost/formulas/registry';
import { operatorCosts } from '../../../src/cost/operatorCost';
import { knownOperators } from '../../../src/onnx/shapes/registry';
import { oneOperator, type TensorSketch } from '../../fixtures/operatorGraphs';

type Shapes = Parameters<typeof oneOperator>[1];
type Outputs = Parameters<typeof oneOperator>[2];
type Attributes = Parameters<typeof oneOperator>[3];

const int8 = (...shape: number[]): TensorSketch => ({ shape, type: 'int8' });
const uint8 = (...shape: number[]): TensorSketch => ({ shape, type: 'uint8' });
const ints = (...value: number[]): TensorSketch => ({ shape: [value.length], type: 'int64', value });
const ms = (type: string): string => `com.microsoft:${type}`;

/** FLOPs computed by hand: what is multiplied and added, written out. */
const cases: readonly [what: string, type: string, reads: Shapes, writes: Outputs, attributes: Attributes, flops: number][] = [
  // 64 channels of 112 x 112, each from 3 channels and a 7 x 7 kernel
  ['convolution', 'Conv', [[1, 3, 224, 224], [64, 3, 7, 7]], [[1, 64, 112, 112]], {}, 64 * 112 * 112 * (2 * 3 * 49)],
  ['convolution with bias, two images', 'Conv', [[2, 4, 5, 5], [6, 4, 3, 3], [6]], [[2, 6, 3, 3]], {}, 2 * 6 * 9 * (2 * 36 + 1)],
  ['depthwise convolution', 'Conv', [[1, 8, 6, 6], [8, 1, 3, 3]], [[1, 8, 6, 6]], { group: 8 }, 8 * 36 * 18],
  ['grouped convolution', 'Conv', [[1, 8, 6, 6], [4, 4, 3, 3]], [[1, 4, 6, 6]], { group: 2 }, 4 * 36 * 2 * 4 * 9],
  // dilation widens the kernel's reach, not its weights
  ['dilated convolution', 'Conv', [[1, 1, 7, 7], [1, 1, 3, 3]], [[1, 1, 3, 3]], { dilations: [2, 2] }, 9 * 18],
  ['convolution of a signal', 'Conv', [[1, 2, 10], [3, 2, 4]], [[1, 3, 7]], {}, 3 * 7 * 2 * 8],
  ['integer convolution', 'ConvInteger', [uint8(1, 2, 3, 3), uint8(5, 2, 1, 1)], [[1, 5, 3, 3]], {}, 45 * 4],
  ['quantised convolution', 'QLinearConv', [uint8(1, 2, 3, 3), [], uint8(), int8(5, 2, 1, 1), [], int8(), [], uint8(), [5]], [uint8(1, 5, 3, 3)], {}, 45 * (4 + 1)],
  // each of 2 x 3 x 3 inputs meets 4 channels of a 2 x 2 kernel; the bias is added to each output
  ['transposed convolution', 'ConvTranspose', [[1, 2, 3, 3], [2, 4, 2, 2], [4]], [[1, 4, 6, 6]], { strides: [2, 2] }, 2 * 18 * 16 + 144],
  // 9 places x 9 samples x 2 channels to interpolate
  ['deformable convolution', 'DeformConv', [[1, 2, 5, 5], [3, 2, 3, 3], [1, 18, 3, 3]], [[1, 3, 3, 3]], {}, 27 * 2 * 18 + 8 * 9 * 9 * 2],

  ['matrix product', 'MatMul', [[2, 3, 4], [4, 5]], [[2, 3, 5]], {}, 2 * 2 * 3 * 5 * 4],
  ['product of two vectors', 'MatMul', [[4], [4]], [[]], {}, 8],
  ['product of integers', 'MatMulInteger', [uint8(3, 4), uint8(4, 5)], [[3, 5]], {}, 120],
  ['quantised product', 'QLinearMatMul', [uint8(3, 4), [], uint8(), uint8(4, 5), [], uint8(), [], uint8()], [uint8(3, 5)], {}, 120],
  ['general product', 'Gemm', [[3, 4], [4, 5], [5]], [[3, 5]], {}, 15 * (8 + 1)],
  ['general product, A transposed', 'Gemm', [[4, 3], [4, 5]], [[3, 5]], { transA: 1 }, 120],
  ['fused product, A transposed', ms('FusedMatMul'), [[2, 4, 3], [2, 4, 5]], [[2, 3, 5]], { transA: 1 }, 2 * 30 * 4],
  // A [M, B, K] is read as [B, M, K]
  ['fused product, batch of A transposed', ms('FusedMatMul'), [[3, 2, 4], [2, 4, 5]], [[2, 3, 5]], { transBatchA: 1 }, 2 * 30 * 4],
  ['four-bit product', ms('MatMulNBits'), [[1, 7, 64], uint8(32, 2, 16), [64]], [[1, 7, 32]], { K: 64, N: 32, bits: 4, block_size: 32 }, 2 * 7 * 32 * 64 + 64 * 32],
  ['gated four-bit products', ms('MatMulNBitsMlp'), [[7, 64], null, null, uint8(32, 2, 16), [32, 2]], [[7, 32]], { K: 64, N: 32 }, 2 * (2 * 7 * 32 * 64)],
  ['distances', ms('CDist'), [[3, 4], [5, 4]], [[3, 5]], {}, 3 * 15 * 4],
  ['determinants', 'Det', [[2, 3, 3]], [[2]], {}, 2 * 18],
  ['product by Einsum', 'Einsum', [[2, 3, 4], [2, 4, 5]], [[2, 3, 5]], { equation: 'bij,bjk->bik' }, 2 * (2 * 3 * 4 * 5)],
  ['Einsum with an ellipsis', 'Einsum', [[6, 2, 3, 4], [2, 4, 5]], [[6, 2, 3, 5]], { equation: '...ij,...jk->...ik' }, 2 * (6 * 2 * 3 * 4 * 5)],
  ['Einsum that sums nothing', 'Einsum', [[3], [4]], [[3, 4]], { equation: 'i,j->ij' }, 12],
  ['Einsum of one operand', 'Einsum', [[3, 4]], [[3]], { equation: 'ij->i' }, 12],

  // QK and PV: 2 x 2 heads x 3 queries x 5 keys x 4 numbers; softmax over 2 x 3 x 5
  ['attention', 'Attention', [[1, 2, 3, 4], [1, 2, 5, 4], [1, 2, 5, 4]], [[1, 2, 3, 4]], {}, 2 * (2 * 2 * 3 * 5 * 4) + 8 * 30],
  ['attention in three dimensions, with a past of 2', 'Attention', [[1, 3, 8], [1, 5, 8], [1, 5, 8], null, [1, 2, 2, 4], [1, 2, 2, 4]], [[1, 3, 8]], { q_num_heads: 2, kv_num_heads: 2 }, 4 * (2 * 3 * 7 * 4) + 8 * 2 * 3 * 7],
  ['attention with half as many kv heads', 'Attention', [[1, 3, 8], [1, 5, 4], [1, 5, 4]], [[1, 3, 8]], { q_num_heads: 2, kv_num_heads: 1 }, 4 * (2 * 3 * 5 * 4) + 8 * 30],
  // projection of 3 tokens from 6 to 24 with bias, then as above with 8 hidden
  ['attention with its projections', ms('Attention'), [[1, 3, 6], [6, 24], [24]], [[1, 3, 8]], { num_heads: 2 }, 3 * 24 * 13 + 4 * 3 * 3 * 8 + 8 * 2 * 9],
  ['attention with projections of unlike size', ms('Attention'), [[1, 3, 6], [6, 20], [20]], [[1, 3, 4]], { num_heads: 2, qkv_hidden_sizes: [8, 8, 4] }, 3 * 20 * 13 + 2 * 9 * 8 + 2 * 9 * 4 + 8 * 2 * 9],
  ['multi-head attention', ms('MultiHeadAttention'), [[1, 3, 8], [1, 5, 8], [1, 5, 8]], [[1, 3, 8]], { num_heads: 2 }, 4 * 3 * 5 * 8 + 8 * 30],
  ['multi-head attention, packed', ms('MultiHeadAttention'), [[1, 3, 2, 3, 4]], [[1, 3, 8]], { num_heads: 2 }, 4 * 3 * 3 * 8 + 8 * 18],
  ['multi-head attention with a past of 2', ms('MultiHeadAttention'), [[1, 1, 8], [1, 1, 8], [1, 1, 8], null, null, null, [1, 2, 2, 4], [1, 2, 2, 4]], [[1, 1, 8]], { num_heads: 2 }, 4 * 3 * 8 + 8 * 6],
  ['grouped-query attention over 9 tokens', ms('GroupQueryAttention'), [[1, 1, 8], [1, 1, 4], [1, 1, 4], [1, 1, 16, 4], [1, 1, 16, 4], ints(8), ints(9)], [[1, 1, 8], [1, 1, 16, 4], [1, 1, 16, 4]], { num_heads: 2, kv_num_heads: 1 }, 4 * 9 * 8 + 8 * 18],
  ['grouped-query attention, packed, over its buffer', ms('GroupQueryAttention'), [[1, 1, 16], null, null, [1, 1, 16, 4], [1, 1, 16, 4]], [[1, 1, 8], [1, 1, 16, 4], [1, 1, 16, 4]], { num_heads: 2, kv_num_heads: 1 }, 4 * 16 * 8 + 8 * 32],
  ['rotary embedding', 'RotaryEmbedding', [[1, 2, 3, 4]], [[1, 2, 3, 4]], {}, 72],

  // 5 tokens, 2 of 8 experts each: two projections of 4 x 6, and a softmax over 8
  ['mixture of experts', ms('MoE'), [[5, 4], [5, 8], [8, 6, 4], [8, 6], [8, 4, 6]], [[5, 4]], { k: 2 }, 5 * (2 * 2 * (24 + 24) + 8 * 8)],
  ['gated mixture of experts', ms('MoE'), [[5, 4], [5, 8], [8, 6, 4], null, [8, 4, 6], null, [8, 6, 4]], [[5, 4]], { k: 1 }, 5 * (2 * 72 + 64)],
  ['mixture of four-bit experts', ms('QMoE'), [[5, 4], [5, 8], uint8(8, 6, 2), [8, 6], null, uint8(8, 4, 3), [8, 4]], [[5, 4]], { k: 2, expert_weight_bits: 4 }, 5 * (2 * 2 * 48 + 64)],

  // each of 4 gates: 3 + 2 inputs for each of 2 hidden, and a bias; then 5 activations of 4, and 4 more
  ['LSTM', 'LSTM', [[7, 1, 3], [1, 8, 3], [1, 8, 2]], [[7, 1, 1, 2]], { hidden_size: 2 }, 7 * 2 * (4 * (2 * 5 + 1) + 24)],
  ['bidirectional GRU', 'GRU', [[7, 3, 5], [2, 6, 5], [2, 6, 2]], [[7, 2, 3, 2]], { hidden_size: 2, direction: 'bidirectional' }, 7 * 3 * 2 * 2 * (3 * (2 * 7 + 1) + 17)],
  ['RNN', 'RNN', [[7, 1, 3], [1, 2, 3], [1, 2, 2]], [[7, 1, 1, 2]], {}, 7 * 2 * (2 * 5 + 1 + 4)],
  ['quantised LSTM', ms('DynamicQuantizeLSTM'), [[7, 1, 3], int8(1, 3, 8), int8(1, 2, 8)], [[7, 1, 1, 2]], { hidden_size: 2 }, 7 * 2 * (4 * 11 + 24)],

  ['batch normalisation', 'BatchNormalization', [[1, 2, 3, 3], [2], [2], [2], [2]], [[1, 2, 3, 3]], {}, 36],
  ['layer normalisation', 'LayerNormalization', [[2, 5], [5], [5]], [[2, 5]], {}, 80],
  ['root mean square normalisation', 'RMSNormalization', [[2, 5], [5]], [[2, 5]], {}, 50],
  ['skip and normalise', ms('SkipLayerNormalization'), [[2, 5], [2, 5], [5]], [[2, 5]], {}, 90],
  ['local response', 'LRN', [[1, 4, 2, 2]], [[1, 4, 2, 2]], { size: 5 }, 16 * (10 + 6)],

  ['softmax', 'Softmax', [[3, 4]], [[3, 4]], {}, 12 * 8],
  ['addition with broadcast', 'Add', [[3, 1], [4]], [[3, 4]], {}, 12],
  ['sum of three', 'Sum', [[4], [4], [4]], [[4]], {}, 8],
  ['rectifier', 'Relu', [[3, 4]], [[3, 4]], {}, 12],
  ['error function', 'Erf', [[3, 4]], [[3, 4]], {}, 48],
  ['sigmoid', 'Sigmoid', [[3]], [[3]], {}, 18],
  ['Gelu', 'Gelu', [[3]], [[3]], {}, 24],
  ['the 8 best of 100', 'TopK', [[2, 100], ints(8)], [[2, 8], [2, 8]], {}, 200 * 3],
  ['cumulated sum', 'CumSum', [[3, 4], ints(0)], [[3, 4]], {}, 12],

  ['mean over an axis', 'ReduceMean', [[3, 4]], [[3, 1]], {}, 12],
  ['norm', 'ReduceL2', [[3, 4]], [[3]], {}, 24],
  ['largest of 3 x 3', 'MaxPool', [[1, 2, 8, 8]], [[1, 2, 3, 3]], { kernel_shape: [3, 3] }, 18 * 9],
  ['global mean', 'GlobalAveragePool', [[1, 2, 8, 8]], [[1, 2, 1, 1]], {}, 128],

  ['quantise', 'QuantizeLinear', [[3, 4], []], [uint8(3, 4)], {}, 36],
  ['dequantise', 'DequantizeLinear', [uint8(3, 4), []], [[3, 4]], {}, 24],
  ['quantised addition', ms('QLinearAdd'), [uint8(4), [], uint8(), uint8(4), [], uint8(), [], uint8()], [uint8(4)], {}, 4 * (2 * 2 + 1 + 3)],

  ['bilinear enlargement', 'Resize', [[1, 2, 4, 4]], [[1, 2, 8, 8]], { mode: 'linear' }, 128 * 2 * 4],
  ['enlargement along one axis', 'Resize', [[1, 2, 4, 4]], [[1, 2, 4, 8]], { mode: 'linear' }, 64 * 2 * 2],
  ['nearest enlargement', 'Resize', [[1, 2, 4, 4]], [[1, 2, 8, 8]], {}, 0],
  ['sampling in a plane', 'GridSample', [[1, 3, 4, 4], [1, 5, 5, 2]], [[1, 3, 5, 5]], { mode: 'linear' }, 75 * 8],
  ['regions', 'RoiAlign', [[1, 3, 8, 8], [2, 4], { shape: [2], type: 'int64' }], [[2, 3, 2, 2]], { sampling_ratio: 2 }, 24 * 9 * 4],
  // 16 boxes: log2 16 comparisons each to sort, and 13 with each of the 3 chosen
  ['choice of boxes', 'NonMaxSuppression', [[1, 16, 4], [1, 2, 16], ints(3)], [{ shape: [null, 3], type: 'int64' }], {}, 2 * 16 * (4 + 39)],

  // 3 transforms of 8 points: 5 x 8 x 3
  ['discrete Fourier transform', 'DFT', [[3, 8, 1]], [[3, 8, 2]], { axis: 1 }, 3 * 120],
  ['short-time transform', 'STFT', [[1, 40, 1], ints(8), [8]], [[1, 5, 5, 2]], {}, 5 * (120 + 8)],
  ['window', 'HannWindow', [ints(16)], [[16]], {}, 16 * 7],

  // 4 rows, 2 trees of 3 nodes: 2 levels and a sum each
  ['trees', 'ai.onnx.ml:TreeEnsembleRegressor', [[4, 9]], [[4, 1]], { nodes_treeids: [0, 0, 0, 1, 1, 1] }, 4 * 2 * 3],
  ['linear model', 'ai.onnx.ml:LinearRegressor', [[4, 3]], [[4, 1]], { coefficients: { floats: [1, 2, 3] } }, 4 * 3 * 2],
  ['support vectors', 'ai.onnx.ml:SVMRegressor', [[4, 3]], [[4, 1]], { support_vectors: { floats: [1, 2, 3, 4, 5, 6] } }, 4 * 2 * (6 + 2)],

  ['transposition', 'Transpose', [[3, 4]], [[4, 3]], {}, 0],
  ['rows of a table', 'Gather', [[100, 4], { shape: [3], type: 'int64' }], [[3, 4]], {}, 0],
];

describe('FLOPs', () => {
  it.each(cases)('%s: %s', (_, type, reads, writes, attributes, flops) => {
    const [cost] = operatorCosts(oneOperator(type, reads, writes, attributes));
    expect(cost!.flops).toBe(flops);
    if (type !== 'NonMaxSuppression') expect(cost).toMatchObject({ known: true, reason: '' });
  });

  it('every family has a case', () => {
    const tested = new Set(cases.map(([, type]) => type));
    expect([...tested].filter((type) => !formulas.has(type))).toEqual([]);
  });
});

it('every operator whose shapes are inferred has a formula, but for control flow and one that nobody exports', () => {
  const qualified = knownOperators().map((type) => (type.startsWith(':') ? type.slice(1) : type));
  expect(qualified.filter((type) => !formulas.has(type)).sort()).toEqual(['If', 'Loop', 'Scan', 'SequenceMap', 'com.microsoft:DecoderAttention']);
});

/** One operator of each kind, with shapes that nothing is known of: an answer that is a number would be made up. */
it.each([...formulas.keys()])('%s without shapes is not known, and gives the reason', (type) => {
  const nothing: TensorSketch = {};
  const [cost] = operatorCosts(oneOperator(type, Array.from({ length: 9 }, () => nothing), [nothing, nothing]));
  expect(cost!.known).toBe(false);
  expect(cost!.reason).not.toBe('');
  for (const number of [cost!.flops, cost!.bytesRead, cost!.bytesWritten, cost!.weightBytes, cost!.outputBytes]) expect(Number.isFinite(number) && number >= 0).toBe(true);
});
