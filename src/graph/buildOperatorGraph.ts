import { bodiesOf, capturedNames } from '../onnx/bodies';
import type { OnnxGraph, OnnxModel } from '../onnx/model';
import type { InferredShapes, ShapeInference, TensorFact } from '../onnx/shapes/types';
import { isFoldable } from './foldable';
import type { Operator, OperatorGraph, Tensor } from './operatorGraph';
import { tensorBytes } from './tensorBytes';

type Building = { -readonly [K in keyof Tensor]: Tensor[K] };

/**
 * The operator graph of a model with the shapes inferred for it: one operator per node of the main graph, in the model's topological order.
 * Weights that no operator reads are left out; what the bodies of control flow read of the main graph is listed as their operator's captures.
 */
export function buildOperatorGraph(model: OnnxModel, shapes: ShapeInference): OperatorGraph {
  return graphOf(model.graph, shapes, model.opsetImports, () => undefined);
}

/** @param outer finds tensors of the graphs around this one by name */
function graphOf(graph: OnnxGraph, shapes: InferredShapes, opsets: ReadonlyMap<string, number>, outer: (name: string) => Tensor | undefined): OperatorGraph {
  const tensors: Building[] = [];
  const byName = new Map<string, Building>();
  const outputs = new Set(graph.outputs.map((value) => value.name));

  const add = (name: string, kind: Tensor['kind'], producer: number, fact: TensorFact | undefined, bytes: number | undefined): Building => {
    const elementType = fact?.elementType;
    const shape = fact?.kind === 'tensor' || fact === undefined ? fact?.shape : undefined;
    const tensor: Building = {
      index: tensors.length,
      name,
      kind,
      elementType,
      shape,
      bytes: bytes ?? tensorBytes(elementType, shape),
      producer,
      consumers: [],
      isGraphOutput: outputs.has(name),
      ...(fact?.value ? { value: fact.value } : {}),
    };
    tensors.push(tensor);
    byName.set(name, tensor);
    return tensor;
  };

  for (const input of graph.inputs) add(input.name, 'input', -1, shapes.tensors.get(input.name), undefined);
  /** The tensor of a name that is read here: of this graph, one of its weights, or one of the graphs around it (then without a producer). */
  const resolve = (name: string): Building => {
    const known = byName.get(name);
    if (known) return known;
    const weight = graph.initializers.get(name);
    if (weight) {
      const fact: TensorFact = { kind: 'tensor', elementType: weight.elementType, shape: weight.dims, ...(weight.values ? { value: weight.values } : {}) };
      return add(name, 'weight', -1, fact, tensorBytes(weight.elementType, weight.dims) ?? weight.byteLength);
    }
    const from = outer(name);
    const fact: TensorFact | undefined = from
      ? { kind: 'tensor', elementType: from.elementType, shape: from.shape, ...(from.value ? { value: from.value } : {}) }
      : shapes.tensors.get(name);
    return add(name, from?.kind === 'weight' ? 'weight' : 'input', -1, fact, from?.bytes);
  };

  /** operators whose outputs follow from weights alone */
  const constants = new Set<number>();
  const isConstant = (tensor: Tensor): boolean => tensor.kind === 'weight' || constants.has(tensor.producer);

  const operators: Operator[] = graph.nodes.map((node, index) => {
    const read = (name: string): number => {
      const tensor = resolve(name);
      const consumers = tensor.consumers as number[];
      if (consumers.at(-1) !== index) consumers.push(index);
      return tensor.index;
    };
    const inputs = node.inputs.map((name) => (name === '' ? -1 : read(name)));
    const bodies = bodiesOf(node);
    const captures = [...new Set(bodies.flatMap((body) => [...capturedNames(body)]))]
      .filter((name) => !node.inputs.includes(name))
      .map(read)
      .sort((a, b) => a - b);
    const visible = (name: string): Tensor | undefined => byName.get(name) ?? outer(name);
    const built = bodies.map((body) => graphOf(body, shapes.bodies.get(body) ?? { tensors: new Map(), bodies: new Map() }, opsets, visible));
    const written = node.outputs.map((name) => (name === '' ? -1 : add(name, 'activation', index, shapes.tensors.get(name), undefined).index));
    const present = (indices: readonly number[]): Tensor[] => indices.filter((t) => t >= 0).map((t) => tensors[t]!);
    const { foldable, constant } = isFoldable(node, present([...inputs, ...captures]), present(written), isConstant);
    if (constant) constants.add(index);
    return {
      index,
      id: node.outputs.find((name) => name !== '') ?? node.name,
      name: node.name,
      type: node.opType,
      domain: node.domain,
      attributes: node.attributes,
      inputs,
      outputs: written,
      captures,
      bodies: built,
      foldable,
    };
  });

  return {
    operators,
    tensors,
    inputs: graph.inputs.map((input) => byName.get(input.name)!.index),
    outputs: graph.outputs.flatMap((output) => byName.get(output.name)?.index ?? []),
    opsets,
  };
}
