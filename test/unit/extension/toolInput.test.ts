import fc from 'fast-check';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LARGEST_SIZE, partitionInput, placementsInput, type ToolInput } from '../../../src/extension/toolInput';
import { UserError } from '../../../src/shared/userError';

const outside = realpathSync(mkdtempSync(join(tmpdir(), 'stagewright-tools-')));
const root = join(outside, 'workspace');
const second = join(outside, 'second');
for (const folder of [root, second, join(root, 'models'), join(outside, 'elsewhere')]) mkdirSync(folder);
const put = (...path: string[]): string => {
  const file = join(...path);
  writeFileSync(file, '');
  return file;
};
const model = put(root, 'net.onnx');
put(root, 'models', 'inner.ONNX');
const placement = put(root, 'net.onnx.placement.json');
const cluster = put(root, 'lab.cluster.json');
const other = put(second, 'other.onnx');
put(outside, 'secret.onnx');
put(outside, 'elsewhere', 'far.onnx');
put(outside, 'elsewhere', 'plan.json');
symlinkSync(join(outside, 'secret.onnx'), join(root, 'leads-out.onnx'));
symlinkSync(join(outside, 'nothing.onnx'), join(root, 'leads-nowhere.onnx'));
symlinkSync(join(outside, 'elsewhere'), join(root, 'folder'));
symlinkSync(model, join(root, 'alias.onnx'));
symlinkSync(other, join(root, 'across.onnx'));
// a way out through a folder, with a model in it that leads back in
symlinkSync(model, join(outside, 'elsewhere', 'back.onnx'));
for (const [name, target] of [['out', join(outside, 'elsewhere', 'plan.json')], ['nowhere', join(outside, 'none')], ['in', placement]] as const) {
  put(root, `plan-${name}.onnx`);
  symlinkSync(target, join(root, `plan-${name}.onnx.placement.json`));
}

afterAll(() => rmSync(outside, { recursive: true }));

const partition = (input: ToolInput) => partitionInput(input, [root, second]);

describe('what a language model asks to partition', () => {
  it('is a model of the workspace, by a path in any of its folders', () => {
    expect(partition({ model: 'net.onnx' })).toEqual({ modelPath: model, sidecarPath: placement, cluster: undefined, objective: undefined, bind: undefined });
    expect(partition({ model: model }).modelPath).toBe(model);
    expect(partition({ model: './models/../net.onnx' }).modelPath).toBe(model);
    expect(partition({ model: 'models/inner.ONNX' }).modelPath).toBe(join(root, 'models/inner.ONNX'));
    expect(partition({ model: 'other.onnx' }).modelPath).toBe(other);
    // links that stay in the workspace are as good as files
    expect(partition({ model: 'alias.onnx' }).modelPath).toBe(join(root, 'alias.onnx'));
    expect(partition({ model: 'across.onnx' }).modelPath).toBe(join(root, 'across.onnx'));
    expect(partition({ model: 'plan-in.onnx' }).sidecarPath).toBe(join(root, 'plan-in.onnx.placement.json'));
  });

  it('has a cluster, an objective and sizes, if it wants', () => {
    expect(partition({ model: 'net.onnx', cluster: 'l4x4', objective: '1f1b', dimensions: { batch: 1, seq: LARGEST_SIZE } })).toMatchObject({ cluster: 'l4x4', objective: '1f1b', bind: { batch: 1, seq: LARGEST_SIZE } });
    expect(partition({ model: 'net.onnx', cluster: 'lab.cluster.json', dimensions: {} })).toMatchObject({ cluster, bind: {} });
  });

  it.each<[ToolInput, RegExp]>([
    [{}, /^model: nothing is no path of a \.onnx file\. Give a path relative to the workspace folder\.$/],
    [{ model: 7 }, /^model: 7 is no path/],
    [{ model: ['net.onnx'] }, /^model: a list is no path/],
    [{ model: { path: 'net.onnx' } }, /^model: an object is no path/],
    [{ model: 'net.txt' }, /^model: “net\.txt” is no path of a \.onnx file\./],
    [{ model: '../secret.onnx' }, /^model: “\.\.\/secret\.onnx” is no file of this workspace\./],
    [{ model: join(outside, 'secret.onnx') }, /is no file of this workspace\./],
    [{ model: 'net.onnx\u0000.onnx' }, /is no file of this workspace\./],
    [{ model: `${'deep/'.repeat(1000)}net.onnx` }, /^model: “(deep\/){16}…” is no file of this workspace\./],
    [{ model: 'leads-nowhere.onnx' }, /is no file of this workspace\./],
    [{ model: 'leads-out.onnx' }, /^model: “leads-out\.onnx” is a link that leads out of the workspace\. Name a file that lies in it\.$/],
    [{ model: 'folder/far.onnx' }, /is a link that leads out/],
    [{ model: 'folder/back.onnx' }, /^model: “back\.onnx\.placement\.json”, where its plan belongs, is a link that leads out of the workspace or nowhere\./],
    [{ model: 'plan-out.onnx' }, /“plan-out\.onnx\.placement\.json”, where its plan belongs, is a link/],
    [{ model: 'plan-nowhere.onnx' }, /where its plan belongs, is a link/],
    [{ model: 'net.onnx', cluster: 'nonesuch' }, /^cluster: “nonesuch” is neither a preset nor the path of a \.cluster\.json file\. Presets: .*a100x4/],
    [{ model: 'net.onnx', cluster: '' }, /^cluster: “” is neither/],
    [{ model: 'net.onnx', cluster: null }, /^cluster: null is neither/],
    [{ model: 'net.onnx', cluster: 'toString' }, /^cluster: “toString” is neither/],
    [{ model: 'net.onnx', cluster: '../lab.cluster.json' }, /^cluster: “\.\.\/lab\.cluster\.json” is no file of this workspace/],
    [{ model: 'net.onnx', objective: 'speed' }, /^objective: “speed” is none\. Give one of: throughput, 1f1b, gpipe, latency\.$/],
    [{ model: 'net.onnx', objective: 1 }, /^objective: 1 is none/],
    [{ model: 'net.onnx', dimensions: [1] }, /^dimensions: a list gives no sizes by name\. Give an object such as \{"batch": 1\}\.$/],
    [{ model: 'net.onnx', dimensions: 'batch=1' }, /^dimensions: “batch=1” gives no sizes/],
    [{ model: 'net.onnx', dimensions: { batch: 0 } }, /^dimensions: the size of “batch” cannot be 0\. Give a whole number from 1 to 2147483647\.$/],
    [{ model: 'net.onnx', dimensions: { batch: -1 } }, /the size of “batch” cannot be -1\./],
    [{ model: 'net.onnx', dimensions: { batch: 1.5 } }, /the size of “batch” cannot be 1\.5\./],
    [{ model: 'net.onnx', dimensions: { batch: LARGEST_SIZE + 1 } }, /the size of “batch” cannot be 2147483648\./],
    [{ model: 'net.onnx', dimensions: { batch: '1' } }, /the size of “batch” cannot be “1”\./],
    [{ model: 'net.onnx', dimensions: { batch: null } }, /the size of “batch” cannot be null\./],
    [{ model: 'net.onnx', dimensions: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`d${i}`, 1])) }, /^dimensions: 1001 sizes are too many\. Give at most 1000\.$/],
    [{ model: 'net.onnx', goal: 'latency' }, /^“goal”: is no field of this tool\. It takes: model, cluster, objective, dimensions\.$/],
  ])('%j is refused with what to do', (input, message) => {
    expect(() => partition(input)).toThrow(UserError);
    expect(() => partition(input)).toThrow(message);
  });

  it('is nothing inherited', () => {
    expect(() => partition(Object.create({ model: 'net.onnx' }) as ToolInput)).toThrow(/^model: nothing/);
  });

  it('is refused in a message that is short, whatever it is, or lies in the workspace', () => {
    const field = fc.oneof(fc.anything(), fc.string(), fc.constantFrom('net.onnx', 'other.onnx', 'leads-out.onnx', 'l4x4', 'latency', '../secret.onnx'));
    const input = fc.record({ model: field, cluster: field, objective: field, dimensions: fc.oneof(field, fc.dictionary(fc.string(), field)) }, { requiredKeys: [] });
    fc.assert(
      fc.property(input, (value) => {
        try {
          const { modelPath, sidecarPath, bind } = partition(value);
          expect([model, other]).toContain(modelPath);
          expect(sidecarPath).toBe(`${modelPath}.placement.json`);
          for (const size of Object.values(bind ?? {})) expect(size > 0 && size <= LARGEST_SIZE && Number.isInteger(size)).toBe(true);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect(error.message.length).toBeLessThan(400);
          expect(error.message).not.toContain('\n');
        }
      }),
    );
  });
});

describe('what a language model asks of placements', () => {
  it('are placements of the workspace', () => {
    expect(placementsInput({ before: 'net.onnx.placement.json', after: 'plan-in.onnx.placement.json' }, ['before', 'after'], [root])).toEqual({ before: placement, after: join(root, 'plan-in.onnx.placement.json') });
  });

  it.each<[ToolInput, RegExp]>([
    [{ before: 'net.onnx.placement.json' }, /^after: nothing is no path of a \.placement\.json file\./],
    [{ before: '/etc/passwd', after: 'net.onnx.placement.json' }, /^before: “\/etc\/passwd” is no path/],
    [{ before: 'net.onnx.placement.json', after: 'plan-out.onnx.placement.json' }, /^after: .* is a link that leads out/],
    [{ before: 'net.onnx.placement.json', after: 'net.onnx.placement.json', extra: 1 }, /^“extra”: is no field of this tool/],
  ])('%j is refused with what to do', (input, message) => {
    expect(() => placementsInput(input, ['before', 'after'], [root])).toThrow(message);
  });
});
