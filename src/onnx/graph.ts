import { UserError } from '../shared/userError';
import type { ReadContext } from './context';
import type { OnnxGraph, TensorRef, ValueInfo } from './model';
import { readNode, type ParsedNode } from './node';
import { denseTensor, readTensorProto } from './tensor';
import { readValueInfo } from './valueInfo';
import { BYTES, VARINT } from './wire';
import { quote } from './quote';

/** Bodies inside bodies; exporters nest a handful. Keeps every later walk of nested bodies within the stack. */
const DEEPEST_BODY = 64;

/** A graph as it stands in the file: nodes in file order and not validated, all inputs kept. */
export interface ParsedGraph extends OnnxGraph {
  readonly nodes: readonly ParsedNode[];
}

/**
 * Reads a GraphProto.
 * @param depth 0 for the main graph, 1 for the body of one of its operators, and so on
 * @throws UserError if it is damaged, nested too deep, or names an initializer twice
 */
export function readGraphProto(context: ReadContext, start: number, end: number, depth: number): ParsedGraph {
  const { wire } = context;
  if (depth > DEEPEST_BODY) {
    throw new UserError(wire.subject, `has graphs nested more than ${DEEPEST_BODY} deep.`, 'Export the model again without such nesting.');
  }
  let name = '';
  const nodes: ParsedNode[] = [];
  const initializers = new Map<string, TensorRef>();
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const valueInfos = new Map<string, ValueInfo>();

  const addInitializer = (tensor: TensorRef): void => {
    if (initializers.has(tensor.name)) throw duplicateTensor(wire.subject, tensor.name);
    initializers.set(tensor.name, tensor);
  };

  wire.eachField(start, end, (f) => {
    if (f.type !== BYTES) return;
    context.tick(f.at);
    switch (f.number) {
      case 1: nodes.push(readNode(context, f.at, f.start, f.end, depth)); break;
      case 2: name = wire.text(f.start, f.end); break;
      case 5: addInitializer(readTensorProto(context, f.start, f.end)); break;
      case 11: inputs.push(readValueInfo(context, f.start, f.end)); break;
      case 12: outputs.push(readValueInfo(context, f.start, f.end)); break;
      case 13: {
        const info = readValueInfo(context, f.start, f.end);
        valueInfos.set(info.name, info);
        break;
      }
      case 15: addInitializer(readSparseTensor(context, f.start, f.end)); break;
    }
  });
  return { name, nodes, initializers, inputs, outputs, valueInfos };
}

export const duplicateTensor = (subject: string, name: string): UserError =>
  new UserError(subject, `the tensor ${quote(name)} is defined twice.`, 'Give each tensor a name of its own, or export the model again.');

/** A SparseTensorProto as the dense tensor that it stands for (and that runtimes make of it), without a payload to read. */
function readSparseTensor(context: ReadContext, start: number, end: number): TensorRef {
  const { wire } = context;
  let values: TensorRef | undefined;
  const dims: number[] = [];
  wire.eachField(start, end, (f) => {
    if (f.number === 1 && f.type === BYTES) values = readTensorProto(context, f.start, f.end);
    else if (f.number === 3 && f.type === VARINT) dims.push(f.value);
    else if (f.number === 3 && f.type === BYTES) wire.eachVarint(f.start, f.end, (dim) => void dims.push(dim));
  });
  if (values === undefined) throw wire.damaged('a sparse tensor has no values', start);
  return denseTensor(wire.subject, values.name, values.elementType, dims);
}
