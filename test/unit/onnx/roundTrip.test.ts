import fc from 'fast-check';
import { onnx } from 'onnx-proto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bodiesOf, capturedNames } from '../../../src/onnx/bodies';
import type { OnnxGraph } from '../../../src/onnx/model';
import { readModel } from '../../../src/onnx/readModel';
import { encodeModel, graph, node, tensor, valueInfo } from '../../fixtures/buildModel';
import { modelFolder } from '../../fixtures/modelFolder';

const folder = modelFolder();

/** What a random node is made of; numbers choose among what exists at that point. */
interface Plan {
  readonly opType: string;
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: number;
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
  readonly weight: readonly number[] | undefined;
  readonly body: readonly Plan[];
}

const identifier = fc.stringMatching(/^[a-zA-Z_/.:0-9é]{1,8}$/);
const plan: fc.Arbitrary<readonly Plan[]> = fc.letrec<{ plans: readonly Plan[] }>((tie) => ({
  plans: fc.array(
    fc.record({
      opType: fc.constantFrom('Add', 'Relu', 'Conv', 'Custom'),
      name: fc.oneof(fc.constant(''), identifier),
      inputs: fc.array(fc.nat(1000), { maxLength: 4 }),
      outputs: fc.integer({ min: 1, max: 3 }),
      attributes: fc.dictionary(identifier, fc.oneof(fc.integer(), fc.string(), fc.array(fc.integer(), { minLength: 1, maxLength: 5 })), { maxKeys: 3, noNullPrototype: true }),
      weight: fc.option(fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 6 }), { nil: undefined }),
      body: fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.constant([]), tie('plans')),
    }),
    { minLength: 1, maxLength: 6 },
  ),
})).plans;

/** Builds a graph by a plan; `outer` are the names of the graphs around it that its nodes may read as well. */
function build(plans: readonly Plan[], prefix: string, outer: readonly string[]): onnx.IGraphProto {
  const names = [...outer, `${prefix}x`];
  const initializers: onnx.ITensorProto[] = [];
  const nodes = plans.map((p, i) => {
    const inputs = p.inputs.map((n) => (n % 7 === 0 ? '' : names[n % names.length]!));
    if (p.weight) {
      initializers.push(tensor(`${prefix}w${i}`, 'float32', [p.weight.length], p.weight));
      inputs.push(`${prefix}w${i}`);
    }
    const body = p.body.length > 0 ? { body: build(p.body, `${prefix}${i}.`, names) } : {};
    const outputs = Array.from({ length: p.outputs }, (_, k) => `${prefix}t${i}.${k}`);
    names.push(...outputs);
    return node(p.opType, inputs, outputs, { ...p.attributes, ...body }, { name: p.name });
  });
  return graph({ name: prefix, nodes, initializers, inputs: [valueInfo(`${prefix}x`, 'float32', ['n', 3, null])], outputs: [valueInfo(names.at(-1)!)] });
}

/** The parts of a graph that both sides have, nodes by their first output. */
function summary(g: OnnxGraph): unknown {
  return {
    name: g.name,
    inputs: g.inputs, outputs: g.outputs.map((o) => o.name),
    initializers: [...g.initializers.values()].map(({ name, dims, values }) => ({ name, dims, values })),
    nodes: Object.fromEntries(g.nodes.map((n) => [n.outputs[0], {
      ...n, range: undefined, metadata: undefined, deviceConfigurations: undefined,
      attributes: Object.fromEntries([...n.attributes].map(([k, a]) => [k, a.kind === 'graph' ? summary(a.value) : a])),
    }])),
  };
}
function expected(g: onnx.IGraphProto): unknown {
  return {
    name: g.name,
    inputs: g.input!.map((i) => ({ name: i.name, type: { kind: 'tensor', elementType: 'float32', shape: ['n', 3, null] } })), outputs: g.output!.map((o) => o.name),
    initializers: g.initializer!.map((t) => ({ name: t.name, dims: t.dims, values: Array.from(new Float32Array(Uint8Array.from(t.rawData!).buffer)) })),
    nodes: Object.fromEntries(g.node!.map((n) => [n.output![0], {
      name: n.name, opType: n.opType, domain: '', inputs: n.input, outputs: n.output, range: undefined, metadata: undefined, deviceConfigurations: undefined,
      attributes: Object.fromEntries(n.attribute!.map((a) => [a.name, a.g ? expected(a.g) : a.i !== undefined ? { kind: 'int', value: a.i } : a.s ? { kind: 'string', value: Buffer.from(a.s).toString() } : { kind: 'ints', value: a.ints }])),
    }])),
  };
}

/** Whether every operator comes after those whose tensors it or its bodies read. */
function isSorted(g: OnnxGraph, outer: ReadonlySet<string>): boolean {
  const made = new Set([...outer, ...g.initializers.keys(), ...g.inputs.map((i) => i.name), '']);
  return g.nodes.every((n) => {
    const bodies = bodiesOf(n);
    const ready = n.inputs.every((i) => made.has(i)) && bodies.every((b) => [...capturedNames(b)].every((c) => made.has(c)) && isSorted(b, made));
    n.outputs.forEach((o) => made.add(o));
    return ready;
  });
}

const shuffled = (g: onnx.IGraphProto, order: (a: number) => number): onnx.IGraphProto => ({
  ...g,
  node: g.node!.map((n, i) => ({ n, key: order(i) })).sort((a, b) => a.key - b.key).map(({ n }) => n),
});

it('random models read as they were built, whatever the order of their nodes', () => {
  fc.assert(
    fc.property(plan, fc.infiniteStream(fc.nat()), (plans, keys) => {
      const built = build(plans, '', []);
      const file = folder.save('random.onnx', encodeModel(built));
      const model = readModel(file);
      expect(summary(model.graph)).toEqual(expected(built));
      expect(model.graph.nodes.map((n) => n.outputs[0])).toEqual(built.node!.map((n) => n.output![0]));
      const bytes = readFileSync(file);
      for (const n of model.graph.nodes) {
        const record = onnx.GraphProto.decode(bytes.subarray(n.range!.offset, n.range!.offset + n.range!.length)).node[0]!;
        expect(record.output).toEqual(n.outputs);
      }
      const again = readModel(folder.save('shuffled.onnx', encodeModel(shuffled(built, () => keys.next().value as number))));
      expect(summary(again.graph)).toEqual(expected(built));
      expect(isSorted(again.graph, new Set())).toBe(true);
    }),
    { numRuns: 300 },
  );
});
