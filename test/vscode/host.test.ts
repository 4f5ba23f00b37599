import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, inject, it } from 'vitest';
import { runHostTests } from './harness/extensionHost';
import { makeWorkspace } from './harness/workspace';

// Run while collecting, so that each test inside the extension host is one test here.
const workspace = makeWorkspace('embedding.onnx', 'cls.onnx');
const results = await runHostTests(inject('vscode'), workspace.folder, mkdtempSync(join(tmpdir(), 'stagewright-host-')));

describe('in the extension host', () => {
  afterAll(() => workspace.remove());

  for (const { title, state, error } of results) {
    it.skipIf(state === 'skipped')(title, () => {
      if (state === 'failed') throw new Error(error);
    });
  }

  it('found tests to run', ({ expect }) => {
    expect(results.length).toBeGreaterThan(0);
  });
});
