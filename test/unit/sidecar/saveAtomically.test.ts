import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import type * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../../src/shared/userError';
import { saveAtomically } from '../../../src/sidecar/saveAtomically';

/** Hooks into the calls that a full disk or another program would disturb. */
const hooks = vi.hoisted(() => ({ fsync: undefined as (() => void) | undefined }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return {
    ...real,
    fsyncSync: (descriptor: number) => {
      hooks.fsync?.();
      real.fsyncSync(descriptor);
    },
  };
});

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stagewright-save-'));
});
afterEach(() => {
  hooks.fsync = undefined;
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string): string => join(folder, name);
const failure = (act: () => void): UserError => {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error as UserError;
  }
  throw new Error('succeeded');
};

describe('saveAtomically', () => {
  it('creates and replaces, keeps permissions, leaves nothing else behind', () => {
    saveAtomically(at('x'), 'one');
    chmodSync(at('x'), 0o640);
    saveAtomically(at('x'), 'two', 'one');
    expect(readFileSync(at('x'), 'utf8')).toBe('two');
    expect(statSync(at('x')).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['x']);
  });

  it('writes through a symbolic link and leaves the link', () => {
    mkdirSync(at('there'));
    writeFileSync(at('there/x'), 'one');
    symlinkSync('there/x', at('x'));
    saveAtomically(at('x'), 'two', 'one');
    expect(lstatSync(at('x')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('there/x'), 'utf8')).toBe('two');
    symlinkSync('nowhere', at('dangling'));
    expect(failure(() => saveAtomically(at('dangling'), 'two')).message).toMatch(/link to a file that does not exist/);
  });

  it('refuses when the file changed since it was read, also at the last moment', () => {
    writeFileSync(at('x'), 'theirs');
    expect(failure(() => saveAtomically(at('x'), 'ours', 'before')).message).toMatch(/being edited by someone else while we save/);
    hooks.fsync = () => writeFileSync(at('y'), 'theirs');
    expect(failure(() => saveAtomically(at('y'), 'ours', null)).message).toMatch(/being edited by someone else/);
    hooks.fsync = () => rmSync(at('x'), { force: true });
    expect(failure(() => saveAtomically(at('x'), 'ours', 'theirs')).message).toMatch(/being edited by someone else/);
    expect(readFileSync(at('y'), 'utf8')).toBe('theirs');
    expect(readdirSync(folder)).toEqual(['y']);
  });

  it('does not touch a file that holds the text already', () => {
    writeFileSync(at('x'), 'same');
    const before = statSync(at('x')).ino;
    saveAtomically(at('x'), 'same', 'older');
    expect(statSync(at('x')).ino).toBe(before);
  });

  it.each([
    ['ENOSPC', /no space left/],
    ['EDQUOT', /quota/],
    ['EROFS', /read-only/],
    ['EACCES', /permission denied/],
  ])('cleans up after %s and says what to do', (code, message) => {
    writeFileSync(at('x'), 'one');
    hooks.fsync = () => {
      throw Object.assign(new Error(code), { code });
    };
    expect(failure(() => saveAtomically(at('x'), 'two', 'one')).message).toMatch(message);
    expect(readFileSync(at('x'), 'utf8')).toBe('one');
    expect(readdirSync(folder)).toEqual(['x']);
  });

  it('refuses folders and missing folders', () => {
    mkdirSync(at('d'));
    expect(failure(() => saveAtomically(at('d'), 'x')).message).toMatch(/is a folder/);
    expect(failure(() => saveAtomically(at('no/x'), 'x')).message).toMatch(/folder does not exist/);
    expect(existsSync(at('no'))).toBe(false);
  });
});
