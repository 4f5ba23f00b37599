import { describe, expect, it } from 'vitest';
import type { Attribute } from '../../../src/onnx/model';
import { staleness } from '../../../src/sidecar/staleness';
import { topologyHash } from '../../../src/sidecar/topologyHash';
import type { PlacementFile } from '../../../src/sidecar/placementFile';
import { samplePlacement, sketchGraph, type NodeSketch } from './samples';

const nodes: readonly NodeSketch[] = [
  { type: 'Conv', inputs: ['x', 'w'], outputs: ['a'], attributes: { strides: { kind: 'ints', value: [2, 2] } } },
  { type: 'Relu', inputs: ['x'], outputs: ['b'] },
  { type: 'Reshape', inputs: ['a', 'target'], outputs: ['c'] },
  { type: 'Resize', inputs: ['b', '', 'scales'], outputs: ['d'] },
];
const weights = {
  w: { elementType: 'float32', shape: [2], value: [0.5, 0.25] },
  target: { elementType: 'int64', shape: [2], value: [1, -1] },
  scales: { elementType: 'float32', shape: [2], value: [1, 2] },
} as const;
const hash = (list: readonly NodeSketch[] = nodes, constants: Parameters<typeof sketchGraph>[1] = weights, bound = {}): string =>
  topologyHash(sketchGraph(list, constants), bound);
const changedNode = (at: number, change: Partial<NodeSketch>): readonly NodeSketch[] => nodes.map((node, i) => (i === at ? { ...node, ...change } : node));

describe('topologyHash', () => {
  const original = hash();

  it('is sha256 in hexadecimal and the same on every machine', () => {
    expect(original).toBe('sha256:793abcbdbf3e2bd85c9fd2832ef57dd2788964396233f272f8d3b81d922b1dcb');
  });

  it('does not change with the order of independent nodes, nor with the weights', () => {
    expect(hash([nodes[1]!, nodes[0]!, nodes[3]!, nodes[2]!])).toBe(original);
    expect(hash(nodes, { ...weights, w: { ...weights.w, value: [7, 8] } })).toBe(original);
  });

  it.each<[string, string]>([
    ['a type', hash(changedNode(1, { type: 'Sigmoid' }))],
    ['a domain', hash(changedNode(1, { domain: 'com.microsoft' }))],
    ['an attribute', hash(changedNode(0, { attributes: { strides: { kind: 'ints', value: [1, 1] } } }))],
    ['an edge', hash(changedNode(3, { inputs: ['a', '', 'scales'] }))],
    ['an output', hash(changedNode(3, { outputs: ['e'] }))],
    ['a new operator', hash([...nodes, { type: 'Relu', inputs: ['d'], outputs: ['e'] }])],
    ['the dimensions of a weight', hash(nodes, { ...weights, w: { elementType: 'float32', shape: [3] } })],
    ['the type of a weight', hash(nodes, { ...weights, w: { elementType: 'float16', shape: [2] } })],
    ['the target of a Reshape', hash(nodes, { ...weights, target: { ...weights.target, value: [2, -1] } })],
    ['the scales of a Resize', hash(nodes, { ...weights, scales: { ...weights.scales, value: [1, 4] } })],
    ['a binding', hash(nodes, weights, { batch: 1 })],
    ['a body', hash(changedNode(1, { type: 'If', bodies: [sketchGraph([{ type: 'Neg', inputs: ['x'], outputs: ['n'] }])] }))],
  ])('changes with %s', (_what, other) => {
    expect(other).not.toBe(original);
  });

  it('sees into bodies', () => {
    const withBody = (type: string): string => hash(changedNode(1, { type: 'If', bodies: [sketchGraph([{ type, inputs: ['x'], outputs: ['n'] }])] }));
    expect(withBody('Neg')).not.toBe(withBody('Abs'));
  });

  it('takes constants for weights, unless they are sizes', () => {
    const constant = (value: number, user: NodeSketch): string => {
      const attribute: Attribute = { kind: 'tensor', value: { name: '', elementType: 'float32', dims: [1], byteLength: 4, location: { kind: 'none' }, values: [value] } };
      return hash([{ type: 'Constant', inputs: [], outputs: ['k'], attributes: { value: attribute } }, user]);
    };
    const multiply: NodeSketch = { type: 'Mul', inputs: ['x', 'k'], outputs: ['y'] };
    const resize: NodeSketch = { type: 'Resize', inputs: ['x', '', 'k'], outputs: ['y'] };
    expect(constant(1, multiply)).toBe(constant(2, multiply));
    expect(constant(1, resize)).not.toBe(constant(2, resize));
  });
});

describe('staleness', () => {
  const list: readonly NodeSketch[] = [
    { type: 'Conv', inputs: ['x', 'w'], outputs: ['a'] },
    { type: 'Relu', inputs: ['a'], outputs: ['b'] },
    { type: 'Gemm', inputs: ['b', 'v'], outputs: ['c'] },
  ];
  const file = (): PlacementFile => {
    const sample = samplePlacement();
    return { ...sample, model: { ...sample.model, topology: topologyHash(sketchGraph(list), sample.model.bound) } };
  };

  it('is fresh for the model that the placement was made for', () => {
    expect(staleness(file(), sketchGraph(list))).toMatchObject({ state: 'fresh', sentence: '' });
  });

  it('counts what is new, gone and changed', () => {
    const more = [...list, { type: 'Relu', inputs: ['c'], outputs: ['d'] }, { type: 'Relu', inputs: ['d'], outputs: ['e'] }];
    expect(staleness(file(), sketchGraph(more))).toMatchObject({ state: 'stale', sentence: '2 operators are new', added: ['d', 'e'] });
    expect(staleness(file(), sketchGraph(list.slice(0, 2)))).toMatchObject({ state: 'stale', sentence: '1 operator is gone', removed: ['c'] });
    const retyped = list.map((node) => (node.outputs[0] === 'b' ? { ...node, type: 'Tanh' } : node));
    expect(staleness(file(), sketchGraph(retyped))).toMatchObject({ state: 'stale', sentence: '1 operator changed its type', retyped: ['b'] });
    const moved = list.map((node) => (node.outputs[0] === 'b' ? { ...node, attributes: { alpha: { kind: 'float', value: 1 } as const } } : node));
    expect(staleness(file(), sketchGraph(moved)).sentence).toBe('the operators are the same, but attributes or shapes changed');
  });

  it('tells a file that was edited badly from a model that changed', () => {
    const broken: PlacementFile = { ...file(), pins: [{ operator: 'ghost', device: 'a100:0' }] };
    expect(staleness(broken, sketchGraph(list))).toMatchObject({ state: 'inconsistent', sentence: 'it names 1 operator that the model does not have: "ghost"' });
    const short: PlacementFile = { ...file(), stages: file().stages.slice(0, 1) };
    expect(staleness(short, sketchGraph(list))).toMatchObject({ state: 'inconsistent', sentence: 'it leaves out 1 operator of the model: "c"' });
  });
});
