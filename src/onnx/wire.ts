import { readSync } from 'node:fs';
import { UserError } from '../shared/userError';

/**
 * The bytes of the file that are in memory at a time. Weights are jumped over, so a larger window only reads more of what
 * nobody looks at.
 */
const WINDOW_BYTES = 64 * 1024;

/** A tag and a varint take at most 5 + 10 bytes: with so many at hand, no field's head is cut by the window's edge. */
const FIELD_HEAD_BYTES = 16;

/** Names and short texts. Nothing that has to be in memory as one string is longer in an honest model. */
const LONGEST_TEXT_BYTES = 1 << 20;

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/** One field of a protobuf message; reused from field to field by `eachField`, so keep its numbers and not the object. */
export interface Field {
  number: number;
  /** wire type: VARINT, FIXED64, BYTES or FIXED32 */
  type: number;
  /** position of the tag */
  at: number;
  /** the payload without tag and length: positions in the file */
  start: number;
  end: number;
  /** VARINT only: the value as a signed 64-bit integer, rounded to a double beyond 2^53 */
  value: number;
  /** VARINT only: the exact low and high 32 bits, unsigned */
  low: number;
  high: number;
}

/** Walks the protobuf wire format of a file of any size through one small window. Positions are bytes from the file's start. */
export interface Wire {
  /** what errors call the file */
  readonly subject: string;
  /** bytes of the file */
  readonly size: number;
  /** Visits the fields of the message at [start, end) in file order. @throws UserError if it is not a message that ends at `end` */
  readonly eachField: (start: number, end: number, visit: (field: Field) => void) => void;
  /** Visits the elements of a packed field of varints: as signed 64-bit integers, and as their exact low and high 32 bits. */
  readonly eachVarint: (start: number, end: number, visit: (value: number, low: number, high: number) => void) => void;
  /** UTF-8 text. @throws UserError if it is longer than 1 MiB */
  readonly text: (start: number, end: number) => string;
  /** A view of the bytes that holds only until the next call of any method (above 64 KiB: a copy). */
  readonly bytes: (start: number, end: number) => Buffer;
  /** The error for a file that is not what its format says. */
  readonly damaged: (problem: string, at: number) => UserError;
}

/**
 * @param descriptor of a file open for reading; stays open
 * @param size of the file in bytes
 * @param subject what errors call the file
 */
export function createWire(descriptor: number, size: number, subject: string): Wire {
  const window = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, Math.max(size, 1)));
  let windowStart = 0;
  let windowEnd = 0;
  /** after `varint`: where it ended, and its exact halves */
  let cursor = 0;
  let low = 0;
  let high = 0;

  const damaged = (problem: string, at: number): UserError =>
    new UserError(subject, `is not a complete ONNX model: ${problem} at byte ${at} of ${size}.`, 'Fetch or export the file again.');

  function fill(target: Buffer, from: number, length: number): void {
    for (let done = 0; done < length; ) {
      const count = readSync(descriptor, target, done, length - done, from + done);
      if (count === 0) throw new UserError(subject, 'became shorter while it was being read.', 'Try again once it is written.');
      done += count;
    }
  }

  function moveWindow(to: number): void {
    const length = Math.min(window.length, size - to);
    fill(window, to, length);
    windowStart = to;
    windowEnd = to + length;
  }

  /** Reads a varint at `position`, which must end before `end`. Returns it as a signed 64-bit integer and sets the cursor. */
  function varint(position: number, end: number): number {
    if (position < windowStart || Math.min(position + FIELD_HEAD_BYTES, size) > windowEnd) moveWindow(position);
    const limit = Math.min(end, windowEnd) - windowStart;
    let i = position - windowStart;
    low = 0;
    high = 0;
    for (let k = 0; k < 10; k++) {
      if (i >= limit) throw damaged('a number is cut off', position);
      const byte = window[i++]!;
      const bits = byte & 127;
      if (k < 4) low |= bits << (7 * k);
      else if (k === 4) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (7 * k - 32);
      if (byte < 128) {
        cursor = windowStart + i;
        return high === 0 ? low >>> 0 : high * 4294967296 + (low >>> 0);
      }
    }
    throw damaged('a number is longer than 64 bits', position);
  }

  function eachField(start: number, end: number, visit: (field: Field) => void): void {
    const field: Field = { number: 0, type: 0, at: 0, start: 0, end: 0, value: 0, low: 0, high: 0 };
    for (let position = start; position < end; ) {
      const tag = varint(position, end);
      if (tag < 8 || tag > 0xffffffff) throw damaged('there is no field tag', position);
      field.at = position;
      field.number = Math.floor(tag / 8);
      field.type = tag & 7;
      field.start = cursor;
      if (field.type === VARINT) {
        field.value = varint(cursor, end);
        field.low = low >>> 0;
        field.high = high >>> 0;
        field.end = cursor;
      } else if (field.type === BYTES) {
        const length = varint(cursor, end);
        if (length < 0 || length > end - cursor) throw damaged(`field ${field.number} claims more bytes than there are`, position);
        field.start = cursor;
        field.end = cursor + length;
      } else if (field.type === FIXED32 || field.type === FIXED64) {
        field.end = cursor + (field.type === FIXED32 ? 4 : 8);
        if (field.end > end) throw damaged(`field ${field.number} is cut off`, position);
      } else {
        throw damaged(`field ${field.number} has the wire type ${field.type}, which ONNX does not use,`, position);
      }
      position = field.end;
      visit(field);
    }
  }

  function eachVarint(start: number, end: number, visit: (value: number, low: number, high: number) => void): void {
    for (let position = start; position < end; ) {
      const value = varint(position, end);
      position = cursor;
      visit(value, low >>> 0, high >>> 0);
    }
  }

  function bytes(start: number, end: number): Buffer {
    const length = end - start;
    if (length > window.length) {
      const copy = Buffer.allocUnsafe(length);
      fill(copy, start, length);
      return copy;
    }
    if (start < windowStart || end > windowEnd) moveWindow(start);
    return window.subarray(start - windowStart, end - windowStart);
  }

  function text(start: number, end: number): string {
    if (end - start > LONGEST_TEXT_BYTES) throw damaged(`a name is ${end - start} bytes long`, start);
    return bytes(start, end).toString('utf8');
  }

  return { subject, size, eachField, eachVarint, text, bytes, damaged };
}
