import type { ByteRange } from '../model';
import type { Wire } from '../wire';
import { fieldHead, textField } from './encode';
import { payloadOf } from './graphRecords';
import { bytesOf, type Piece } from './pieces';

/** NodeProto.name */
const NAME = 3;

/**
 * The record of a node as it stands in the file, under another name.
 *
 * @throws UserError if the file is no longer what it was when it was read
 */
export function renamed(wire: Wire, { offset, length }: ByteRange, name: string): Piece[] {
  const pieces: Piece[] = [textField(NAME, name)];
  const { start, end } = payloadOf(wire, offset, offset + length);
  wire.eachField(start, end, (f) => {
    if (f.number !== NAME) pieces.push({ at: f.at, end: f.end });
  });
  return [fieldHead(1, bytesOf(pieces)), ...pieces];
}
