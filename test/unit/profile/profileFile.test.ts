import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROFILE_SCHEMA, profileDigest, writeProfileFile, type ProfileFile } from '../../../src/profile/profileFile';
import { isOfModel, readProfileFile, refuseStrangers } from '../../../src/profile/readProfileFile';
import { UserError } from '../../../src/shared/userError';
import { topologyHash } from '../../../src/sidecar/topologyHash';
import { sketchOperators } from '../../fixtures/operatorGraphs';

const graph = sketchOperators([
  { type: 'Conv', reads: ['x'], writes: ['a'] },
  { type: 'Relu', reads: ['a'], writes: ['b'] },
  { type: 'Constant', writes: ['c'], foldable: true },
]);

const sample = (change: Partial<ProfileFile> = {}): ProfileFile => ({
  $schema: PROFILE_SCHEMA,
  version: 1,
  model: { path: 'net.onnx', topology: topologyHash(graph, { batch: 2 }), bound: { batch: 2 } },
  device: { name: 'Nine', class: 'npu' },
  runtime: { name: 'onnxruntime', version: '1.30.0' },
  method: { kind: 'run', warmUp: 2, repeats: 10, threads: 1 },
  coverage: { measured: 2, operators: 2 },
  operators: [
    ['a', 'Conv', 0.00025, 4096],
    ['b', 'Relu', 1e-6],
  ],
  ...change,
});
const text = writeProfileFile(sample());
const read = (content: string): ProfileFile => readProfileFile(content, 'p.json');

describe('a profile', () => {
  it('is written one operator a line, and read back as it was', () => {
    expect(text).toContain('  "operators": [\n    ["a", "Conv", 0.00025, 4096],\n    ["b", "Relu", 0.000001]\n  ]\n}\n');
    expect(read(text)).toEqual(sample());
    expect(writeProfileFile(read(text))).toBe(text);
  });

  it('is the same however it is indented, and another one once a time changes', () => {
    expect(profileDigest(read(JSON.stringify(sample())))).toBe(profileDigest(sample()));
    expect(profileDigest(sample({ operators: [['a', 'Conv', 0.00026, 4096], ['b', 'Relu', 1e-6]] }))).not.toBe(profileDigest(sample()));
  });

  it('keeps fields that nobody here knows', () => {
    const noted = { ...sample(), note: 'at night' } as ProfileFile;
    expect(read(writeProfileFile(noted))).toEqual(noted);
  });

  it('is of a model only with the same operators and dimensions', () => {
    expect(isOfModel(sample(), graph, { batch: 2 })).toBe(true);
    expect(isOfModel(sample(), graph, { batch: 1 })).toBe(false);
    expect(isOfModel(sample(), sketchOperators([{ type: 'Relu', reads: ['x'], writes: ['a'] }]), { batch: 2 })).toBe(false);
  });

  it('names no operator that the model does not have, computes beforehand, or calls otherwise', () => {
    expect(() => refuseStrangers(sample(), graph, 'p.json')).not.toThrow();
    expect(() => refuseStrangers(sample({ operators: [['z', 'Conv', 1], ['b', 'Relu', 1]] }), graph, 'p.json')).toThrow(/^p\.json: names the operator "z", which the model does not have/);
    expect(() => refuseStrangers(sample({ operators: [['c', 'Constant', 1], ['b', 'Relu', 1]] }), graph, 'p.json')).toThrow(/names the operator "c"/);
    expect(() => refuseStrangers(sample({ operators: [['a', 'Gemm', 1], ['b', 'Relu', 1]] }), graph, 'p.json')).toThrow(/"a" is of the type Gemm, but it is a Conv/);
  });

  it.each<[string, string, RegExp]>([
    ['nothing', '', /^p\.json: is empty\./],
    ['no JSON', text.slice(0, 200), /^p\.json:\d+:\d+: is not JSON: /],
    ['a list', '[]', /must be object/],
    ['a newer format', text.replace('"version": 1', '"version": 2'), /^p\.json:3:14: written by a newer Stagewright \(format 2; this one reads 1\)\. Update/],
    ['a negative time', text.replace('0.00025', '-0.00025'), /^p\.json:14:19: operators\[0\]\[2\] must be >= 0/],
    ['a time that is no number', text.replace('0.00025', '"fast"'), /operators\[0\]\[2\] must be number/],
    ['NaN', text.replace('0.00025', 'NaN'), /is not JSON/],
    ['infinity', text.replace('0.00025', '1e999'), /operators\[0\]\[2\] must be number/],
    ['half a record', text.replace('"Relu", ', ''), /operators\[1\] must NOT have fewer than 3 items/],
    ['an operator named twice', text.replace('["b", "Relu"', '["a", "Relu"'), /^p\.json:15:5: the operator "a" is named twice\./],
    ['an operator without a name', text.replace('["b", "Relu"', '["", "Relu"'), /must NOT have fewer than 1 characters/],
    ['a coverage of its own', text.replace('"measured": 2', '"measured": 1'), /coverage\.measured is 1, but operators has 2/],
    ['more than there is', text.replace('"operators": 2', '"operators": 1'), /coverage\.operators is below/],
    ['no topology', text.replace('sha256:', 'md5:'), /model\.topology must match pattern/],
    ['a class with spaces', text.replace('"npu"', '"my npu"'), /device\.class must match pattern/],
    ['__proto__', text.replace('"device":', '"__proto__": {}, "device":'), /has a key "__proto__"/],
    ['depth', '['.repeat(1e5), /nested deeper/],
  ])('that holds %s is one clear error', (_what, content, message) => {
    expect(() => read(content)).toThrow(UserError);
    expect(() => read(content)).toThrow(message);
  });

  it('is read or refused in words, whatever is done to it', () => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(40), fc.string({ maxLength: 6 }), (at, cut, put) => {
        try {
          read(text.slice(0, at) + put + text.slice(at + cut));
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });

  it('is never written when it is wrong', () => {
    expect(() => writeProfileFile(sample({ operators: [['a', 'Conv', NaN], ['b', 'Relu', 1]] }))).toThrow(/refusing to write/);
  });
});
