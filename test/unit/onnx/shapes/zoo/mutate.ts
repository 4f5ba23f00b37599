import type { AttributeValue, Fed, NodeSpec, Values } from '../../../../golden/smallModels';
import type { ZooCase } from './case';

/** A whole number in [0, limit). */
export type Draw = (limit: number) => number;

function mutatedDims(dims: readonly number[], draw: Draw): number[] {
  const result = dims.map((dim) => (draw(4) === 0 ? [1, 2, 3, 4, 5, 6, 8, dim + 1][draw(8)]! : dim));
  if (draw(12) === 0) result.splice(draw(result.length + 1), 0, 1 + draw(3));
  else if (draw(12) === 0 && result.length > 0) result.splice(draw(result.length), 1);
  return result;
}

const mutatedNumber = (x: number, draw: Draw): number => [x, x + 1, x - 1, 0, 1, -1, 2][draw(7)]!;

/** Negative numbers here make ONNX Runtime abort rather than refuse. */
const touchy = new Set(['perm', 'kernel_shape', 'strides', 'dilations', 'output_shape', 'output_padding', 'shape', 'num_heads', 'hidden_size', 'blocksize', 'num_outputs']);

function mutatedAttribute(name: string, value: AttributeValue, draw: Draw): AttributeValue {
  if (value === 0 || value === 1) return draw(2);
  if (touchy.has(name)) return typeof value === 'number' ? value + draw(2) : Array.isArray(value) && name !== 'perm' ? (value as number[]).map((x) => x + (draw(3) === 0 ? 1 : 0)) : value;
  if (typeof value === 'number') return mutatedNumber(value, draw);
  if (Array.isArray(value) && value.every((x) => typeof x === 'number')) return value.map((x) => (draw(3) === 0 ? mutatedNumber(x, draw) : x));
  return value;
}

/** The case with other sizes, other small constants and other numbers in its attributes; often one that no runtime accepts. */
export function mutated(zoo: ZooCase, draw: Draw): ZooCase {
  const feeds: Record<string, Fed | Values> = {};
  for (const [name, fed] of Object.entries(zoo.feeds)) feeds[name] = { ...fed, dims: mutatedDims(fed.dims, draw) };
  const constants: Record<string, Values> = {};
  for (const [name, constant] of Object.entries(zoo.model.constants ?? {})) {
    const numeric = constant.type !== 'string' && constant.values.length <= 8 && constant.type.startsWith('int');
    constants[name] = numeric ? { ...constant, values: (constant.values as readonly number[]).map((x) => (draw(3) === 0 && Math.abs(x) < 1e6 ? mutatedNumber(x, draw) : x)) } : constant;
  }
  const nodes: NodeSpec[] = zoo.model.nodes.map((node) => ({
    ...node,
    attributes: Object.fromEntries(
      Object.entries(node.attributes ?? {}).flatMap(([name, value]): [string, AttributeValue][] => {
        if (draw(10) === 0) return [];
        return [[name, draw(2) === 0 ? mutatedAttribute(name, value, draw) : value]];
      }),
    ),
  }));
  return { ...zoo, feeds, model: { ...zoo.model, constants, nodes, inputs: zoo.model.inputs.map((input) => ({ ...input, dims: feeds[input.name]!.dims })) } };
}
