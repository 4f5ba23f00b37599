import type { ReadContext } from './context';
import { bytesOfElements, elementTypeOf } from './elementTypes';
import type { ElementType, TensorLocation, TensorRef } from './model';
import { readPayload } from './payload';
import { readStringEntry } from './smallMessages';
import { typedFieldOf, valuesFromBytes } from './tensorValues';
import { BYTES, VARINT } from './wire';
import { UserError } from '../shared/userError';
import { quote } from './quote';

/** Tensors of at most so many elements are read at once, because shapes may depend on them. */
const SMALL_ELEMENTS = 1024;

/** More dimensions than any runtime takes; bounds what a damaged file can make of them. */
const MOST_DIMENSIONS = 256;

const RAW_DATA = 9;
const EXTERNAL = 1;

/**
 * Reads a TensorProto's description; its payload stays on disk.
 * @throws UserError if the dims are no dims, the element type is unknown, or the payload is not as long as they say
 */
export function readTensorProto(context: ReadContext, start: number, end: number): TensorRef {
  const { wire } = context;
  const dims: number[] = [];
  let name = '';
  let dataType = 0;
  let dataLocation = 0;
  /** the one record of raw_data or of a typed field, and how many such records there are */
  const payload = { field: 0, start: 0, end: 0, records: 0, type: 0, bytes: 0 };
  const external = new Map<string, string>();
  const dim = (value: number): void => {
    if (dims.length === MOST_DIMENSIONS) throw wire.damaged('a tensor has more than 256 dimensions', start);
    dims.push(value);
  };

  wire.eachField(start, end, (f) => {
    const bytes = f.type === BYTES;
    switch (f.number) {
      case 1:
        if (f.type === VARINT) dim(f.value);
        else if (bytes) wire.eachVarint(f.start, f.end, dim);
        break;
      case 2: if (f.type === VARINT) dataType = f.value; break;
      case 8: if (bytes) name = wire.text(f.start, f.end); break;
      case 4: case 5: case 6: case 7: case RAW_DATA: case 10: case 11:
        if (f.end > f.start || f.number === 6) {
          payload.records++;
          payload.bytes += f.end - f.start;
          Object.assign(payload, { field: f.number, start: f.start, end: f.end, type: f.type });
        }
        break;
      case 13:
        if (bytes) {
          const [key, value] = readStringEntry(wire, f.start, f.end);
          external.set(key, value);
        }
        break;
      case 14: if (f.type === VARINT) dataLocation = f.value; break;
    }
  });

  const elementType = elementTypeOf(dataType);
  if (elementType === undefined) {
    throw new UserError(wire.subject, dataType === 0 ? `the tensor ${quote(name)} has no element type.` : `the tensor ${quote(name)} has the unknown element type ${dataType}.`,
      'Export the model again, or for an older version of ONNX.');
  }
  const count = elementCount(wire.subject, name, dims);
  const isText = elementType === 'string';
  let byteLength = isText ? payload.bytes : bytesOfElements(elementType, count);

  let location: TensorLocation = { kind: 'none' };
  if (dataLocation === EXTERNAL) {
    const number = (key: string): number | undefined => wholeNumber(wire.subject, name, key, external.get(key));
    const offset = number('offset') ?? 0;
    const length = number('length');
    if (isText) byteLength = length ?? 0;
    location = { kind: 'external', offset, ...context.external(name, external.get('location') ?? '', offset, length, byteLength) };
  } else if (payload.records > 0) {
    const single = payload.records === 1 && payload.type === BYTES && !isText;
    location = single
      ? { kind: 'file', range: { offset: payload.start, length: payload.end - payload.start }, encoding: payload.field === RAW_DATA ? 'raw' : 'packed' }
      : { kind: 'file', range: { offset: start, length: end - start }, encoding: 'fields' };
    if (payload.field !== RAW_DATA && payload.field !== typedFieldOf(elementType).number) {
      throw wire.damaged(`the tensor ${quote(name)} of type ${elementType} keeps its elements in a field of another type`, start);
    }
    const sizeIsKnown = single && (payload.field === RAW_DATA || typedFieldOf(elementType).storage !== 'varint');
    if (sizeIsKnown && location.range.length !== byteLength) {
      throw new UserError(wire.subject, `the tensor ${quote(name)} (${elementType} ${dims.join('x')}) has ${location.range.length} bytes of data instead of ${byteLength}.`,
        'Fetch or export the file again.');
    }
  }

  const ref: TensorRef = { name, elementType, dims, byteLength, location };
  if (count === 0 && !isText) return { ...ref, values: [] };
  if (count > SMALL_ELEMENTS || location.kind !== 'file' || isText) return ref;
  const values = valuesFromBytes(elementType, readPayload(wire, name, elementType, location, byteLength), count);
  return values === undefined ? ref : { ...ref, values };
}

/** A tensor of these dims without a payload in the file. @throws UserError as `elementCount` */
export function denseTensor(subject: string, name: string, elementType: ElementType, dims: readonly number[]): TensorRef {
  if (dims.length > MOST_DIMENSIONS) throw new UserError(subject, `the tensor ${quote(name)} has more than ${MOST_DIMENSIONS} dimensions.`, 'Export the model again.');
  return { name, elementType, dims, byteLength: bytesOfElements(elementType, elementCount(subject, name, dims)), location: { kind: 'none' } };
}

/** Elements of a tensor of these dims. @throws UserError if a dim is negative, or there are more than a number can count */
export function elementCount(subject: string, name: string, dims: readonly number[]): number {
  let count = 1;
  // one dim of 0 makes any others harmless, yet each has to be one that can be counted with
  let largest = 1;
  for (const dim of dims) {
    if (dim < 0) throw new UserError(subject, `the tensor ${quote(name)} has the negative dimension ${dim}.`, 'Export the model again.');
    count *= dim;
    largest *= Math.max(dim, 1);
  }
  // 16 bytes are the largest element
  if (!(largest <= Number.MAX_SAFE_INTEGER / 16)) {
    throw new UserError(subject, `the tensor ${quote(name)} has the dimensions ${dims.join(' x ')}, more elements than any memory holds.`, 'Export the model again.');
  }
  return count;
}

function wholeNumber(subject: string, name: string, key: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new UserError(subject, `the external data of the tensor ${quote(name)} has the ${key} "${text.slice(0, 40)}", which is not a number of bytes.`, 'Export the model again.');
  }
  return value;
}
