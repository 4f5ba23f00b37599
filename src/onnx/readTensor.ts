import { closeSync, fstatSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../shared/userError';
import { elementBits } from './elementTypes';
import type { OnnxModel, TensorRef } from './model';
import { readPayload } from './payload';
import { createWire } from './wire';
import { quote } from './quote';

/**
 * Reads the payload of a tensor: little-endian elements in row-major order as `raw_data` holds them (types below 8 bits packed,
 * lowest bits first; strings one after the other), whatever the file's encoding.
 * @param from first byte wanted; 0 if absent
 * @param to byte after the last one wanted; to the end if absent. Parts are read without the rest only where the file holds them plainly.
 * @throws UserError if the tensor has no payload, or its file is gone or has become shorter; RangeError if the bounds are not within the tensor
 */
export function readTensor(model: OnnxModel, tensor: TensorRef, from = 0, to = tensor.byteLength): Buffer {
  const { location, name, elementType } = tensor;
  if (!(from >= 0 && from <= to && to <= tensor.byteLength)) throw new RangeError(`readTensor: bytes ${from} to ${to} of the ${tensor.byteLength} of ${quote(name)}`);
  if (from === to) return Buffer.alloc(0);
  if (location.kind === 'none') throw new UserError(model.path, `the tensor ${quote(name)} has no data in the file.`, 'Use a model with its weights.');
  const path = location.kind === 'external' ? join(dirname(model.path), location.path) : model.path;
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw new UserError(path, `cannot be opened to read the tensor ${quote(name)} (${(error as NodeJS.ErrnoException).code}).`, 'Put it back, or open the model again.');
  }
  try {
    const wire = createWire(descriptor, fstatSync(descriptor).size, path);
    const start = location.kind === 'external' ? location.offset : location.range.offset;
    if (location.kind === 'external' || location.encoding === 'raw') {
      if (start + to > wire.size) throw new UserError(path, 'became shorter since the model was opened.', 'Open the model again.');
      return Buffer.from(wire.bytes(start + from, start + to));
    }
    if (elementBits(elementType) === 0 && location.encoding === 'packed') throw wire.damaged(`the strings of ${quote(name)} are packed`, start);
    return readPayload(wire, name, elementType, location, tensor.byteLength).subarray(from, to);
  } finally {
    closeSync(descriptor);
  }
}
