import { END, op, s, t, v } from './case';
import type { ZooCase } from './case';
import type { Values } from '../../../../golden/smallModels';

const whole = v([6, -7, 0, 5, 9, -1], 'int64', [2, 3]);
const fractions = v([0.5, 1.5, 2.5, -0.5, -1.2, 7.9], 'float32', [2, 3]);
const flags = v([1, 0, 1], 'bool');

/** Operators whose elements are followed, on constants: what is inferred must be the elements that a run gives. */
export const valueCases: readonly ZooCase[] = [
  ...['Abs', 'Neg', 'Sign'].flatMap((type) => [op(type, [whole]), op(type, [fractions])]),
  ...['Floor', 'Ceil', 'Round', 'Reciprocal', 'Relu'].map((type) => op(type, [fractions])),
  op('Sqrt', [v([0, 1, 2, 4, 0.3], 'float32')]),
  op('Not', [flags]),
  ...['Add', 'Sub', 'Mul', 'Div', 'Mod', 'Min', 'Max', 'Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual'].map((type) => op(type, [whole, v([3, -2, 4])])),
  ...['Add', 'Sub', 'Mul', 'Div', 'Min', 'Max', 'Less', 'Equal', 'Pow'].map((type) => op(type, [fractions, v([0.3, -2, 3], 'float32')])),
  op('Mod', [whole, v([3, -2, 4])], { fmod: 1 }),
  op('Pow', [whole, v([2, 3, 1])]),
  op('Div', [v([7, -7, 7, -7], 'int32'), v([2, 2, -2, -2], 'int32')]),
  ...['And', 'Or', 'Xor'].map((type) => op(type, [flags, v([1, 1, 0], 'bool')])),
  op('Sum', [fractions, v([1, 2, 3], 'float32'), s(4, 'float32')]),
  op('Where', [flags, v([1, 2, 3]), v([4], 'int64', [1])]),
  op('Cast', [fractions], { to: 7 }),
  op('Cast', [fractions], { to: 9 }),
  op('Cast', [whole], { to: 1 }),
  op('Cast', [whole], { to: 9 }),
  op('Cast', [whole], { to: 6 }),
  op('Cast', [v([16777217, 3])], { to: 1 }),
  op('CastLike', [fractions, v([1], 'int32')]),
  op('Clip', [fractions, s(0, 'float32'), s(2, 'float32')]),
  op('Identity', [whole]),
  op('Dropout', [fractions]),
  op('Gather', [whole, v([1, -1])], { axis: 1 }),
  op('Gather', [whole, s(1)]),
  op('Gather', [v([5, 6, 7]), v([2, 0], 'int64', [2, 1])]),
  op('GatherElements', [whole, v([1, 0, 1], 'int64', [1, 3])]),
  op('GatherElements', [whole, v([1, -1], 'int64', [2, 1])], { axis: 1 }),
  op('GatherND', [whole, v([1, 2, 0, 0], 'int64', [2, 2])]),
  op('GatherND', [whole, v([1], 'int64', [1, 1])]),
  op('ScatterElements', [v([1, 2, 3, 4]), v([2, -1]), v([7, 8])]),
  op('ScatterElements', [whole, v([0, 1, 1], 'int64', [1, 3]), v([7, 8, 9], 'int64', [1, 3])]),
  op('ScatterND', [v([1, 2, 3, 4]), v([2, 0], 'int64', [2, 1]), v([7, 8])]),
  op('ScatterND', [whole, v([1], 'int64', [1, 1]), v([7, 8, 9], 'int64', [1, 3])]),
  op('Slice', [whole, v([1]), v([END]), v([1])]),
  op('Slice', [whole, v([-1, 0]), v([-END, 2]), v([1, 0]), v([-2, 1])]),
  op('Slice', [v([1, 2, 3, 4, 5, 6]), v([4]), v([0]), v([0]), v([-2])]),
  op('Concat', [whole, v([1, 2], 'int64', [2, 1])], { axis: 1 }),
  op('Concat', [v([1]), v([2, 3]), v([])], { axis: 0 }),
  op('Split', [whole, v([1, 2])], { axis: 1 }, { outputs: 2 }),
  op('Split', [v([1, 2, 3, 4])], { num_outputs: 2 }, { outputs: 2 }),
  op('Squeeze', [v([4], 'int64', [1]), v([0])]),
  op('Unsqueeze', [s(4), v([0])]),
  op('Reshape', [whole, v([3, -1])]),
  op('Flatten', [whole], { axis: 0 }),
  op('Transpose', [whole]),
  op('Transpose', [v([1, 2, 3, 4, 5, 6, 7, 8], 'int64', [2, 2, 2])], { perm: [1, 2, 0] }),
  op('Expand', [v([1, 2], 'int64', [2, 1]), v([2, 2, 3])]),
  op('Tile', [whole, v([2, 2])]),
  op('ReduceProd', [whole]),
  op('ReduceProd', [v([2, 3, 4]), v([0])], { keepdims: 0 }),
  op('ReduceSum', [whole, v([0])]),
  op('ReduceMin', [whole, v([-1])], { keepdims: 0 }),
  op('ReduceMax', [whole, v([0, 1])]),
  op('ArgMax', [v([1, 7, 3, 7])], { keepdims: 0 }),
  op('ArgMin', [v([1, 7, 1, 3])], { select_last_index: 1 }),
  op('NonZero', [whole]),
  op('Range', [s(3), s(20), s(4)]),
  op('Range', [s(0, 'float32'), s(2, 'float32'), s(0.25, 'float32')]),
  op('ConstantOfShape', [v([2, 2])], { value: { tensor: v([-1]) } }),
  op('Shape', [t([2, 3, 5])]),
  op('Shape', [t([2, 3, 5])], { start: 1 }),
  op('Size', [t([2, 3, 5])]),
  op('Constant', [], { value_ints: [3, 4] }),
];

type Node = ZooCase['model']['nodes'][number];

/** A model of several operators; the inputs are floats. */
function graph(name: string, inputs: Readonly<Record<string, readonly number[]>>, constants: Readonly<Record<string, Values>>, nodes: readonly Node[], open: readonly string[] = [], opset = 17): ZooCase {
  const feeds = Object.fromEntries(Object.entries(inputs).map(([input, dims]) => [input, t(dims)]));
  const outputs = nodes.at(-1)!.outputs.filter((output) => output !== '');
  return { name, model: { opset, inputs: Object.entries(inputs).map(([input, dims]) => ({ name: input, type: 'float32', dims })), constants, nodes, outputs }, feeds, open };
}

const n = (type: string, inputs: string, outputs: string, attributes: Node['attributes'] = {}): Node => ({
  op: type,
  inputs: inputs.split(' ').map((name) => (name === '-' ? '' : name)),
  outputs: outputs.split(' '),
  attributes: attributes ?? {},
});

/** Chains that exporters write to compute shapes. */
export const chainCases: readonly ZooCase[] = [
  graph('heads of an attention by Shape, Gather, Concat and Reshape', { x: [2, 5, 12] }, { zero: s(0), one: s(1), axis: v([0]), heads: v([3]), minus: v([-1]) }, [
    n('Shape', 'x', 'shape'),
    n('Gather', 'shape zero', 'batch'),
    n('Gather', 'shape one', 'sequence'),
    n('Unsqueeze', 'batch axis', 'batch1'),
    n('Unsqueeze', 'sequence axis', 'sequence1'),
    n('Concat', 'batch1 sequence1 heads minus', 'target', { axis: 0 }),
    n('Reshape', 'x target', 'split'),
    n('Transpose', 'split', 'turned', { perm: [0, 2, 1, 3] }),
    n('Transpose', 'turned', 'back', { perm: [0, 2, 1, 3] }),
    n('Concat', 'batch1 sequence1 minus', 'flat', { axis: 0 }),
    n('Reshape', 'back flat', 'y'),
  ]),
  graph('an expansion that spares sizes of -1', { x: [1, 4] }, { asked: v([3, -1]), ones: v([1, 1]), minus: s(-1) }, [
    n('Equal', 'asked minus', 'open'),
    n('Where', 'open ones asked', 'target'),
    n('Expand', 'x target', 'y'),
  ]),
  graph('pads turned around by Reshape, Slice and Transpose', { x: [2, 3, 4] }, { pads: v([1, 2, 0, 1]), rest: v([2]), pair: v([-1, 2]), minus1: v([-1]), far: v([-END]), axis: v([0]), all: v([-1]) }, [
    n('ConstantOfShape', 'rest', 'zeros', { value: { tensor: v([0]) } }),
    n('Concat', 'pads zeros', 'full', { axis: 0 }),
    n('Reshape', 'full pair', 'pairs'),
    n('Slice', 'pairs minus1 far axis minus1', 'reversed'),
    n('Transpose', 'reversed', 'turned', { perm: [1, 0] }),
    n('Reshape', 'turned all', 'ready'),
    n('Pad', 'x ready', 'y'),
  ]),
  graph('an upsampling by half the sizes', { x: [1, 2, 6, 7] }, { two: v([2]), four: v([4]), zero: v([0]), twice: v([2]), none: v([], 'float32') }, [
    n('Shape', 'x', 'shape'),
    n('Slice', 'shape two four zero', 'sides'),
    n('Mul', 'sides twice', 'larger'),
    n('Slice', 'shape zero two zero', 'outer'),
    n('Concat', 'outer larger', 'sizes', { axis: 0 }),
    n('Resize', 'x - - sizes', 'y', { mode: 'nearest' }),
  ]),
  graph('scales computed by Cast and Div', { x: [1, 2, 6, 7] }, { sides: v([9, 14]), two: v([2]), four: v([4]), zero: v([0]), ones: v([1, 1], 'float32') }, [
    n('Shape', 'x', 'shape'),
    n('Slice', 'shape two four zero', 'now'),
    n('Cast', 'now', 'nowFloat', { to: 1 }),
    n('Cast', 'sides', 'sidesFloat', { to: 1 }),
    n('Div', 'sidesFloat nowFloat', 'ratio'),
    n('Concat', 'ones ratio', 'scales', { axis: 0 }),
    n('Resize', 'x - scales', 'y', { mode: 'nearest' }),
  ]),
  graph('a causal mask by Range', { x: [2, 5] }, { zero: s(0), one: s(1), axis: v([0]), axis1: v([1]) }, [
    n('Shape', 'x', 'shape'),
    n('Gather', 'shape one', 'length'),
    n('Range', 'zero length one', 'positions'),
    n('Unsqueeze', 'positions axis', 'row'),
    n('Unsqueeze', 'positions axis1', 'column'),
    n('LessOrEqual', 'row column', 'mask'),
    n('Trilu', 'mask', 'upper'),
    n('Cast', 'upper', 'y', { to: 1 }),
  ]),
  graph('windows by a division of sizes', { x: [1, 8, 12, 4] }, { zero: s(0), one: s(1), two: s(2), three: s(3), size: s(4), sizeVector: v([4]), axis: v([0]), minus: v([-1]) }, [
    n('Shape', 'x', 'shape'),
    n('Gather', 'shape zero', 'batch'),
    n('Gather', 'shape one', 'height'),
    n('Gather', 'shape two', 'width'),
    n('Gather', 'shape three', 'channels'),
    n('Div', 'height size', 'rows'),
    n('Div', 'width size', 'columns'),
    n('Unsqueeze', 'batch axis', 'b'),
    n('Unsqueeze', 'rows axis', 'r'),
    n('Unsqueeze', 'columns axis', 'k'),
    n('Unsqueeze', 'channels axis', 'ch'),
    n('Concat', 'b r sizeVector k sizeVector ch', 'target', { axis: 0 }),
    n('Reshape', 'x target', 'tiles'),
    n('Transpose', 'tiles', 'turned', { perm: [0, 1, 3, 2, 4, 5] }),
    n('Concat', 'minus sizeVector sizeVector ch', 'target2', { axis: 0 }),
    n('Reshape', 'turned target2', 'y'),
  ]),
  graph('a cache that grows by the new tokens, and a mask cut to fit', { x: [2, 3, 8], past: [2, 2, 6, 4] }, {
    two: s(2), axis: v([0]), axis2: v([2]), axis3: v([3]), heads: v([0, 0, 2, -1]), one: s(1), minus2: s(-2), side: v([1, 1, 16, 16]), flat: v([0, 0, -1]), step: v([1]),
  }, [
    n('Reshape', 'x heads', 'split'),
    n('Transpose', 'split', 'key', { perm: [0, 2, 1, 3] }),
    n('Concat', 'past key', 'present', { axis: -2 }),
    n('Transpose', 'present', 'turned', { perm: [0, 1, 3, 2] }),
    n('MatMul', 'key turned', 'scores'),
    n('Shape', 'present', 'presentShape'),
    n('Gather', 'presentShape minus2', 'total'),
    n('Shape', 'x', 'xShape'),
    n('Gather', 'xShape one', 'new'),
    n('Sub', 'total new', 'from'),
    n('Unsqueeze', 'from axis', 'from1'),
    n('Unsqueeze', 'total axis', 'total1'),
    n('ConstantOfShape', 'side', 'ones', { value: { tensor: v([1], 'float32') } }),
    n('Trilu', 'ones', 'lower', { upper: 0 }),
    n('Slice', 'lower from1 total1 axis2 step', 'rows'),
    n('Slice', 'rows axis total1 axis3 step', 'mask'),
    n('Mul', 'scores mask', 'masked'),
    n('Softmax', 'masked', 'weights', { axis: -1 }),
    n('MatMul', 'weights present', 'mixed'),
    n('Transpose', 'mixed', 'back', { perm: [0, 2, 1, 3] }),
    n('Reshape', 'back flat', 'y'),
  ]),
  graph('copied sizes and what is left', { x: [2, 5, 12] }, { target: v([0, 0, 4, -1]), flat: v([0, -1]) }, [n('Reshape', 'x target', 'a'), n('Reshape', 'a flat', 'y')]),
  graph('data decide', { x: [6] }, { zero: v([0]), axis: v([0]) }, [n('NonZero', 'x', 'indices'), n('Squeeze', 'indices axis', 'list'), n('Gather', 'x list', 'y')], ['y', 'indices', 'list']),
];

const body = (nodes: readonly Node[], outputs: readonly string[], inputs: NonNullable<ZooCase['model']['inputs']> = [], constants: Readonly<Record<string, Values>> = {}) => ({ graph: { nodes, inputs, outputs, constants } });

const loopInputs = (dims: readonly number[] | undefined) => [
  { name: 'i', type: 'int64' as const, dims: [] },
  { name: 'go', type: 'bool' as const, dims: [] },
  { name: 'state', type: 'float32' as const, ...(dims === undefined ? {} : { dims }) },
];

export const controlFlowCases: readonly ZooCase[] = [
  graph('If whose branches agree', { x: [2, 3] }, { which: s(1, 'bool') }, [
    n('Identity', 'which', 'condition'),
    n('If', 'condition', 'y', { then_branch: body([n('Relu', 'x', 'a')], ['a']), else_branch: body([n('Neg', 'x', 'b')], ['b']) }),
  ]),
  graph('If whose condition is known', { x: [2, 3] }, { which: s(1, 'bool'), target: v([6]) }, [
    n('If', 'which', 'y', { then_branch: body([n('Reshape', 'x target', 'a')], ['a']), else_branch: body([n('Neg', 'x', 'b')], ['b']) }),
  ]),
  graph('If whose condition depends on data', { x: [2, 3] }, { limit: s(9, 'float32'), axes: v([0, 1]) }, [
    n('ReduceMax', 'x', 'top', { keepdims: 0 }),
    n('Less', 'top limit', 'condition'),
    n('If', 'condition', 'y', { then_branch: body([n('Identity', 'x', 'a')], ['a']), else_branch: body([n('Concat', 'x x', 'b', { axis: 0 })], ['b']) }),
  ], ['y']),
  graph('If of ranks that differ', { x: [1, 3] }, { limit: s(9, 'float32'), axes: v([0]) }, [
    n('ReduceMax', 'x', 'top', { keepdims: 0 }),
    n('Less', 'top limit', 'condition'),
    n('If', 'condition', 'y', { then_branch: body([n('Squeeze', 'x axes', 'a')], ['a']), else_branch: body([n('Identity', 'x', 'b')], ['b']) }),
  ], ['y']),
  graph('Loop of a fixed number of rounds with scan outputs', { x: [2, 3] }, { trips: s(4), yes: s(1, 'bool') }, [
    n('Loop', 'trips yes x', 'last all', { body: body([n('Relu', 'state', 'next'), n('Identity', 'go', 'on'), n('ReduceSum', 'state', 'row', { keepdims: 0 })], ['on', 'next', 'row'], loopInputs([2, 3])) }),
  ], ['all']),
  graph('Loop that goes on for certain', { x: [2, 3] }, { trips: s(4), yes: s(1, 'bool') }, [
    n('Loop', 'trips yes x', 'last all', { body: body([n('Relu', 'state', 'next'), n('Identity', 'true', 'on'), n('Identity', 'state', 'row')], ['on', 'next', 'row'], loopInputs([2, 3]), { true: s(1, 'bool') }) }),
  ]),
  graph('Loop that grows what it carries', { x: [2, 3] }, { trips: s(3), yes: s(1, 'bool') }, [
    n('Loop', 'trips yes x', 'last', { body: body([n('Concat', 'state x', 'next', { axis: 0 }), n('Identity', 'true', 'on')], ['on', 'next'], loopInputs(undefined), { true: s(1, 'bool') }) }),
  ]),
  graph('Loop that grows for as long as the data want', { x: [2, 3] }, { trips: s(3), limit: s(9, 'float32'), yes: s(1, 'bool') }, [
    n('Loop', 'trips yes x', 'last', {
      body: body([n('Concat', 'state x', 'next', { axis: 0 }), n('ReduceMax', 'state', 'top', { keepdims: 0 }), n('Less', 'top limit', 'on')], ['on', 'next'], loopInputs(undefined)),
    }),
  ], ['last']),
  graph('Loop that never runs', { x: [2, 3] }, { trips: s(0) }, [
    n('Loop', 'trips - x', 'last all', { body: body([n('Concat', 'state x', 'next', { axis: 0 }), n('Identity', 'go', 'on'), n('Identity', 'x', 'row')], ['on', 'next', 'row'], loopInputs(undefined)) }),
  ]),
  graph('Scan over the first axis', { x: [5, 3], init: [3] }, {}, [
    n('Scan', 'init x', 'last all', {
      num_scan_inputs: 1,
      body: body([n('Add', 'state step', 'next'), n('Identity', 'next', 'row')], ['next', 'row'], [{ name: 'state', type: 'float32', dims: [3] }, { name: 'step', type: 'float32', dims: [3] }]),
    }),
  ]),
  graph('Scan over the second axis, stacked behind', { x: [3, 5], init: [3] }, {}, [
    n('Scan', 'init x', 'last all', {
      num_scan_inputs: 1, scan_input_axes: [1], scan_output_axes: [1],
      body: body([n('Add', 'state step', 'next'), n('Identity', 'next', 'row')], ['next', 'row'], [{ name: 'state', type: 'float32', dims: [3] }, { name: 'step', type: 'float32', dims: [3] }]),
    }),
  ]),
];

/** Sequences cannot be fetched, so each case ends in a tensor. */
export const sequenceCases: readonly ZooCase[] = [
  graph('an element of a constructed sequence', { x: [2, 3], z: [2, 3] }, { one: s(1) }, [n('SequenceConstruct', 'x z', 'list'), n('SequenceAt', 'list one', 'y')]),
  graph('an element of a mixed sequence', { x: [2, 3], z: [4, 3] }, { one: s(1) }, [n('SequenceConstruct', 'x z', 'list'), n('SequenceAt', 'list one', 'y')], ['y']),
  graph('the length of a sequence', { x: [2, 3] }, {}, [n('SequenceConstruct', 'x x', 'list'), n('SequenceLength', 'list', 'y')]),
  graph('parts of equal size', { x: [6, 3] }, { size: s(2), at: s(0) }, [n('SplitToSequence', 'x size', 'list', { axis: 0 }), n('SequenceAt', 'list at', 'y')]),
  graph('parts with a smaller last one', { x: [7, 3] }, { size: s(2), at: s(3) }, [n('SplitToSequence', 'x size', 'list', { axis: 0 }), n('SequenceAt', 'list at', 'y')], ['y']),
  graph('parts of sizes given', { x: [7, 3] }, { size: v([3, 4]), at: s(0) }, [n('SplitToSequence', 'x size', 'list', { axis: 0 }), n('SequenceAt', 'list at', 'y')], ['y']),
  graph('rows of a tensor', { x: [4, 3] }, { at: s(0) }, [n('SplitToSequence', 'x', 'list', { axis: 0, keepdims: 0 }), n('SequenceAt', 'list at', 'y')]),
  graph('a sequence joined', { x: [4, 3] }, {}, [n('SequenceConstruct', 'x x x', 'list'), n('ConcatFromSequence', 'list', 'y', { axis: 1 })], ['y']),
  graph('a sequence stacked', { x: [4, 3] }, {}, [n('SequenceConstruct', 'x x x', 'list'), n('ConcatFromSequence', 'list', 'y', { axis: 1, new_axis: 1 })], ['y']),
  graph('a sequence that grew and shrank', { x: [4, 3], z: [4, 3] }, { at: s(0) }, [
    n('SequenceConstruct', 'x', 'one'), n('SequenceInsert', 'one z', 'two'), n('SequenceErase', 'two at', 'three'), n('SequenceAt', 'three at', 'y'),
  ]),
  graph('an optional', { x: [4, 3] }, {}, [n('Optional', 'x', 'maybe'), n('OptionalGetElement', 'maybe', 'y')]),
  graph('whether an optional is there', { x: [4, 3] }, {}, [n('Optional', 'x', 'maybe'), n('OptionalHasElement', 'maybe', 'y')]),
];
