import { describe, expect, it } from 'vitest';
import { encodeModel } from '../../../golden/smallModels';
import { filled, ms, op, s, t, v } from './zoo/case';
import type { ZooCase } from './zoo/case';
import { inferBytes } from './zoo/judge';

const half = (dims: readonly number[]) => t(dims, 'float16');

/** Operators that ONNX Runtime has no CPU kernel for, or runs only in part: what their documents say. */
const cases: readonly (readonly [ZooCase, readonly string[]])[] = [
  [op('LSTM', [t([2, 5, 3]), t([1, 16, 3]), t([1, 16, 4])], { hidden_size: 4, layout: 1 }, { outputs: 3 }), ['float32[2,5,1,4]', 'float32[2,1,4]', 'float32[2,1,4]']],
  [op('GRU', [t([2, 5, 3]), t([2, 12, 3]), t([2, 12, 4])], { layout: 1, direction: 'bidirectional' }, { outputs: 2 }), ['float32[2,5,2,4]', 'float32[2,2,4]']],
  [op('ImageDecoder', [t([1000], 'uint8')], {}, { opset: 20 }), ['uint8[?,?,3]']],
  [op('ImageDecoder', [t([1000], 'uint8')], { pixel_format: 'Grayscale' }, { opset: 20 }), ['uint8[?,?,1]']],
  [op('TensorScatter', [t([2, 4, 16, 8]), t([2, 4, 3, 8]), t([2], 'int64')], {}, { opset: 24 }), ['float32[2,4,16,8]']],
  [op('StringNormalizer', [v(['a', 'b'], 'string')], { case_change_action: 'UPPER' }), ['string[2]']],
  [ms('NhwcConv', [half([1, 8, 9, 3]), half([4, 3, 3, 3])], { pads: [1, 1, 1, 1], strides: [2, 2] }), ['float16[1,4,5,4]']],
  [ms('NhwcFusedConv', [half([1, 8, 9, 3]), half([4, 3, 3, 3])], {}), ['float16[1,6,7,4]']],
  [ms('LongformerAttention', [t([1, 4, 8]), t([8, 24]), t([24]), t([1, 4]), t([8, 24]), t([24]), t([1, 4], 'int32')], { num_heads: 2, window: 2 }), ['float32[1,4,8]']],
  [ms('BiasSplitGelu', [half([2, 3, 640]), half([640])]), ['float16[2,3,320]']],
  [ms('BiasAdd', [half([2, 3, 320]), half([320]), half([2, 3, 320])]), ['float16[2,3,320]']],
  [ms('GroupNorm', [half([2, 8, 8, 320]), t([320]), t([320])], { groups: 32, activation: 1 }), ['float16[2,8,8,320]']],
  [ms('SkipGroupNorm', [half([2, 8, 8, 320]), t([320]), t([320]), half([2, 8, 8, 320])], { groups: 32 }, { outputs: 2 }), ['float16[2,8,8,320]', 'float16[2,8,8,320]']],
  [ms('RelativePositionBias', [half([32, 4]), s(5), s(7)], { max_distance: 128 }), ['float16[1,4,5,7]']],
  [ms('GatedRelativePositionBias', [half([2, 5, 32]), half([32]), half([8, 8]), half([8]), half([1, 4, 1, 1]), half([1, 4, 5, 5])], { num_heads: 4 }), ['float16[2,4,5,5]']],
  [ms('PackedAttention', [half([9, 16]), half([16, 48]), half([48]), t([2, 5], 'int32'), t([3], 'int32')], { num_heads: 4 }), ['float16[9,16]']],
  [ms('PackedMultiHeadAttention', [half([9, 16]), half([9, 16]), half([9, 24]), null, t([2, 5], 'int32'), t([3], 'int32')], { num_heads: 4 }), ['float16[9,24]']],
  [ms('PackedMultiHeadAttention', [half([9, 4, 3, 8]), null, null, null, t([2, 5], 'int32'), t([3], 'int32')], { num_heads: 4 }), ['float16[9,32]']],
  [ms('RestorePadding', [half([9, 16]), t([2, 5], 'int32')]), ['float16[2,5,16]']],
  [ms('MultiHeadAttention', [half([2, 5, 4, 3, 8])], { num_heads: 4 }), ['float16[2,5,32]']],
  [ms('MultiHeadAttention', [half([2, 5, 32]), half([2, 7, 4, 2, 8])], { num_heads: 4 }), ['float16[2,5,32]']],
  [ms('Attention', [half([2, 1, 16]), half([16, 48]), half([48]), null, half([2, 2, 4, 64, 4]), null, filled([1], 3, 'int32')], { num_heads: 4, past_present_share_buffer: 1 }, { outputs: 2 }), ['float16[2,1,16]', 'float16[2,2,4,64,4]']],
  [ms('MatMulIntegerToFloat', [t([2, 3], 'uint8'), t([3, 4], 'uint8'), s(0.1, 'float32'), s(0.1, 'float32')]), ['float32[2,4]']],
  [ms('GemmFastGelu', [half([2, 5, 8]), half([8, 6])]), ['float16[2,5,6]']],
  [ms('FusedMatMulActivation', [half([5, 3, 2]), half([5, 4, 3])], { transA: 1, transB: 1, activation: 'Relu' }), ['float16[5,2,4]']],
  [ms('ConvTransposeWithDynamicPads', [t([1, 3, 4, 5]), t([3, 2, 3, 3]), t([4], 'int64')]), ['float32[1,?,?,?]']],
  [ms('BiasDropout', [half([2, 8]), half([8])], {}, { outputs: 2 }), ['float16[2,8]', 'bool[2,8]']],
  [ms('QLinearReduceMean', [t([2, 3, 4], 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), s(0.1, 'float32'), s(0, 'uint8')], { axes: [1], keepdims: 0 }), ['uint8[2,4]']],
  [ms('EmbedLayerNormalization', [t([2, 5], 'int32'), t([2, 5], 'int32'), half([10, 8]), half([6, 8]), half([3, 8]), half([8]), half([8]), t([2, 5], 'int32')], {}, { outputs: 2 }), ['float16[2,5,8]', 'int32[2]']],
  [ms('MatMulNBitsMlp', [half([2, 5, 32]), null, half([32]), t([8, 1, 16], 'uint8'), half([8, 1]), null, t([8, 1, 16], 'uint8'), half([8, 1])], { K: 32, N: 8, activation: 'silu' }, { outputs: 2 }), ['float16[2,5,8]', 'float16[2,5,32]']],
  [ms('MatMulNBitsQkv', [half([2, 5, 32])], { K: 32, Nq: 32, Nkv: 8 }, { outputs: 4 }), ['float16[2,5,32]', 'float16[2,5,8]', 'float16[2,5,8]', 'float16[2,5,32]']],
  [ms('CausalConvWithState', [half([2, 16, 5]), half([16, 1, 4]), null, half([2, 16, 3])], {}, { outputs: 2 }), ['float16[2,16,5]', 'float16[2,16,3]']],
  [ms('MulInteger', [t([2, 1], 'uint8'), null, t([1, 3], 'uint8')]), ['int32[2,3]']],
  [ms('DecoderMaskedMultiHeadAttention', [half([2, 1, 16]), half([2, 1, 16]), half([2, 1, 16])], { num_heads: 4 }), ['float16[2,1,16]']],
];

describe('shapes are what the documents of the operators say', () => {
  it.each(cases.map(([zoo, expected]) => [zoo.name, zoo, expected] as const))('%s', (_, zoo, expected) => {
    const inferred = inferBytes(encodeModel(zoo.model));
    expect(inferred.warnings).toEqual([]);
    expect(
      zoo.model.outputs.map((name) => {
        const fact = inferred.tensors.get(name)!;
        return `${fact.elementType ?? '?'}[${fact.shape?.map((dim) => dim ?? '?').join(',') ?? '...'}]`;
      }),
    ).toEqual(expected);
  });
});
