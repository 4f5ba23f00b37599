import type { ElementType, TensorLocation } from './model';
import { typedFieldOf } from './tensorValues';
import { BYTES, VARINT, type Wire } from './wire';
import { quote } from './quote';

/** TensorProto.raw_data */
const RAW_DATA = 9;

/**
 * The payload of a tensor that lies in the model file, as the little-endian bytes that `raw_data` would hold
 * (for strings: their texts one after the other).
 * @param byteLength as the tensor claims; the payload has to have that many
 * @throws UserError if the payload is not as long as the tensor's type and dims say
 */
export function readPayload(
  wire: Wire,
  name: string,
  elementType: ElementType,
  location: Extract<TensorLocation, { kind: 'file' }>,
  byteLength: number,
): Buffer {
  const { offset, length } = location.range;
  const end = offset + length;
  if (location.encoding === 'raw') return Buffer.from(wire.bytes(offset, end));
  const field = typedFieldOf(elementType);
  // the entries found decide the size, not the claim: a claim of terabytes must not allocate anything
  const target = Buffer.alloc(Math.min(byteLength, length * 8));
  let filled = 0;
  const reserve = (bytes: number): number => {
    filled += bytes;
    if (filled > target.length) throw wire.damaged(`the tensor ${quote(name)} holds more elements than its dimensions say`, offset);
    return filled - bytes;
  };
  const append = (start: number, stop: number): void => {
    const at = reserve(stop - start);
    wire.bytes(start, stop).copy(target, at);
  };
  const entry = (low: number, high: number): void => {
    const at = reserve(field.entryBytes);
    if (field.entryBytes === 1) target[at] = low & 255;
    else if (field.entryBytes === 2) target.writeUInt16LE(low & 65535, at);
    else target.writeUInt32LE(low, at);
    if (field.entryBytes === 8) target.writeUInt32LE(high, at + 4);
  };
  const packed = (start: number, stop: number): void => {
    if (field.storage === 'varint') wire.eachVarint(start, stop, (_, low, high) => entry(low, high));
    else append(start, stop);
  };

  if (location.encoding === 'packed') packed(offset, end);
  else {
    wire.eachField(offset, end, (f) => {
      if (f.number === RAW_DATA && f.type === BYTES) append(f.start, f.end);
      if (f.number !== field.number) return;
      if (f.type === VARINT) entry(f.low, f.high);
      else if (f.type === BYTES) packed(f.start, f.end);
      else append(f.start, f.end);
    });
  }
  if (filled !== byteLength) throw wire.damaged(`the tensor ${quote(name)} holds fewer elements than its dimensions say`, offset);
  return target;
}

