import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPlacements } from '../../../src/engine/findPlacements';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'stagewright-find-'));
  for (const path of ['in/b/x.onnx.placement.json', 'in/a.onnx.placement.json', 'in/node_modules/p/y.placement.json', 'in/.git/z.placement.json', 'out/o.placement.json', 'in/note.json']) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), '{}');
  }
  symlinkSync('../../out', join(root, 'in/b/outside'));
  symlinkSync('..', join(root, 'in/b/loop'));
  symlinkSync('../out/o.placement.json', join(root, 'in/linked.placement.json'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('findPlacements', () => {
  it('finds placements in folders, without dependencies, repositories and linked folders, and comes to an end', () => {
    expect(findPlacements([join(root, 'in')]).map((path) => relative(root, path))).toEqual([
      'in/a.onnx.placement.json',
      'in/linked.placement.json',
      'in/b/x.onnx.placement.json',
    ]);
  });
  it('takes files as they are named, each once', () => {
    const path = join(root, 'in/note.json');
    expect(findPlacements([path, path])).toEqual([path]);
  });
  it('says so when a path does not exist', () => {
    expect(() => findPlacements([join(root, 'nowhere')])).toThrow(/nowhere: does not exist/);
  });
});
