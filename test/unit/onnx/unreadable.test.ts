import type * as Fs from 'node:fs';
import { expect, it, vi } from 'vitest';
import { readModel } from '../../../src/onnx/readModel';
import { modelFolder } from '../../fixtures/modelFolder';

// permissions do not stop root, as whom tests often run in containers; so the refusal is played
const refuse = vi.hoisted(() => ({ code: '' }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>();
  return {
    ...fs,
    openSync: (...args: Parameters<typeof fs.openSync>) => {
      if (refuse.code !== '') throw Object.assign(new Error(refuse.code), { code: refuse.code });
      return fs.openSync(...args);
    },
  };
});

const folder = modelFolder();

it.each([
  ['EACCES', /model\.onnx: may not be read\. Check its permissions\.$/],
  ['EPERM', /may not be read/],
  ['EMFILE', /cannot be opened \(EMFILE\)/],
])('a file that cannot be opened for %s is one clear error', (code, message) => {
  const path = folder.save('model.onnx', 'x');
  refuse.code = code;
  try {
    expect(() => readModel(path)).toThrow(expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) as string }));
  } finally {
    refuse.code = '';
  }
});
