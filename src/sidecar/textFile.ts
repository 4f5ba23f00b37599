import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { UserError } from '../shared/userError';
import { fileError } from './fileErrors';

/** Largest text file that is read, in bytes. */
const MAX_TEXT_BYTES = 1 << 28;

/**
 * Reads a text file that a user named. A pipe is not waited for and a binary file is not taken for text.
 *
 * @param subject what messages call the file
 * @throws UserError if it is missing, unreadable, a folder, too large, or not UTF-8
 */
export function readTextFile(path: string, subject: string, maxBytes = MAX_TEXT_BYTES): string {
  let descriptor: number | undefined;
  try {
    // without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) throw new UserError(subject, 'is a folder, not a file.', 'Name a file.');
    if (!stat.isFile()) throw new UserError(subject, 'is not a regular file.', 'Name a file.');
    if (stat.size > maxBytes) throw new UserError(subject, `has ${stat.size} bytes; at most ${maxBytes} are read.`, 'Is this the right file?');
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(descriptor));
  } catch (error) {
    if (error instanceof TypeError) throw new UserError(subject, 'is not a text file in UTF-8.', 'Is this the right file?');
    throw fileError(error, subject);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
