import { UserError } from '../../shared/userError';
import { dataTypeOf } from '../elementTypes';
import type { Attribute, OnnxGraph, OnnxNode, TensorRef } from '../model';
import { quote } from '../quote';
import { typedFieldOf } from '../tensorValues';
import type { Wire } from '../wire';
import { bytesField, entryField, fieldHead, signedVarint, textField, varint, varintField } from './encode';
import { bytesOf, type Piece } from './pieces';
import { encodeValueInfo } from './valueInfo';

/**
 * A NodeProto, as a record of a graph, for a node that came out of a local function: it has other names than the record that it was read from.
 * Payloads of tensors are taken from the file.
 *
 * @throws UserError if an attribute is of a kind that cannot be written again
 */
export const encodeInlinedNode = (wire: Wire, node: OnnxNode): Piece[] => message(1, nodeOf(wire, node));

const message = (number: number, pieces: readonly Piece[]): Piece[] => [fieldHead(number, bytesOf(pieces)), ...pieces];

function nodeOf(wire: Wire, node: OnnxNode): Piece[] {
  return [
    ...node.inputs.map((name) => textField(1, name)),
    ...node.outputs.map((name) => textField(2, name)),
    textField(3, node.name),
    textField(4, node.opType),
    ...[...node.attributes].flatMap(([name, attribute]) => message(5, attributeOf(wire, name, attribute))),
    textField(7, node.domain),
    ...[...node.metadata].map(([key, value]) => entryField(9, key, value)),
  ];
}

function attributeOf(wire: Wire, name: string, attribute: Attribute): Piece[] {
  const typed = (type: number, ...pieces: readonly Piece[]): Piece[] => [textField(1, name), varintField(20, type), ...pieces];
  const float = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return bytes;
  };
  switch (attribute.kind) {
    case 'float': return typed(1, varint(2 * 8 + 5), float(attribute.value));
    case 'int': return typed(2, varint(3 * 8), integer(wire, name, attribute.value));
    case 'string': return typed(3, textField(4, attribute.value));
    case 'tensor': return typed(4, ...message(5, tensorOf(wire, attribute.value)));
    case 'graph': return typed(5, ...message(6, graphOf(wire, attribute.value)));
    case 'floats': return typed(6, bytesField(7, Buffer.concat(attribute.value.map(float))));
    case 'ints': return typed(7, bytesField(8, Buffer.concat(attribute.value.map((value) => integer(wire, name, value)))));
    case 'strings': return typed(8, ...attribute.value.map((text) => textField(9, text)));
    case 'tensors': return typed(9, ...attribute.value.flatMap((tensor) => message(10, tensorOf(wire, tensor))));
    case 'graphs': return typed(10, ...attribute.value.flatMap((graph) => message(11, graphOf(wire, graph))));
    case 'other': return otherOf(wire, name, attribute);
  }
}

/** Kinds that were left in the file: all of the record but its name, and what it stands for in a function. */
function otherOf(wire: Wire, name: string, { range }: Extract<Attribute, { kind: 'other' }>): Piece[] {
  if (!range) throw new UserError(wire.subject, `the attribute ${quote(name)} of an operator of a local function cannot be written again.`, 'Inline the functions first (onnx.inliner).');
  const pieces: Piece[] = [textField(1, name)];
  wire.eachField(range.offset, range.offset + range.length, (f) => {
    if (f.number !== 1 && f.number !== 21) pieces.push({ at: f.at, end: f.end });
  });
  return pieces;
}

/** 64-bit integers that a double does not hold are the ends of the range, as "to the end" of a Slice; others cannot be told from their neighbours. */
function integer(wire: Wire, name: string, value: number): Buffer {
  if (Number.isSafeInteger(value)) return signedVarint(BigInt(value));
  if (value >= 2 ** 63) return signedVarint(2n ** 63n - 1n);
  if (value <= -(2 ** 63)) return signedVarint(-(2n ** 63n));
  throw new UserError(wire.subject, `the attribute ${quote(name)} of an operator of a local function is ${value}, too large to be written again.`, 'Inline the functions first (onnx.inliner).');
}

function graphOf(wire: Wire, graph: OnnxGraph): Piece[] {
  return [
    textField(2, graph.name),
    ...graph.nodes.flatMap((node) => message(1, nodeOf(wire, node))),
    ...[...graph.initializers.values()].flatMap((tensor) => message(5, tensorOf(wire, tensor))),
    ...graph.inputs.map((info) => bytesField(11, encodeValueInfo(info))),
    ...graph.outputs.map((info) => bytesField(12, encodeValueInfo(info))),
    ...[...graph.valueInfos.values()].map((info) => bytesField(13, encodeValueInfo(info))),
  ];
}

function tensorOf(wire: Wire, { name, elementType, dims, location, byteLength }: TensorRef): Piece[] {
  const head: Piece[] = [...dims.map((dim) => varintField(1, dim)), varintField(2, dataTypeOf(elementType)), textField(8, name)];
  switch (location.kind) {
    case 'none':
      if (byteLength > 0) throw new UserError(wire.subject, `the tensor ${quote(name)} of a local function has no data that can be written again.`, 'Inline the functions first (onnx.inliner).');
      return head;
    case 'external': {
      const { path, offset, length } = location;
      return [...head, ...[['location', path], ['offset', String(offset)], ['length', String(length)]].map(([key, value]) => entryField(13, key!, value!)), varintField(14, 1)];
    }
    case 'file': {
      const { offset, length } = location.range;
      if (location.encoding === 'fields') return fieldsOf(wire, name, offset, offset + length);
      const number = location.encoding === 'raw' ? 9 : typedFieldOf(elementType).number;
      return [...head, fieldHead(number, length), { at: offset, end: offset + length }];
    }
  }
}

/** A TensorProto as it stands, under another name. */
function fieldsOf(wire: Wire, name: string, start: number, end: number): Piece[] {
  const pieces: Piece[] = [textField(8, name)];
  wire.eachField(start, end, (f) => {
    if (f.number !== 8) pieces.push({ at: f.at, end: f.end });
  });
  return pieces;
}
