import { describe, expect, it } from 'vitest';
import type { onnx } from 'onnx-proto';
import type { Dim } from '../../../../src/onnx/model';
import { readModel } from '../../../../src/onnx/readModel';
import { inferShapes } from '../../../../src/onnx/shapes/inferShapes';
import { knownOperators } from '../../../../src/onnx/shapes/registry';
import type { ShapeInference } from '../../../../src/onnx/shapes/types';
import { emptyTensor, encodeModel, graph, node, tensor, valueInfo } from '../../../fixtures/buildModel';
import { modelFolder } from '../../../fixtures/modelFolder';

const folder = modelFolder();
let count = 0;

function infer(parts: Parameters<typeof graph>[0], bindings: Readonly<Record<string, number>> = {}, options: Parameters<typeof encodeModel>[1] = {}): ShapeInference {
  const path = folder.save(`${count++}.onnx`, encodeModel(graph(parts), options));
  return inferShapes(readModel(path), new Map(Object.entries(bindings)));
}

const x = (shape: readonly Dim[] | undefined, name = 'x'): onnx.IValueInfoProto => valueInfo(name, 'float32', shape);
const shapeOf = (inferred: ShapeInference, name: string): readonly Dim[] | undefined => inferred.tensors.get(name)?.shape;

describe('dimensions of the inputs', () => {
  it('bound symbols become numbers everywhere', () => {
    const inferred = infer({ inputs: [x(['batch', 'sequence']), x(['batch', 3], 'z')], nodes: [node('Shape', ['x'], ['s']), node('Relu', ['z'], ['r'])] }, { batch: 2, sequence: 7 });
    expect(inferred.free).toEqual([]);
    expect(inferred.tensors.get('s')?.value).toEqual([2, 7]);
    expect(shapeOf(inferred, 'r')).toEqual([2, 3]);
    expect(inferred.unknown).toEqual([]);
  });

  it('those without a name are called after the input and axis', () => {
    const inferred = infer({ inputs: [x([2, null, 'n'])], nodes: [node('Relu', ['x'], ['y'])] });
    expect(inferred.free.map(({ symbol, occurrences }) => [symbol, occurrences])).toEqual([
      ['x.1', ['x[1]']],
      ['n', ['x[2]']],
    ]);
    expect(shapeOf(inferred, 'y')).toEqual([2, 'x.1', 'n']);
    expect(inferred.unknown).toEqual(['y']);
  });

  it('those of 0 and below are dynamic', () => {
    const inferred = infer({ inputs: [x([0, -1, 3])], nodes: [node('Relu', ['x'], ['y'])] }, { 'x.0': 4 });
    expect(inferred.free.map(({ symbol }) => symbol)).toEqual(['x.1']);
    expect(shapeOf(inferred, 'y')).toEqual([4, 'x.1', 3]);
  });

  it('may be bound to 0', () => {
    const inferred = infer({ inputs: [x(['past', 4]), x([3, 4], 'z')], nodes: [node('Concat', ['x', 'z'], ['y'], { axis: 0 })] }, { past: 0 });
    expect(shapeOf(inferred, 'y')).toEqual([3, 4]);
  });

  it('bindings that name nothing, or are no size, are warned about and left out', () => {
    const inferred = infer({ inputs: [x(['n'])], nodes: [node('Relu', ['x'], ['y'])] }, { n: -3, m: 2 });
    expect(inferred.warnings).toEqual(['dimension n: -3 is no size; it stays unbound', 'dimension m: no input of the model has it']);
    expect(inferred.free.map(({ symbol }) => symbol)).toEqual(['n']);
  });

  it('an input without a rank stays unknown', () => {
    const inferred = infer({ inputs: [x(undefined)], nodes: [node('Relu', ['x'], ['y'])] });
    expect(inferred.tensors.get('y')).toEqual({ kind: 'tensor', elementType: 'float32', shape: undefined });
    expect(inferred.unknown).toEqual(['y']);
  });

  it.each([
    ['image', ['N', 3, 'height', 'width'], 'float32', [1, 224, 224]],
    ['image', [null, null, null, 3], 'float32', [1, 224, 224]],
    ['input_ids', ['batch_size', 'sequence_length'], 'int64', [1, 128]],
    ['attention_mask', ['batch_size', 'total_sequence_length'], 'int64', [1, 128]],
    ['attention_mask', ['batch_size', 'past_sequence_length + sequence_length'], 'int64', [1, 128]],
    ['past_key_values.0.key', ['batch_size', 8, 'past_sequence_length', 64], 'float32', [1, 0]],
    ['past_key_values.0.key', [null, 8, null, 64], 'float32', [1, 0]],
    ['input_values', ['batch', 'sequence'], 'float32', [1, 16000]],
    ['audio', [null, null], 'float32', [1, 16000]],
    ['state', [2, null, 128], 'float32', [1]],
    ['features', [null, 12], 'float32', [1]],
  ] as const)('sizes offered for %s %j', (name, shape, type, expected) => {
    const inferred = infer({ inputs: [valueInfo(name, type, shape)], nodes: [node('Identity', [name], ['y'])] });
    expect(inferred.free.map(({ suggestion }) => suggestion)).toEqual(expected);
  });
});

describe('value infos of the file', () => {
  const mystery = (output: string): onnx.INodeProto => node('Mystery', ['x'], [output], {}, { domain: 'some.where' });

  it('stand in for operators that are not known', () => {
    const inferred = infer({ inputs: [x(['n', 3])], nodes: [mystery('m'), node('Relu', ['m'], ['y'])], valueInfos: [x(['n', 5], 'm')] }, { n: 2 }, { domains: { 'some.where': 1 } });
    expect(shapeOf(inferred, 'y')).toEqual([2, 5]);
    expect(inferred.warnings).toEqual(['some.where:Mystery m: the operator is not known; the shapes of its outputs are not inferred']);
  });

  it('do so only with numbers and with names that are bound', () => {
    const inferred = infer({ inputs: [x(['n', 3])], nodes: [mystery('m')], valueInfos: [x(['n', 'other', 5], 'm')] });
    expect(shapeOf(inferred, 'm')).toEqual([null, null, 5]);
  });

  it('are not believed once one of them has been found wrong', () => {
    const inferred = infer(
      { inputs: [x(['n', 3])], nodes: [node('Relu', ['x'], ['r']), mystery('m')], valueInfos: [x([1, 3], 'r'), x([1, 5], 'm')] },
      { n: 4 },
      { domains: { 'some.where': 1 } },
    );
    expect(shapeOf(inferred, 'r')).toEqual([4, 3]);
    expect(inferred.tensors.get('m')).toEqual({ kind: 'tensor', elementType: 'float32', shape: undefined });
    expect(inferred.warnings).toContain('tensor r: the file says float32[1, 3], inferred float32[4, 3]');
  });

  it('of outputs count as well', () => {
    const inferred = infer({ inputs: [x([2])], nodes: [mystery('m')], outputs: [x([7], 'm')] });
    expect(shapeOf(inferred, 'm')).toEqual([7]);
  });
});

describe('values', () => {
  it('are followed through symbols that nothing is done to', () => {
    const inferred = infer({
      inputs: [x(['b', 's', 12])],
      initializers: [tensor('target', 'int64', [4], [0, 0, 3, -1])],
      nodes: [node('Reshape', ['x', 'target'], ['split']), node('Transpose', ['split'], ['turned'], { perm: [0, 2, 1, 3] }), node('Shape', ['turned'], ['shape'])],
    });
    expect(shapeOf(inferred, 'turned')).toEqual(['b', 3, 's', 4]);
    expect(inferred.tensors.get('shape')?.value).toEqual(['b', 3, 's', 4]);
  });

  it('are partly known where some sizes are not', () => {
    const inferred = infer({
      inputs: [x([2, 3])],
      initializers: [tensor('four', 'int64', [1], [4])],
      nodes: [
        node('NonZero', ['x'], ['found']),
        node('Shape', ['found'], ['shape']),
        node('Concat', ['shape', 'four'], ['target'], { axis: 0 }),
        node('ConstantOfShape', ['target'], ['y']),
      ],
    });
    expect(inferred.tensors.get('target')?.value).toEqual([2, null, 4]);
    expect(shapeOf(inferred, 'y')).toEqual([2, null, 4]);
    expect(inferred.unknown).toEqual(['found', 'y']);
  });

  it('take the largest integer as the end of a slice', () => {
    const inferred = infer({
      inputs: [x([5, 6])],
      nodes: [
        node('Constant', [], ['start'], { value_ints: [1] }),
        node('Constant', [], ['end'], { value_ints: [Number.MAX_SAFE_INTEGER] }),
        node('Slice', ['x', 'start', 'end'], ['y']),
      ],
    });
    expect(shapeOf(inferred, 'y')).toEqual([4, 6]);
  });

  it('stop at 1,024 elements', () => {
    const inferred = infer({
      nodes: [
        node('Constant', [], ['small'], { value_ints: [1024] }),
        node('Constant', [], ['large'], { value_ints: [1025] }),
        node('ConstantOfShape', ['small'], ['followed']),
        node('ConstantOfShape', ['large'], ['left']),
      ],
    });
    expect(inferred.tensors.get('followed')?.value).toHaveLength(1024);
    expect(inferred.tensors.get('left')?.value).toBeUndefined();
    expect(shapeOf(inferred, 'left')).toEqual([1025]);
  });

  it('never overflow silently', () => {
    const inferred = infer({
      nodes: [
        node('Constant', [], ['a'], { value_ints: [2 ** 40] }),
        node('Mul', ['a', 'a'], ['product']),
        node('ConstantOfShape', ['product'], ['y']),
      ],
    });
    expect(inferred.tensors.get('product')?.value).toBeUndefined();
    expect(shapeOf(inferred, 'y')).toEqual([null]);
  });
});

describe('malformed nodes', () => {
  it.each([
    ['shapes that do not broadcast', node('Add', ['x', 'z'], ['y']), 'Add y: dimensions 3 and 4 do not broadcast'],
    ['inner dimensions that differ', node('MatMul', ['x', 'x'], ['y']), 'MatMul y: inner dimensions: 3 and 2 differ'],
    ['an axis out of range', node('Softmax', ['x'], ['q'], { axis: 9 }), null],
    ['an attribute of the wrong kind', node('Concat', ['x', 'x'], ['y'], { axis: 'one' }), 'Concat y: attribute axis is of kind string'],
    ['a permutation of too few axes', node('Transpose', ['x'], ['y'], { perm: [0] }), 'Transpose y: a permutation of 1 axes for a tensor of rank 2'],
    ['a kernel of the wrong rank', node('MaxPool', ['image'], ['y'], { kernel_shape: [2] }), 'MaxPool y: a kernel of 1 axes over a tensor of rank 4'],
    ['no attribute at all', node('MaxPool', ['image'], ['y']), 'MaxPool y: no kernel_shape'],
    ['no inputs at all', node('MatMul', [], ['y']), null],
  ] as const)('%s: a warning, and an unknown output', (_, bad, warning) => {
    const inferred = infer({ inputs: [x([2, 3]), x([4], 'z'), x([1, 1, 5, 5], 'image')], nodes: [bad, node('Relu', ['x'], ['after'])] });
    expect(inferred.warnings).toEqual(warning === null ? [] : [warning]);
    if (warning !== null) expect(inferred.unknown).toEqual(['y']);
    expect(shapeOf(inferred, 'after')).toEqual([2, 3]);
  });

  it('dimensions beyond all memory do not become numbers', () => {
    const inferred = infer({ inputs: [x([2 ** 52, 2 ** 52], 'w')], nodes: [node('Flatten', ['w'], ['y'], { axis: 0 }), node('Size', ['w'], ['n'])] });
    expect(shapeOf(inferred, 'y')).toEqual([1, null]);
    expect(inferred.tensors.get('n')?.value).toBeUndefined();
  });

  it('tensors of absurd rank are unknown', () => {
    const inferred = infer({ inputs: [x(new Array<number>(500).fill(1))], nodes: [node('Relu', ['x'], ['y'])] });
    expect(inferred.warnings).toEqual(['tensor x: a tensor of rank 500']);
    expect(shapeOf(inferred, 'y')).toBeUndefined();
  });
});

describe('bodies', () => {
  it('have facts of their own', () => {
    const body = graph({ nodes: [node('Concat', ['x', 'x'], ['inner'], { axis: 0 })], outputs: [x(undefined, 'inner')] });
    const inferred = infer({
      inputs: [x([2, 3]), valueInfo('c', 'bool', [])],
      nodes: [node('If', ['c'], ['y'], { then_branch: body, else_branch: body })],
    });
    expect([...inferred.bodies.values()].map(({ tensors }) => tensors.get('inner')?.shape)).toEqual([[4, 3], [4, 3]]);
    expect(shapeOf(inferred, 'y')).toEqual([4, 3]);
  });

  it('that cannot run on inputs of these sizes are not the branch taken', () => {
    const convolution = (weight: string, name: string): onnx.IGraphProto => graph({ nodes: [node('Conv', ['x', weight], [name])], outputs: [x(undefined, name)] });
    const parts = {
      inputs: [x([1, 1, 'n']), valueInfo('c', 'bool', [])],
      initializers: [emptyTensor('long', 'float32', [4, 1, 9]), emptyTensor('short', 'float32', [4, 1, 3])],
      nodes: [node('If', ['c'], ['y'], { then_branch: convolution('long', 'a'), else_branch: convolution('short', 'b') })],
    };
    expect(shapeOf(infer(parts, { n: 5 }), 'y')).toEqual([1, 4, 3]);
    expect(shapeOf(infer(parts, { n: 20 }), 'y')).toEqual([1, 4, null]);
  });

  it('of loops within loops take bounded time', () => {
    let body = graph({ nodes: [node('Identity', ['go'], ['on']), node('Concat', ['s', 's'], ['t'], { axis: 0 })], outputs: [valueInfo('on', 'bool', []), x(undefined, 't')] });
    const loopInputs = [valueInfo('i', 'int64', []), valueInfo('go', 'bool', []), x(undefined, 's')];
    body = { ...body, input: loopInputs };
    for (let depth = 0; depth < 20; depth++) {
      body = {
        ...graph({
          nodes: [node('Identity', ['true'], ['on']), node('Loop', ['trips', 'true', 's'], ['t'], { body })],
          outputs: [valueInfo('on', 'bool', []), x(undefined, 't')],
        }),
        input: loopInputs,
      };
    }
    const inferred = infer({
      inputs: [x([2])],
      initializers: [tensor('true', 'bool', [], [1]), tensor('trips', 'int64', [], [10])],
      nodes: [node('Loop', ['trips', 'true', 'x'], ['y'], { body })],
    });
    expect(inferred.tensors.get('y')?.shape ?? [null]).toEqual([null]);
  });
});

describe('operators', () => {
  it('of the default domain up to version 24 all have rules', () => {
    const operators =
      'Abs Acos Acosh Add AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool BatchNormalization Bernoulli BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Cast ' +
      'CastLike Ceil Celu CenterCropPad Clip Col2Im Compress Concat ConcatFromSequence Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh CumSum DFT DeformConv DepthToSpace DequantizeLinear Det ' +
      'Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual ' +
      'GridSample GroupNormalization HammingWindow HannWindow HardSigmoid HardSwish Hardmax Identity If ImageDecoder InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log ' +
      'LogSoftmax Loop LpNormalization LpPool MatMul MatMulInteger Max MaxPool MaxRoiPool MaxUnpool Mean MeanVarianceNormalization MelWeightMatrix Min Mish Mod Mul Multinomial Neg NegativeLogLikelihoodLoss ' +
      'NonMaxSuppression NonZero Not OneHot Optional OptionalGetElement OptionalHasElement Or PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear RMSNormalization RNN RandomNormal RandomNormalLike ' +
      'RandomUniform RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare RegexFullMatch Relu Reshape Resize ' +
      'ReverseSequence RoiAlign RotaryEmbedding Round STFT Scan Scatter ScatterElements ScatterND Selu SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength SequenceMap Shape ' +
      'Shrink Sigmoid Sign Sin Sinh Size Slice Softmax SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split SplitToSequence Sqrt Squeeze StringConcat StringNormalizer StringSplit Sub Sum Swish Tan Tanh ' +
      'TensorScatter TfIdfVectorizer ThresholdedRelu Tile TopK Transpose Trilu Unique Unsqueeze Upsample Where Xor';
    const known = new Set(knownOperators());
    expect(operators.split(' ').filter((type) => !known.has(`:${type}`))).toEqual([]);
  });
});
