import { onnx } from 'onnx-proto';
import type { Attribute, OnnxGraph } from '../../src/onnx/model';
import type { InferredShapes, TensorFact } from '../../src/onnx/shapes/types';
import { fetchTensors } from './ortOracle';
import type { Feeds } from './ortOracle';

/**
 * A model whose If operators are replaced by the branches that these feeds take, so that tensors inside them can be fetched;
 * with the names of the first outputs of the operators replaced and whether the condition held.
 */
export async function withTakenBranches(bytes: Uint8Array, feeds: Feeds): Promise<{ readonly bytes: Uint8Array; readonly taken: ReadonlyMap<string, boolean> }> {
  const taken = new Map<string, boolean>();
  let current = bytes;
  for (;;) {
    const model = onnx.ModelProto.decode(current);
    const graph = model.graph!;
    const ifs = graph.node!.filter((node) => node.opType === 'If');
    if (ifs.length === 0) return { bytes: current, taken };
    const conditions = ifs.map((node) => node.input![0]!);
    const values = await fetchTensors(current, feeds, [...new Set(conditions)]);
    graph.node = graph.node!.flatMap((node) => {
      if (node.opType !== 'If') return [node];
      const held = Number((values.get(node.input![0]!)!.data as Uint8Array)[0]) !== 0;
      taken.set(node.output![0]!, held);
      const body = node.attribute!.find(({ name }) => name === (held ? 'then_branch' : 'else_branch'))!.g!;
      graph.initializer!.push(...body.initializer!);
      const links = node.output!.flatMap((name, i) => (name === '' ? [] : [{ opType: 'Identity', input: [body.output![i]!.name!], output: [name] }]));
      return [...body.node!, ...links.map((link) => onnx.NodeProto.create(link))];
    });
    current = onnx.ModelProto.encode(model).finish();
  }
}

const graphOf = (attribute: Attribute | undefined): OnnxGraph | undefined => (attribute?.kind === 'graph' ? attribute.value : undefined);

/** Facts of the main graph's tensors and of those in the branches taken. */
export function factsWithTakenBranches(graph: OnnxGraph, shapes: InferredShapes, taken: ReadonlyMap<string, boolean>): Map<string, TensorFact> {
  const facts = new Map(shapes.tensors);
  for (const node of graph.nodes) {
    const held = taken.get(node.outputs[0] ?? '');
    if (node.opType !== 'If' || held === undefined) continue;
    const body = graphOf(node.attributes.get(held ? 'then_branch' : 'else_branch'));
    const inferred = body === undefined ? undefined : shapes.bodies.get(body);
    if (body !== undefined && inferred !== undefined) for (const [name, fact] of factsWithTakenBranches(body, inferred, taken)) facts.set(name, fact);
  }
  return facts;
}
