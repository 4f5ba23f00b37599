import { quote } from '../quote';
import { UserError } from '../../shared/userError';
import { BYTES, type Wire } from '../wire';
import type { ByteRange } from '../model';
import type { Piece } from './pieces';

/** Where the records of the main graph lie in a model file, by what they are called: what a sub-model is spliced from. */
export interface GraphRecords {
  /** GraphProto.initializer and sparse_initializer */
  readonly initializers: ReadonlyMap<string, Piece>;
  readonly inputs: ReadonlyMap<string, Piece>;
  readonly outputs: ReadonlyMap<string, Piece>;
  readonly valueInfos: ReadonlyMap<string, Piece>;
  /** GraphProto.quantization_annotation: tensor and record */
  readonly annotations: readonly (readonly [tensor: string, record: Piece])[];
  /** name, documentation, metadata, and fields that nobody here knows */
  readonly rest: readonly Piece[];
}

/** The field of each kind of record, and the path of field numbers to the name inside it. */
const NAME_AT: Readonly<Record<number, readonly number[]>> = { 5: [8], 11: [1], 12: [1], 13: [1], 14: [1], 15: [1, 8] };
const NODE = 1;

/** @throws UserError if the file is no longer what it was when it was read */
export function graphRecords(wire: Wire, graphRange: ByteRange): GraphRecords {
  const byField = new Map([5, 11, 12, 13].map((number) => [number, new Map<string, { at: number; end: number }>()]));
  const annotations: [string, Piece][] = [];
  const rest: Piece[] = [];
  const { start, end } = payloadOf(wire, graphRange.offset, graphRange.offset + graphRange.length);
  wire.eachField(start, end, (f) => {
    const { number, at, end: until, start: from } = f;
    if (number === NODE) return;
    const path = f.type === BYTES ? NAME_AT[number] : undefined;
    const record = { at, end: until };
    if (path === undefined) rest.push(record);
    else if (number === 14) annotations.push([nameIn(wire, from, until, path), record]);
    else byField.get(number === 15 ? 5 : number)!.set(nameIn(wire, from, until, path), record);
  });
  return { initializers: byField.get(5)!, inputs: byField.get(11)!, outputs: byField.get(12)!, valueInfos: byField.get(13)!, annotations, rest };
}

/** The payload of the one record at [start, end). @throws UserError if there is no such record */
export function payloadOf(wire: Wire, start: number, end: number): { readonly start: number; readonly end: number } {
  let payload = -1;
  if (end <= wire.size) {
    wire.eachField(start, end, (f) => {
      if (payload < 0 && f.type === BYTES && f.end === end) payload = f.start;
    });
  }
  if (payload < 0) throw changed(wire.subject);
  return { start: payload, end };
}

export const changed = (subject: string): UserError => new UserError(subject, 'changed while it was being read.', 'Try again.');

function nameIn(wire: Wire, start: number, end: number, [number, ...deeper]: readonly number[]): string {
  let name = '';
  wire.eachField(start, end, (f) => {
    if (f.number !== number || f.type !== BYTES) return;
    const { start: from, end: until } = f;
    name = deeper.length === 0 ? wire.text(from, until) : nameIn(wire, from, until, deeper);
  });
  return name;
}

/** The record of a name. @throws UserError if there is none: the file is another one than was read */
export function recordOf(records: ReadonlyMap<string, Piece>, name: string, subject: string): Piece {
  const record = records.get(name);
  if (record === undefined) throw new UserError(subject, `no longer holds the tensor ${quote(name)}: it changed while it was being read.`, 'Try again.');
  return record;
}
