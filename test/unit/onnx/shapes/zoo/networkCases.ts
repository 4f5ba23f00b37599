import { filled, mlOp, ms, op, s, t, v } from './case';
import type { ZooCase } from './case';

const autoPads = ['SAME_UPPER', 'SAME_LOWER', 'VALID'];

export const convolutionCases: readonly ZooCase[] = [
  op('Conv', [t([1, 3, 8, 9]), t([4, 3, 3, 3])]),
  op('Conv', [t([1, 3, 8, 9]), t([4, 3, 3, 3]), t([4])], { pads: [1, 1, 1, 1], strides: [2, 2], kernel_shape: [3, 3] }),
  op('Conv', [t([1, 3, 11, 12]), t([4, 3, 3, 3])], { pads: [1, 0, 2, 1], strides: [2, 3], dilations: [2, 3] }),
  op('Conv', [t([2, 4, 8]), t([8, 1, 3])], { group: 4 }),
  op('Conv', [t([1, 2, 5, 6, 7]), t([3, 2, 2, 3, 2])], { strides: [1, 2, 2] }),
  ...autoPads.flatMap((pad) => [
    op('Conv', [t([1, 3, 8, 9]), t([4, 3, 3, 3])], { auto_pad: pad, strides: [2, 2] }),
    op('Conv', [t([1, 3, 9, 10]), t([4, 3, 1, 1])], { auto_pad: pad, strides: [3, 4] }),
  ]),
  op('ConvInteger', [t([1, 1, 4, 4], 'uint8'), t([1, 1, 2, 2], 'uint8')]),
  op('QLinearConv', [t([1, 2, 5, 5], 'uint8'), s(0.1, 'float32'), s(1, 'uint8'), t([3, 2, 3, 3], 'uint8'), s(0.1, 'float32'), s(1, 'uint8'), s(0.1, 'float32'), s(1, 'uint8')], { pads: [1, 1, 1, 1] }),
  op('ConvTranspose', [t([1, 3, 4, 5]), t([3, 2, 3, 3])]),
  op('ConvTranspose', [t([1, 3, 4, 5]), t([3, 2, 3, 3])], { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }),
  op('ConvTranspose', [t([1, 4, 4, 5]), t([4, 2, 3, 3])], { group: 2, dilations: [2, 2] }),
  op('ConvTranspose', [t([1, 3, 4, 5]), t([3, 2, 3, 3])], { strides: [2, 2], output_shape: [9, 10] }),
  op('ConvTranspose', [t([1, 3, 4]), t([3, 2, 3])], { strides: [2] }),
  ...autoPads.map((pad) => op('ConvTranspose', [t([1, 3, 4, 5]), t([3, 2, 3, 3])], { strides: [2, 2], auto_pad: pad })),
  op('ConvTranspose', [t([1, 3, 4, 5]), t([3, 2, 3, 3])], { strides: [2, 2], auto_pad: 'SAME_UPPER', output_padding: [1, 1] }),
  op('ConvTranspose', [t([1, 3, 4, 5]), t([3, 2, 1, 1])], { strides: [2, 2], auto_pad: 'SAME_UPPER' }),
  op('DeformConv', [t([1, 1, 3, 3]), t([1, 1, 2, 2]), t([1, 8, 4, 4])], { kernel_shape: [2, 2], pads: [1, 1, 1, 1] }, { opset: 19 }),
  op('Col2Im', [t([1, 5, 5]), v([5, 5]), v([1, 5])]),
  op('Col2Im', [t([1, 8, 12]), v([4, 4]), v([2, 2])], { strides: [1, 1], pads: [0, 0, 0, 1] }),
  ms('FusedConv', [t([1, 3, 8, 9]), t([4, 3, 3, 3])], { activation: 'Relu', pads: [1, 1, 1, 1] }),
  ms('QLinearConv', [t([1, 5, 5, 2], 'uint8'), s(0.1, 'float32'), s(1, 'uint8'), t([3, 2, 3, 3], 'uint8'), s(0.1, 'float32'), s(1, 'uint8'), s(0.1, 'float32'), s(1, 'uint8')], { pads: [1, 1, 1, 1], channels_last: 1 }),
];

const pooling = ['MaxPool', 'AveragePool', 'LpPool'];

export const poolCases: readonly ZooCase[] = [
  ...pooling.flatMap((type) => [
    op(type, [t([1, 3, 8, 9])], { kernel_shape: [3, 2] }),
    op(type, [t([1, 3, 8, 9])], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    op(type, [t([1, 3, 8, 9])], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
    op(type, [t([1, 3, 7, 10])], { kernel_shape: [2, 2], strides: [2, 3], pads: [1, 1, 1, 1], ceil_mode: 1 }),
    op(type, [t([1, 3, 5, 5])], { kernel_shape: [1, 1], strides: [3, 3], ceil_mode: 1 }),
    op(type, [t([1, 3, 11, 12])], { kernel_shape: [3, 3], dilations: [2, 2], strides: [2, 2] }),
    op(type, [t([1, 3, 11])], { kernel_shape: [4], strides: [3] }),
    op(type, [t([1, 3, 5, 6, 7])], { kernel_shape: [2, 2, 2], strides: [2, 1, 2] }),
    ...autoPads.map((pad) => op(type, [t([1, 3, 8, 9])], { kernel_shape: [3, 3], strides: [2, 2], auto_pad: pad })),
  ]),
  op('MaxPool', [t([1, 3, 8, 9])], { kernel_shape: [3, 3], strides: [2, 2] }, { outputs: 2 }),
  op('MaxPool', [t([1, 3, 8, 9])], { kernel_shape: [2, 2], strides: [3, 3], ceil_mode: 1 }, { opset: 10 }),
  op('AveragePool', [t([1, 3, 8, 8])], { kernel_shape: [2, 2], strides: [2, 2], count_include_pad: 1 }, { opset: 7 }),
  op('AveragePool', [t([1, 3, 9, 9])], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1, auto_pad: 'VALID' }),
  ...['GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool'].map((type) => op(type, [t([2, 3, 4, 5])])),
  op('MaxUnpool', [t([1, 1, 2, 2]), v([5, 7, 13, 15], 'int64', [1, 1, 2, 2])], { kernel_shape: [2, 2], strides: [2, 2] }),
  op('MaxUnpool', [t([1, 1, 2, 2]), v([5, 7, 13, 15], 'int64', [1, 1, 2, 2]), v([1, 1, 5, 5])], { kernel_shape: [2, 2], strides: [2, 2] }),
  op('MaxRoiPool', [t([1, 3, 8, 8]), filled([2, 5], 0)], { pooled_shape: [2, 3] }),
  op('RoiAlign', [t([1, 3, 8, 8]), t([5, 4]), filled([5], 0, 'int64')], { output_height: 3, output_width: 4 }),
  ms('QLinearAveragePool', [t([1, 3, 8, 9], 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), s(0.1, 'float32'), s(0, 'uint8')], { kernel_shape: [3, 2] }),
  ms('QLinearAveragePool', [t([1, 8, 9, 3], 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), s(0.1, 'float32'), s(0, 'uint8')], { kernel_shape: [3, 2], channels_last: 1 }),
  ms('QLinearGlobalAveragePool', [t([1, 3, 8, 9], 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), s(0.1, 'float32'), s(0, 'uint8')]),
  ms('NhwcMaxPool', [t([1, 8, 9, 3], 'uint8')], { kernel_shape: [3, 2], strides: [2, 2] }),
];

export const normalizationCases: readonly ZooCase[] = [
  op('BatchNormalization', [t([2, 3, 4, 5]), t([3]), t([3]), t([3]), t([3])]),
  op('BatchNormalization', [t([2, 3, 4, 5]), t([3]), t([3]), t([3]), t([3])], {}, { opset: 9 }),
  op('BatchNormalization', [t([2, 3, 4, 5]), t([3]), t([3]), t([3]), t([3])], { training_mode: 1 }, { outputs: 3 }),
  op('InstanceNormalization', [t([2, 3, 4, 5]), t([3]), t([3])]),
  op('LayerNormalization', [t([2, 3, 4]), t([4])], {}, { outputs: 3 }),
  op('LayerNormalization', [t([2, 3, 4]), t([3, 4])], { axis: 1 }, { outputs: 3 }),
  op('GroupNormalization', [t([2, 4, 3, 3]), t([4]), t([4])], { num_groups: 2 }),
  op('RMSNormalization', [t([2, 3, 4]), t([4])], {}, { opset: 23 }),
  op('SimplifiedLayerNormalization', [t([2, 3, 4]), t([4])], {}, { outputs: 2 }),
  ms('SkipLayerNormalization', [t([2, 3, 8]), t([2, 3, 8]), t([8]), t([8]), t([8])]),
  ms('SkipSimplifiedLayerNormalization', [t([2, 3, 8]), t([2, 3, 8]), t([8])]),
  { ...ms('SkipLayerNormalization', [t([2, 3, 8]), t([2, 3, 8]), t([8])], {}, { name: ' with sum' }), ...withOutputs(ms('SkipLayerNormalization', [t([2, 3, 8]), t([2, 3, 8]), t([8])]), ['o0', '', '', 'o3']) },
  ms('EmbedLayerNormalization', [t([2, 5], 'int32'), t([2, 5], 'int32'), t([10, 8]), t([6, 8]), t([3, 8]), t([8]), t([8]), t([2, 5], 'int32')], {}, { outputs: 2 }),
  ms('EmbedLayerNormalization', [t([2, 5], 'int32'), null, t([10, 8]), t([6, 8]), null, t([8]), t([8])], {}, { outputs: 3 }),
];

/** The same case with other names of outputs, '' for those left out. */
function withOutputs(zoo: ZooCase, outputs: readonly string[]): Pick<ZooCase, 'model'> {
  return { model: { ...zoo.model, nodes: zoo.model.nodes.map((node) => ({ ...node, outputs })), outputs: outputs.filter((name) => name !== '') } };
}

const layouts = [0];
export const recurrentCases: readonly ZooCase[] = layouts.flatMap(() => [
  op('LSTM', [t([5, 2, 3]), t([1, 16, 3]), t([1, 16, 4])], { hidden_size: 4 }, { outputs: 3 }),
  op('LSTM', [t([5, 2, 3]), t([2, 16, 3]), t([2, 16, 4]), t([2, 32])], { hidden_size: 4, direction: 'bidirectional' }, { outputs: 3 }),
  op('GRU', [t([5, 2, 3]), t([1, 12, 3]), t([1, 12, 4])], { hidden_size: 4, linear_before_reset: 1 }, { outputs: 2 }),
  op('GRU', [t([5, 2, 3]), t([2, 12, 3]), t([2, 12, 4])], { hidden_size: 4, direction: 'bidirectional' }, { outputs: 2 }),
  op('RNN', [t([5, 2, 3]), t([1, 4, 3]), t([1, 4, 4])], { hidden_size: 4, direction: 'reverse' }, { outputs: 2 }),
  op('RNN', [t([5, 2, 3]), t([1, 4, 3]), t([1, 4, 4])], { hidden_size: 4 }, { opset: 7, outputs: 2 }),
  ms('DynamicQuantizeLSTM', [t([5, 2, 3]), filled([1, 3, 16], 1, 'uint8'), filled([1, 4, 16], 1, 'uint8'), null, null, null, null, null, filled([1], 1), filled([1], 0, 'uint8'), filled([1], 1), filled([1], 0, 'uint8')], { hidden_size: 4 }, { outputs: 3 }),
]);

export const visionCases: readonly ZooCase[] = [
  op('Resize', [t([1, 2, 4, 5]), v([1, 1, 2, 1.5], 'float32')], {}, { opset: 10 }),
  op('Resize', [t([1, 2, 4, 5]), v([], 'float32'), v([1, 1, 0.6, 0.6], 'float32')], {}, { opset: 11 }),
  op('Resize', [t([1, 2, 4, 5]), null, v([1, 1, 2.3, 1.7], 'float32')], { mode: 'linear' }, { opset: 13 }),
  op('Resize', [t([1, 2, 4, 5]), null, null, v([1, 2, 7, 9])], { mode: 'linear' }, { opset: 13 }),
  op('Resize', [t([1, 2, 4, 5]), v([], 'float32'), v([], 'float32'), v([1, 2, 7, 9])], {}, { opset: 11 }),
  op('Resize', [t([1, 2, 4, 5]), null, v([2.3, 1.7], 'float32')], { axes: [2, 3], mode: 'linear' }, { opset: 18 }),
  op('Resize', [t([1, 2, 4, 5]), null, null, v([9, 7])], { axes: [2, 3], mode: 'linear', keep_aspect_ratio_policy: 'not_larger' }, { opset: 19 }),
  op('Resize', [t([1, 2, 4, 5]), null, null, v([9, 7])], { axes: [3, 2], mode: 'linear', keep_aspect_ratio_policy: 'not_smaller' }, { opset: 19 }),
  op('Resize', [t([1, 1, 7, 5]), null, null, v([9, 8])], { axes: [2, 3], mode: 'linear', keep_aspect_ratio_policy: 'not_smaller' }, { opset: 18 }),
  op('Resize', [t([1, 1, 10, 10]), null, v([1, 1, 0.3, 0.7], 'float32')], {}, { opset: 19 }),
  op('Resize', [t([1, 1, 4, 4]), v([0, 0, 0.4, 0.6, 1, 1, 0.6, 0.8], 'float32'), null, v([1, 1, 3, 3])], { mode: 'linear', coordinate_transformation_mode: 'tf_crop_and_resize' }, { opset: 13 }),
  op('Upsample', [t([1, 2, 4, 5]), v([1, 1, 2, 3], 'float32')], {}, { opset: 9 }),
  op('Upsample', [t([1, 2, 4, 5])], { scales: { floats: [1, 1, 2, 1.5] } }, { opset: 7 }),
  op('GridSample', [t([1, 2, 4, 5]), t([1, 3, 7, 2])], {}, { opset: 16 }),
  op('GridSample', [t([1, 2, 4, 5, 3]), t([1, 3, 7, 2, 3])], { mode: 'linear' }, { opset: 20 }),
  op('AffineGrid', [t([2, 2, 3]), v([2, 3, 5, 6])], {}, { opset: 20 }),
  op('AffineGrid', [t([2, 3, 4]), v([2, 3, 4, 5, 6])], {}, { opset: 20 }),
  ms('GridSample', [t([1, 2, 4, 5]), t([1, 3, 7, 2])]),
  ms('CropAndResize', [t([1, 2, 8, 8]), t([3, 4]), filled([3], 0, 'int32'), v([4, 5], 'int32')]),
];

export const signalCases: readonly ZooCase[] = [
  op('DFT', [t([1, 16, 1])], { axis: 1 }, { opset: 17 }),
  op('DFT', [t([1, 16, 2]), s(20)], { axis: 1 }, { opset: 17 }),
  op('DFT', [t([1, 16, 1])], { axis: 1, onesided: 1 }, { opset: 17 }),
  op('DFT', [t([1, 10, 16, 1]), null, s(2)], { onesided: 1 }, { opset: 20 }),
  op('DFT', [t([1, 16, 1])], {}, { opset: 20 }),
  op('STFT', [t([1, 128, 1]), s(8), t([16])], {}, { opset: 17 }),
  op('STFT', [t([1, 128, 1]), s(8), null, s(16)], { onesided: 0 }, { opset: 17 }),
  op('HannWindow', [s(10)], {}, { opset: 17 }),
  op('HammingWindow', [s(10)], { output_datatype: 11 }, { opset: 17 }),
  op('BlackmanWindow', [s(9)], { periodic: 0 }, { opset: 17 }),
  op('MelWeightMatrix', [s(8), s(16), s(8192), s(0, 'float32'), s(4096, 'float32')], {}, { opset: 17 }),
];

export const quantizationCases: readonly ZooCase[] = [
  op('QuantizeLinear', [t([2, 3]), s(0.1, 'float32')]),
  op('QuantizeLinear', [t([2, 3]), s(0.1, 'float32'), s(0, 'int8')]),
  op('QuantizeLinear', [t([2, 3]), s(0.1, 'float32')], { output_dtype: 3 }),
  op('DequantizeLinear', [t([2, 3], 'uint8'), s(0.1, 'float32')]),
  op('DequantizeLinear', [t([2, 3], 'int32'), t([3])], { axis: 1 }),
  op('DynamicQuantizeLinear', [t([2, 3])], {}, { outputs: 3 }),
  ms('QuantizeLinear', [t([2, 3]), s(0.1, 'float32'), s(0, 'uint8')]),
  ms('DequantizeLinear', [t([2, 3], 'uint8'), s(0.1, 'float32'), s(0, 'uint8')]),
  ...['QLinearAdd', 'QLinearMul'].map((type) =>
    ms(type, [t([2, 1, 3], 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), t([4, 1], 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), s(0.1, 'float32'), s(0, 'uint8')]),
  ),
  ms('QLinearSigmoid', [t([2, 3], 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), s(0.1, 'float32'), s(0, 'uint8')]),
  ms('QLinearLeakyRelu', [t([2, 3], 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), s(0.1, 'float32'), s(0, 'uint8')]),
  ms('QLinearSoftmax', [t([2, 3], 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), s(0.1, 'float32'), s(0, 'uint8')], { opset: 13 }),
  ms('QLinearConcat', [s(0.1, 'float32'), s(0, 'uint8'), t([2, 3], 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), t([2, 4], 'uint8'), s(0.1, 'float32'), s(0, 'uint8')], { axis: 1 }),
  ms('QLinearWhere', [t([2, 1], 'bool'), t([2, 3], 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), t([1, 3], 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), s(0.1, 'float32'), s(0, 'uint8')]),
  ms('QGemm', [t([2, 3], 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), filled([3, 4], 1, 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), null, s(0.1, 'float32'), s(0, 'uint8')]),
  ms('QGemm', [t([2, 3], 'uint8'), s(0.1, 'float32'), s(0, 'uint8'), filled([4, 3], 1, 'uint8'), s(0.1, 'float32'), s(0, 'uint8')], { transB: 1 }),
  ms('DynamicQuantizeMatMul', [t([2, 3]), filled([3, 4], 1, 'uint8'), s(0.1, 'float32'), s(0, 'uint8')]),
  ms('MatMulIntegerToFloat', [t([2, 3], 'uint8'), filled([3, 4], 1, 'uint8'), s(0.1, 'float32'), s(0.1, 'float32')]),
];

export const microsoftCases: readonly ZooCase[] = [
  ms('FusedMatMul', [t([2, 3]), t([3, 4])], { alpha: { float: 2 } }),
  ms('FusedMatMul', [t([5, 3, 2]), t([5, 4, 3])], { transA: 1, transB: 1 }),
  ms('FusedMatMul', [t([3, 5, 2, 4]), t([5, 2, 4, 6])], { transBatchA: 1 }, { name: ' moved batch' }),
  ms('FusedGemm', [t([2, 3]), t([4, 3]), t([4])], { transB: 1, activation: 'Relu' }),
  ms('MatMulNBits', [t([2, 5, 32]), filled([8, 2, 8], 1, 'uint8'), filled([16], 0.1)], { K: 32, N: 8, bits: 4, block_size: 16 }),
  ms('MatMulBnb4', [t([2, 5, 32]), filled([128], 1, 'uint8'), filled([16], 0.1)], { K: 32, N: 8, quant_type: 1, block_size: 16 }),
  ...['Gelu', 'QuickGelu', 'FastGelu'].map((type) => ms(type, [t([2, 3, 4])])),
  ms('FastGelu', [t([2, 3, 4]), t([4])]),
  ms('BiasGelu', [t([2, 3, 4]), t([4])]),
  ms('Attention', [t([2, 5, 16]), t([16, 48]), t([48])], { num_heads: 4 }),
  ms('Attention', [t([2, 5, 16]), t([16, 48]), t([48])], { num_heads: 4 }, { outputs: 2 }),
  ms('Attention', [t([2, 1, 16]), t([16, 48]), t([48]), null, t([2, 2, 4, 7, 4])], { num_heads: 4, unidirectional: 1 }, { outputs: 2 }),
  ms('Attention', [t([2, 5, 16]), t([16, 56]), t([56])], { num_heads: 4, qkv_hidden_sizes: [16, 16, 24] }),
  ms('MultiHeadAttention', [t([2, 5, 16]), t([2, 7, 16]), t([2, 7, 16])], { num_heads: 4 }),
  ms('MultiHeadAttention', [t([2, 5, 16]), t([2, 7, 16]), t([2, 7, 24])], { num_heads: 4 }),
  ms('MultiHeadAttention', [t([2, 5, 16]), t([2, 5, 16]), t([2, 5, 16]), null, null, null, t([2, 4, 3, 4]), t([2, 4, 3, 4])], { num_heads: 4 }, { outputs: 3 }),
  ms('MultiHeadAttention', [t([2, 5, 16]), t([2, 4, 7, 4]), t([2, 4, 7, 4])], { num_heads: 4 }),
  ms('GroupQueryAttention', [t([2, 1, 32]), t([2, 1, 16]), t([2, 1, 16]), t([2, 2, 8, 8]), t([2, 2, 8, 8]), v([6, 7], 'int32'), s(8, 'int32')], { num_heads: 4, kv_num_heads: 2 }, { outputs: 3 }),
  ms('GroupQueryAttention', [t([1, 6, 32]), t([1, 6, 16]), t([1, 6, 16]), null, null, v([5], 'int32'), s(6, 'int32')], { num_heads: 4, kv_num_heads: 2 }, { outputs: 3 }),
  ms('GroupQueryAttention', [t([1, 1, 64]), null, null, t([1, 2, 8, 8]), t([1, 2, 8, 8]), v([8], 'int32'), s(9, 'int32')], { num_heads: 4, kv_num_heads: 2 }, { outputs: 3 }),
  ms('RotaryEmbedding', [t([2, 4, 5, 8]), v([0]), t([10, 4]), t([10, 4])]),
  ms('RotaryEmbedding', [t([2, 5, 32]), t([2, 5], 'int64'), t([10, 4]), t([10, 4])], { num_heads: 4 }),
  ms('QAttention', [t([2, 5, 16], 'uint8'), filled([16, 48], 1, 'uint8'), t([48]), s(0.1, 'float32'), s(0.1, 'float32')], { num_heads: 4 }),
  ms('NGramRepeatBlock', [t([2, 5], 'int64', 9), t([2, 10])], { ngram_size: 2 }),
  ms('MoE', [t([6, 8]), t([6, 4]), t([4, 16, 8]), null, t([4, 8, 16])], { k: 2, activation_type: 'relu' }),
  ms('QMoE', [t([6, 32]), t([6, 4]), filled([4, 32, 16], 1, 'uint8'), filled([4, 32], 0.1), null, filled([4, 32, 16], 1, 'uint8'), filled([4, 32], 0.1)], { k: 2, activation_type: 'relu', expert_weight_bits: 4 }),
  ms('CDist', [t([4, 3]), t([5, 3])], { metric: 'euclidean' }),
  ms('MurmurHash3', [t([4, 3], 'int32')]),
  ms('MurmurHash3', [t([4, 3], 'int32')], { positive: 0 }),
  ms('Inverse', [t([4, 3, 3])]),
  ms('Trilu', [t([4, 4])]),
  ms('ExpandDims', [t([4, 3]), s(-1, 'int32')]),
  ms('Unique', [v([1, 2, 1], 'float32')], {}, { outputs: 3, open: [0, 2] }),
  ms('Range', [s(0), s(5)]),
  ms('GatherND', [t([2, 3, 4]), t([5, 2], 'int64')]),
  ms('Pad', [t([2, 3]), v([0, 1, 0, 2])]),
  ms('GatherBlockQuantized', [filled([4, 16], 1, 'uint8'), t([2, 3], 'int64'), filled([4, 2], 0.1)], { block_size: 16, bits: 4, quantize_axis: 1 }),
  ms('UnfoldTensor', [t([2, 12])], { dim: -1, size: 4, step: 2 }),
  ms('MaxpoolWithMask', [t([1, 3, 8, 8]), filled([1, 1, 8, 8], 1, 'int32')], { kernel_shape: [2, 2], strides: [2, 2] }),
  ms('Tokenizer', [v(['a b'], 'string')], { mark: 0, mincharnum: 1, pad_value: '#', separators: [' '] }, { open: [0] }),
];

export const attentionCases: readonly ZooCase[] = [
  op('Attention', [t([2, 4, 5, 8]), t([2, 4, 7, 8]), t([2, 4, 7, 8])], {}, { opset: 23 }),
  op('Attention', [t([2, 5, 32]), t([2, 7, 16]), t([2, 7, 16])], { q_num_heads: 4, kv_num_heads: 2 }, { opset: 23 }),
  op('Attention', [t([2, 5, 32]), t([2, 7, 16]), t([2, 7, 20])], { q_num_heads: 4, kv_num_heads: 2 }, { opset: 23 }),
  op('Attention', [t([2, 4, 5, 8]), t([2, 4, 7, 8]), t([2, 4, 7, 8]), null, t([2, 4, 3, 8]), t([2, 4, 3, 8])], {}, { opset: 23, outputs: 4 }),
  op('RotaryEmbedding', [t([2, 4, 5, 8]), t([10, 4]), t([10, 4]), t([2, 5], 'int64')], {}, { opset: 23 }),
];

export const mlCases: readonly ZooCase[] = [
  mlOp('Scaler', [t([2, 3])], { offset: { floats: [0] }, scale: { floats: [1] } }),
  mlOp('Normalizer', [t([2, 3])], { norm: 'L2' }),
  mlOp('Binarizer', [t([2, 3])]),
  mlOp('Imputer', [t([2, 3])], { imputed_value_floats: { floats: [0] }, replaced_value_float: { float: 1 } }),
  mlOp('LinearClassifier', [t([5, 3])], { coefficients: { floats: new Array<number>(12).fill(0.5) }, intercepts: { floats: [0, 0, 0, 0] }, classlabels_ints: [0, 1, 2, 3] }, { outputs: 2 }),
  mlOp('LinearClassifier', [t([5, 3])], { coefficients: { floats: [1, 1, 1] }, intercepts: { floats: [0] }, classlabels_ints: [0, 1] }, { outputs: 2, name: ' binary' }),
  mlOp('LinearClassifier', [t([5, 3])], { coefficients: { floats: new Array<number>(6).fill(0.5) }, intercepts: { floats: [0, 0] }, classlabels_strings: ['a', 'b'] }, { outputs: 2 }),
  mlOp('LinearRegressor', [t([5, 3])], { coefficients: { floats: [1, 1, 1, 2, 2, 2] }, targets: 2 }),
  mlOp('TreeEnsembleRegressor', [t([5, 3])], {
    n_targets: 1, nodes_falsenodeids: [2, 0, 0], nodes_featureids: [0, 0, 0], nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'], nodes_nodeids: [0, 1, 2], nodes_treeids: [0, 0, 0],
    nodes_truenodeids: [1, 0, 0], nodes_values: { floats: [0.5, 0, 0] }, target_ids: [0, 0], target_nodeids: [1, 2], target_treeids: [0, 0], target_weights: { floats: [1, 2] },
  }),
  mlOp('TreeEnsembleClassifier', [t([5, 3])], {
    nodes_falsenodeids: [2, 0, 0], nodes_featureids: [0, 0, 0], nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'], nodes_nodeids: [0, 1, 2], nodes_treeids: [0, 0, 0],
    nodes_truenodeids: [1, 0, 0], nodes_values: { floats: [0.5, 0, 0] }, class_ids: [0, 1], class_nodeids: [1, 2], class_treeids: [0, 0], class_weights: { floats: [1, 2] }, classlabels_int64s: [0, 1, 2],
  }, { outputs: 2 }),
  mlOp('SVMRegressor', [t([5, 3])], { coefficients: { floats: [1, 1] }, kernel_params: { floats: [0.1, 0, 3] }, kernel_type: 'RBF', n_supports: 2, rho: { floats: [0] }, support_vectors: { floats: [1, 2, 3, 4, 5, 6] } }),
  mlOp('LabelEncoder', [t([2, 3], 'int64')], { keys_int64s: [0, 1], values_strings: ['a', 'b'] }),
  mlOp('LabelEncoder', [t([2, 3], 'int64')], { keys_int64s: [0, 1], values_floats: { floats: [0, 1] } }),
  mlOp('OneHotEncoder', [t([2, 3], 'int64')], { cats_int64s: [0, 1, 2, 3] }),
  mlOp('ArrayFeatureExtractor', [t([4, 5]), t([3], 'int64')]),
  mlOp('ArrayFeatureExtractor', [t([5]), t([3], 'int64')]),
  mlOp('ArrayFeatureExtractor', [t([4, 5]), t([1, 2], 'int64')]),
  mlOp('FeatureVectorizer', [t([4, 2]), t([4, 3])], { inputdimensions: [2, 3] }),
  mlOp('CategoryMapper', [v(['a', 'b'], 'string', [2, 1])], { cats_int64s: [0, 1], cats_strings: ['a', 'b'] }),
];

export const textCases: readonly ZooCase[] = [
  op('StringNormalizer', [v(['a', 'b'], 'string')], { stopwords: ['a'], is_case_sensitive: 1 }, { open: [0] }),
  op('StringConcat', [v(['a', 'b'], 'string'), v(['c'], 'string')], {}, { opset: 20 }),
  op('StringSplit', [v(['a b', 'c'], 'string')], { delimiter: ' ' }, { opset: 20, outputs: 2, open: [0] }),
  op('RegexFullMatch', [v(['a', 'b'], 'string')], { pattern: 'a' }, { opset: 20 }),
  op('TfIdfVectorizer', [t([2, 6], 'int64', 9)], { max_gram_length: 2, min_gram_length: 1, max_skip_count: 0, mode: 'TF', ngram_counts: [0, 4], ngram_indexes: [0, 1, 2, 3, 4], pool_int64s: [1, 2, 3, 4, 5, 6] }),
  op('NegativeLogLikelihoodLoss', [t([3, 5]), t([3], 'int64', 5)], { reduction: 'none' }),
  op('NegativeLogLikelihoodLoss', [t([3, 5, 2]), t([3, 2], 'int64', 5)]),
  op('SoftmaxCrossEntropyLoss', [t([3, 5]), t([3], 'int64', 5)], {}, { outputs: 2 }),
];
