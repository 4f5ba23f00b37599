import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, linkSync, lstatSync, openSync, readFileSync, realpathSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../shared/userError';
import { fileError, systemCode } from './fileErrors';

/**
 * Writes a text file so that at every moment, even if the machine stops, either the old bytes or the new ones are there. A symbolic link
 * stays a link, its target is replaced. Permissions are kept. Nothing is left behind on failure.
 *
 * @param path absolute
 * @param text the new content
 * @param expected what the file held when the caller read it, or null if it did not exist then; the check is skipped if absent
 * @param subject what messages call the file
 * @throws UserError if the file is no longer as expected, or cannot be written
 */
export function saveAtomically(path: string, text: string, expected?: string | null, subject = basename(path)): void {
  const target = linkTarget(path, subject);
  if (holds(target, text)) {
    if (expected !== undefined) refuseIfChanged(target, expected, subject, text);
    return;
  }
  const temporary = join(dirname(target), `.${basename(target).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`);
  let written = false;
  try {
    const mode = modeOf(target);
    writeDurably(temporary, text, mode, () => {
      written = true;
    });
    if (expected !== undefined) refuseIfChanged(target, expected, subject);
    if (expected === null) {
      // link, unlike rename, fails where a file has come into being since
      linkOrRename(temporary, target, subject);
    } else {
      renameSync(temporary, target);
    }
    syncFolder(dirname(target));
  } catch (error) {
    throw savingError(error, subject);
  } finally {
    if (written) removeQuietly(temporary);
  }
}

/** The file that is replaced: behind a symbolic link, the file that it leads to. */
function linkTarget(path: string, subject: string): string {
  try {
    if (!lstatSync(path).isSymbolicLink()) return path;
  } catch {
    return path; // not there yet, or not to be seen: writing will tell
  }
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw new UserError(subject, 'is a symbolic link to a file that does not exist.', 'Remove or mend the link.');
    throw fileError(error, subject);
  }
}

/** The permissions of the file that is replaced; undefined where there is none. */
function modeOf(target: string): number | undefined {
  try {
    const stat = statSync(target);
    if (stat.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    if (!stat.isFile()) throw Object.assign(new Error('is not a regular file'), { code: 'EACCES' });
    // a file that its owner made read-only is not to be replaced through the back door of its folder
    closeSync(openSync(target, 'r+'));
    return stat.mode & 0o7777;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function writeDurably(path: string, text: string, mode: number | undefined, created: () => void): void {
  const descriptor = openSync(path, 'wx', 0o666);
  created();
  try {
    const bytes = Buffer.from(text, 'utf8');
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    if (mode !== undefined) fchmodSync(descriptor, mode);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function linkOrRename(temporary: string, target: string, subject: string): void {
  try {
    linkSync(temporary, target);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST') throw changed(subject);
    // file systems without hard links
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP' && code !== 'EMLINK') throw error;
    renameSync(temporary, target);
  }
}

const changed = (subject: string): UserError =>
  new UserError(subject, 'is being edited by someone else while we save: it is no longer what was read.', 'Look at the changes, then do it again.');

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** @param alsoFine another content that is no reason to refuse: what we would write ourselves */
function refuseIfChanged(target: string, expected: string | null, subject: string, alsoFine?: string): void {
  const now = contentOf(target);
  if (now !== expected && now !== (alsoFine ?? expected)) throw changed(subject);
}

/** True if the file holds just this text already: then its time stamp is left alone. */
function holds(target: string, text: string): boolean {
  try {
    return contentOf(target) === text;
  } catch {
    return false;
  }
}

/** Makes the new name durable; not every system allows it, and without it the old file is there after a crash. */
function syncFolder(folder: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
  } catch {
    // the file itself is on the disk
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function savingError(error: unknown, subject: string): unknown {
  if (systemCode(error) === 'ENOENT') return new UserError(subject, 'the folder does not exist.', 'Create it, or choose another place.');
  return fileError(error, subject);
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // renamed into place
  }
}
