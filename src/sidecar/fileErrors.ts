import { UserError } from '../shared/userError';

/** What the operating system's error codes mean to people. */
const MEANINGS: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  ENOENT: ['does not exist.', 'Check the path.'],
  ENOTDIR: ['does not exist: a part of its path is not a folder.', 'Check the path.'],
  EISDIR: ['is a folder, not a file.', 'Name a file.'],
  EEXIST: ['is a file where a folder is needed.', 'Name a folder.'],
  EACCES: ['permission denied.', 'Check the permissions of the file and its folder.'],
  EPERM: ['the operation is not permitted.', 'Check the permissions of the file and its folder.'],
  EROFS: ['the file system is read-only.', 'Choose another folder.'],
  ENOSPC: ['there is no space left on the disk.', 'Free some space and try again.'],
  EFBIG: ['would be larger than the file system or a limit of this user allows.', 'Choose another folder, or raise the limit.'],
  EDQUOT: ['the disk quota is exhausted.', 'Free some space and try again.'],
  ENAMETOOLONG: ['the name is too long.', 'Choose a shorter one.'],
  ELOOP: ['is a symbolic link that leads back to itself.', 'Mend the link.'],
  EMFILE: ['too many files are open.', 'Close some and try again.'],
  EBUSY: ['is in use by another program.', 'Close it there and try again.'],
  ETXTBSY: ['is in use by another program.', 'Close it there and try again.'],
  EIO: ['the disk reports an error.', 'Check the disk.'],
};

/** The code of an error of the operating system, or undefined for all other errors. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' && /^E[A-Z]/.test(code) ? code : undefined;
}

/** An error of the operating system in words for users; every other error comes back as it is. */
export function fileError(error: unknown, subject: string): unknown {
  const code = systemCode(error);
  const meaning = code === undefined ? undefined : MEANINGS[code];
  return meaning ? new UserError(subject, meaning[0], meaning[1]) : error;
}
