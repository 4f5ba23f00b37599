import { t } from '@vscode/l10n';
import { closeSync, readSync } from 'node:fs';
import { throwIfCancelled, type Control } from '../../shared/progress';
import { UserError } from '../../shared/userError';
import { openModelFile } from '../openModelFile';

/** Bytes copied at a time. */
const COPY_BYTES = 1 << 20;

/** A part of a file to write: bytes [at, end) of the file that it is made from, or new bytes. */
export type Piece = { readonly at: number; readonly end: number } | Uint8Array;

export const bytesOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, piece) => sum + (piece instanceof Uint8Array ? piece.length : piece.end - piece.at), 0);

/** Pieces that follow each other in the source as one: they are read at once. */
export function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last && !(last instanceof Uint8Array) && !(piece instanceof Uint8Array) && last.end === piece.at) result[result.length - 1] = { at: last.at, end: piece.end };
    else result.push(piece);
  }
  return result;
}

/**
 * Puts a file together from pieces of another, in memory of one megabyte.
 *
 * @param path of the source
 * @param write takes the bytes in order; it must be done with them when it returns
 * @throws UserError if the source is shorter than it was; CancelledError
 */
export function writePieces(path: string, pieces: readonly Piece[], subject: string, control: Control, write: (bytes: Uint8Array) => void): void {
  const { descriptor, size } = openModelFile(path);
  const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, size));
  const total = bytesOf(pieces);
  let written = 0;
  try {
    for (const piece of joined(pieces)) {
      if (piece instanceof Uint8Array) {
        write(piece);
        written += piece.length;
        continue;
      }
      for (let { at } = piece; at < piece.end; ) {
        throwIfCancelled(control);
        control.report({ phase: t('writing'), fraction: written / total });
        const count = readSync(descriptor, buffer, 0, Math.min(buffer.length, piece.end - at), at);
        if (count === 0) throw new UserError(subject, 'became shorter while it was being read.', 'Try again.');
        write(buffer.subarray(0, count));
        at += count;
        written += count;
      }
    }
  } finally {
    closeSync(descriptor);
  }
}
