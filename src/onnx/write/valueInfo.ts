import { dataTypeOf } from '../elementTypes';
import type { Dim, ValueInfo, ValueType } from '../model';
import { bytesField, textField, varintField } from './encode';

/** A ValueInfoProto. Types nest no deeper than the reader takes them. */
export const encodeValueInfo = ({ name, type }: ValueInfo): Buffer => Buffer.concat([textField(1, name), bytesField(2, encodeType(type))]);

/** TypeProto: tensor_type = 1, sequence_type = 4, map_type = 5, sparse_tensor_type = 8, optional_type = 9. */
function encodeType(type: ValueType): Buffer {
  switch (type.kind) {
    case 'tensor': case 'sparse_tensor': {
      const elementType = type.elementType === undefined ? Buffer.alloc(0) : varintField(1, dataTypeOf(type.elementType));
      return bytesField(type.kind === 'tensor' ? 1 : 8, Buffer.concat([elementType, encodeShape(type.shape)]));
    }
    case 'sequence': return bytesField(4, bytesField(1, encodeType(type.element)));
    case 'optional': return bytesField(9, bytesField(1, encodeType(type.element)));
    case 'map': return bytesField(5, Buffer.concat([varintField(1, dataTypeOf(type.key)), bytesField(2, encodeType(type.value))]));
    case 'unknown': return Buffer.alloc(0);
  }
}

/** A TensorShapeProto as field 2; nothing if not even the rank is known. A dimension that nobody knows has neither number nor name. */
const encodeShape = (shape: readonly Dim[] | undefined): Buffer =>
  shape === undefined ? Buffer.alloc(0) : bytesField(2, Buffer.concat(shape.map((dim) => bytesField(1, dim === null ? Buffer.alloc(0) : typeof dim === 'number' ? varintField(1, dim) : textField(2, dim)))));
