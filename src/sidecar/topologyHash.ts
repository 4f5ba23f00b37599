import { createHash } from 'node:crypto';
import type { Attribute, TensorRef } from '../onnx/model';
import type { Operator, OperatorGraph, Tensor } from '../graph/operatorGraph';

/** Changes whenever the digest of an unchanged model would change. */
const RECIPE = 'stagewright-topology-1';

/** Inputs whose floating-point values are sizes in disguise: operator type to the positions of its inputs. */
const FLOAT_SIZES: Readonly<Record<string, readonly number[]>> = { Resize: [1, 2], Upsample: [1], Range: [0, 1, 2] };

/** Longest list of numbers whose values are hashed: longer ones are tables and weights, of which the length is hashed. */
const MAX_LISTED = 1024;

/**
 * A digest of what a placement depends on: `sha256:` and 64 hexadecimal digits.
 *
 * In it: opset versions; the inputs' types and shapes (with the bindings applied) and the outputs' names; the bindings; of every operator
 * its outputs, domain, type, attributes, inputs and bodies; of every constant its type and dimensions, and its values where it is a small
 * integer tensor of type bool, int32 or int64 or a size given as a float (Resize, Upsample, Range): those decide shapes.
 * Not in it: weights, so that retraining does not make a placement stale; inferred shapes, so that better inference does not either;
 * node names, doc strings, the order of nodes in the file; the trees and tables of ai.onnx.ml beyond their length.
 *
 * @param bound dimensions bound by the user
 */
export function topologyHash(graph: OperatorGraph, bound: Readonly<Record<string, number>>): string {
  const opsets = [...graph.opsets].map(([domain, version]) => `${domain}=${version}`).sort();
  const bindings = Object.entries(bound).map(([symbol, size]) => `${JSON.stringify(symbol)}=${size}`).sort();
  return `sha256:${digest([RECIPE, opsets.join(' '), bindings.join(' '), graphDigest(graph)])}`;
}

function digest(lines: readonly string[]): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line).update('\n');
  return hash.digest('hex');
}

function graphDigest(graph: OperatorGraph): string {
  const name = (tensor: number): string => JSON.stringify(graph.tensors[tensor]!.name);
  return digest([
    `inputs ${graph.inputs.map((input) => `${name(input)}:${typeText(graph.tensors[input]!)}`).join(' ')}`,
    `outputs ${graph.outputs.map(name).join(' ')}`,
    // sorted, so that only the edges tell the order
    ...graph.operators.map((operator) => operatorText(operator, graph)).sort(),
  ]);
}

function operatorText(operator: Operator, graph: OperatorGraph): string {
  const input = (index: number, position: number): string => {
    const tensor = graph.tensors[index];
    if (!tensor) return '-';
    const constant = tensor.kind === 'weight' ? `:${typeText(tensor)}${valueText(tensor.elementType, tensor.value, isSize(operator, position))}` : '';
    return JSON.stringify(tensor.name) + constant;
  };
  const attributes = [...operator.attributes].map(([key, attribute]) => `${key}=${attributeText(attribute, operator, graph)}`).sort();
  return [
    operator.outputs.map((index) => JSON.stringify(graph.tensors[index]?.name ?? '')).join(' '),
    `${operator.domain}:${operator.type}`,
    operator.inputs.map(input).join(' '),
    operator.captures.map((index) => input(index, -1)).join(' '),
    attributes.join(' '),
    operator.bodies.map(graphDigest).join(' '),
  ].join('|');
}

const typeText = (tensor: { readonly elementType: string | undefined; readonly shape: readonly unknown[] | undefined }): string =>
  `${tensor.elementType ?? '?'}${tensor.shape ? JSON.stringify(tensor.shape) : '?'}`;

const isSize = (operator: Operator, position: number): boolean => operator.domain === '' && (FLOAT_SIZES[operator.type]?.includes(position) ?? false);

/** The values of a constant where they decide shapes. Small integer types are quantised weights and their zero points. */
function valueText(elementType: string | undefined, values: Tensor['value'], size: boolean): string {
  if (!values || values.length > MAX_LISTED) return '';
  const decides = size || elementType === 'int64' || elementType === 'int32' || elementType === 'bool';
  return decides ? `=${JSON.stringify(values)}` : '';
}

function attributeText(attribute: Attribute, operator: Operator, graph: OperatorGraph): string {
  const constant = operator.domain === '' && operator.type === 'Constant';
  const size = constant && feedsSize(operator, graph);
  const tensor = (ref: TensorRef): string =>
    typeText({ elementType: ref.elementType, shape: ref.dims }) + valueText(ref.elementType, ref.values, size);
  switch (attribute.kind) {
    case 'float':
      return constant && !size ? 'float' : String(attribute.value);
    case 'floats':
      return listText(attribute.value, operator.domain === 'ai.onnx.ml' || (constant && !size));
    case 'ints':
    case 'strings':
      return listText(attribute.value, operator.domain === 'ai.onnx.ml');
    case 'int':
    case 'string':
      return JSON.stringify(attribute.value);
    case 'tensor':
      return tensor(attribute.value);
    case 'tensors':
      return attribute.value.map(tensor).join(',');
    case 'graph':
    case 'graphs':
      return 'graph'; // hashed with the operator's bodies
    case 'other':
      return 'other';
  }
}

const listText = (values: readonly (number | string)[], lengthOnly: boolean): string =>
  lengthOnly || values.length > MAX_LISTED ? `[${values.length}]` : JSON.stringify(values);

/** True if a constant is read as a size given in floating point. */
function feedsSize(operator: Operator, graph: OperatorGraph): boolean {
  return operator.outputs.some((output) =>
    (graph.tensors[output]?.consumers ?? []).some((consumer) => {
      const user = graph.operators[consumer]!;
      return user.inputs.some((input, position) => input === output && isSize(user, position));
    }),
  );
}
