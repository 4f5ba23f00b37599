import { onnx } from 'onnx-proto';
import { UserError } from '../shared/userError';
import type { ReadContext } from './context';
import { elementTypeOf } from './elementTypes';
import type { Dim, ElementType, ValueInfo, ValueType } from './model';
import { decodeSmall } from './smallMessages';
import { quote } from './quote';

/** Types of types (sequences of maps of …) nest a few deep in practice. */
const DEEPEST_TYPE = 32;

/** Reads a ValueInfoProto. @throws UserError if it is damaged or states a negative or absurd dimension */
export function readValueInfo(context: ReadContext, start: number, end: number): ValueInfo {
  const { name, type } = decodeSmall(context.wire, start, end, onnx.ValueInfoProto);
  return { name: name ?? '', type: type ? valueType(context, name ?? '', type, 0) : { kind: 'unknown' } };
}

function valueType(context: ReadContext, name: string, type: onnx.ITypeProto, depth: number): ValueType {
  if (depth > DEEPEST_TYPE) throw new UserError(context.wire.subject, `the type of ${quote(name)} is nested more than ${DEEPEST_TYPE} deep.`, 'Export the model again.');
  const tensor = type.tensorType ?? type.sparseTensorType;
  if (tensor) {
    return {
      kind: type.tensorType ? 'tensor' : 'sparse_tensor',
      elementType: elementType(context, name, tensor.elemType ?? 0),
      shape: tensor.shape ? (tensor.shape.dim ?? []).map((dim) => dimension(context, name, dim)) : undefined,
    };
  }
  const inner = (element: onnx.ITypeProto | null | undefined): ValueType =>
    element ? valueType(context, name, element, depth + 1) : { kind: 'unknown' };
  if (type.sequenceType) return { kind: 'sequence', element: inner(type.sequenceType.elemType) };
  if (type.optionalType) return { kind: 'optional', element: inner(type.optionalType.elemType) };
  if (type.mapType) {
    const key = elementType(context, name, type.mapType.keyType ?? 0);
    return key === undefined ? { kind: 'unknown' } : { kind: 'map', key, value: inner(type.mapType.valueType) };
  }
  return { kind: 'unknown' };
}

function elementType(context: ReadContext, name: string, dataType: number): ElementType | undefined {
  const type = elementTypeOf(dataType);
  if (type === undefined && dataType !== 0) context.warn(`${quote(name)} has the unknown element type ${dataType}; it is treated as unknown`);
  return type;
}

function dimension(context: ReadContext, name: string, dim: onnx.TensorShapeProto.IDimension): Dim {
  if (dim.dimParam) return dim.dimParam;
  if (dim.dimValue === null || dim.dimValue === undefined) return null;
  const value = Number(dim.dimValue);
  // exporters write -1, and some 0, where they mean "any"; 0 is also a legitimate size
  if (value === -1) return null;
  if (value < 0 || value > Number.MAX_SAFE_INTEGER) {
    throw new UserError(context.wire.subject, `${quote(name)} has the dimension ${String(dim.dimValue)}.`, 'Export the model again with sizes that a tensor can have.');
  }
  return value;
}
