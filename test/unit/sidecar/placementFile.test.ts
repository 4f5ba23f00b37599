import Ajv from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import schema from '../../../media/schemas/placement.schema.json';
import { UserError } from '../../../src/shared/userError';
import type { PlacementFile } from '../../../src/sidecar/placementFile';
import { MAX_PLACEMENT_LENGTH, readPlacementFile } from '../../../src/sidecar/readPlacementFile';
import { writePlacementFile } from '../../../src/sidecar/writePlacementFile';
import { samplePlacement } from './samples';

const read = (text: string): PlacementFile => readPlacementFile(text, 'net.onnx.placement.json');

/** The message of the one UserError that reading gives. */
function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error('was read');
}

/** The sample's text after a change to its parsed form. */
function changed(change: (file: Record<string, never>) => void): string {
  const file = JSON.parse(writePlacementFile(samplePlacement())) as Record<string, never>;
  change(file);
  return JSON.stringify(file);
}

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const seconds = fc.double({ min: 0, max: 1e6, noNaN: true }).map((x) => x + 0);
const amount = fc.double({ min: 1e-9, max: 1e20, noNaN: true });
const unknown = fc.dictionary(
  text.filter((key) => key !== '__proto__').map((key) => `x-${key}`),
  fc.jsonValue({ maxDepth: 2, noUnicodeString: false }).map((value) => JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'proto').replaceAll('-0,', '0,')) as never),
  { maxKeys: 3 },
);

const placements: fc.Arbitrary<PlacementFile> = fc
  .record({
    extra: unknown,
    inner: unknown,
    bound: fc.dictionary(text.filter((key) => key !== '__proto__'), fc.integer({ min: 0, max: 1e9 }), { maxKeys: 3 }),
    counts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    rate: amount,
    ids: fc.uniqueArray(text, { maxLength: 12 }),
    type: text,
    seconds: fc.array(seconds, { minLength: 3, maxLength: 3 }),
  })
  .map(({ extra, inner, bound, counts, rate, ids, type, seconds: [a, b, c] }) => {
    const devices = counts.flatMap((count, i) => Array.from({ length: count }, (_, j) => `c${i}:${j}`));
    return {
      ...extra,
      ...samplePlacement(),
      model: { ...inner, ...samplePlacement().model, bound },
      cluster: {
        ...inner,
        ...samplePlacement().cluster,
        devices: counts.map((count, i) => ({ ...inner, class: `c${i}`, count, memoryBytes: rate, peakFlops: { float32: rate }, memoryBytesPerSecond: rate })),
        links: counts.flatMap((_, i) => counts.slice(i).map((__, j) => ({ ...inner, between: [`c${i}`, `c${i + j}`] as const, bytesPerSecond: rate, path: 'peer' as const }))),
      },
      certificate: { value: Math.max(a!, b!), lowerBound: Math.min(a!, b!), optimal: a === b, method: type },
      stages: devices.map((device, i) => ({
        ...inner,
        name: String(i),
        device,
        load: { ...inner, computeSeconds: a!, communicationSeconds: c! },
        memory: { weightBytes: 1, activationBytes: b! },
        operators: ids.filter((_, j) => j % devices.length === i).map((id): [string, string, string] => [id, type, '']),
      })),
      pins: ids.slice(0, 1).map((operator) => ({ ...inner, operator, device: 'c0:0' })),
    };
  });

describe('the placement file', () => {
  it('is read as it was written, unknown fields included', () => {
    fc.assert(
      fc.property(placements, (file) => {
        expect(read(writePlacementFile(file))).toEqual(file);
      }),
      { numRuns: 300 },
    );
  });

  it('is written the same after it was read, whatever the order of its keys', () => {
    const shuffled = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(shuffled)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).reverse().map(([key, inner]) => [key, shuffled(inner)]))
          : value;
    fc.assert(
      fc.property(placements, (file) => {
        const once = writePlacementFile(file);
        expect(writePlacementFile(read(once))).toBe(once);
        expect(writePlacementFile(read(JSON.stringify(shuffled(file))))).toBe(once);
      }),
      { numRuns: 300 },
    );
  });

  it('has one operator per line, ends with LF and has no carriage return', () => {
    const lines = writePlacementFile(samplePlacement());
    expect(lines).toContain('\n        ["a", "Conv", "/conv"],\n        ["b", "Relu", ""]\n');
    expect(lines.endsWith('}\n')).toBe(true);
    expect(lines).not.toContain('\r');
    expect(lines).toMatchSnapshot();
  });

  it('puts fields of later versions after the known ones', () => {
    const file = { ...samplePlacement(), zeta: 1, alpha: { deep: [1, { b: 2, a: 1 }] } } as PlacementFile;
    const lines = writePlacementFile(file);
    expect(lines.indexOf('"pins"')).toBeLessThan(lines.indexOf('"alpha"'));
    expect(lines.indexOf('"alpha"')).toBeLessThan(lines.indexOf('"zeta"'));
    expect(read(lines)).toEqual(file);
  });

  it('survives what editors and git do to a text: CRLF and a byte order mark', () => {
    const file = samplePlacement();
    expect(read(`\ufeff${writePlacementFile(file).replaceAll('\n', '\r\n')}`)).toEqual(file);
  });

  it('is never written when it is not valid', () => {
    const file = samplePlacement();
    expect(() => writePlacementFile({ ...file, certificate: { ...file.certificate, value: Number.NaN } })).toThrow(/refusing to write/);
    expect(() => writePlacementFile({ ...file, model: { ...file.model, path: '/home/me/net.onnx' } })).toThrow(/absolute/);
    expect(() => writePlacementFile({ ...file, stages: [...file.stages, { ...file.stages[0]!, name: '2', device: 'a100:2' }] })).toThrow(/beyond/);
  });
});

describe('reading a bad placement', () => {
  const valid = writePlacementFile(samplePlacement());

  it('names line and column where the text is not JSON', () => {
    expect(refusal(valid.replace('"objective": "throughput",', '"objective": throughput,'))).toMatch(/^net\.onnx\.placement\.json:\d+:16: is not JSON: expected a value, found "t"/);
    expect(refusal('{\n  "version": 1,\n}')).toMatch(/:3:1: is not JSON: expected a key in double quotes/);
    expect(refusal('{"a": [1, 2')).toMatch(/:1:12: is not JSON: the text ends where/);
    expect(refusal('{"a": "b\n"}')).toMatch(/:1:7: is not JSON: expected a string/);
    expect(refusal('{} x')).toMatch(/:1:4: is not JSON: expected nothing more/);
    expect(refusal('')).toMatch(/is empty/);
  });

  it('agrees with JSON.parse about what JSON is, for every truncation and many mutations', () => {
    for (let end = 0; end < valid.length - 1; end++) expect(refusal(valid.slice(0, end))).toMatch(/is empty|is not JSON/);
    fc.assert(
      fc.property(fc.nat(valid.length - 1), fc.constantFrom(...'{}[]",:\\0-e\n\u0001tx'), (at, insert) => {
        const mutated = valid.slice(0, at) + insert + valid.slice(at + 1);
        let json = true;
        try {
          JSON.parse(mutated);
        } catch {
          json = false;
        }
        try {
          read(mutated);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          expect((error as Error).message.includes('is not JSON')).toBe(!json);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('recognises merge conflicts', () => {
    expect(refusal(valid.replace('  "objective"', '<<<<<<< HEAD\n  "objective"'))).toMatch(/:\d+:1: has unresolved merge conflicts/);
  });

  it('refuses a newer version before it looks at anything else', () => {
    expect(refusal('{\n  "version": 2, "stages": "elsewhere" }')).toBe(
      'net.onnx.placement.json:2:14: written by a newer Stagewright (format 2; this one reads 1). Update Stagewright to open it.',
    );
  });

  it('says where the schema is broken', () => {
    expect(refusal('[]')).toMatch(/must be object/);
    expect(refusal('null')).toMatch(/must be object/);
    expect(refusal(changed((file) => delete file['pins']))).toMatch(/has no "pins"/);
    expect(refusal(valid.replace('"computeSeconds": 0.0013', '"computeSeconds": "fast"'))).toMatch(/:\d+:35: stages\[0\]\.load\.computeSeconds must be number/);
    expect(refusal(valid.replace('"computeSeconds": 0.0013', '"computeSeconds": 1e999'))).toMatch(/computeSeconds must be number/);
    expect(refusal(valid.replace('"throughput"', '"beauty"'))).toMatch(/objective must be "throughput"/);
    expect(refusal(valid.replace('["b", "Relu", ""]', '["b", "Relu"]'))).toMatch(/operators\[1\] must NOT have fewer than 3 items/);
  });

  it('refuses what the schema cannot see', () => {
    expect(refusal(valid.replace('["b", "Relu", ""]', '["a", "Relu", ""]'))).toMatch(/operator "a" is listed twice/);
    expect(refusal(valid.replace('"device": "a100:1",', '"device": "a100:2",'))).toMatch(/"a100:2" is beyond the cluster's 2 devices/);
    expect(refusal(valid.replace('"device": "a100:1",', '"device": "h100:1",'))).toMatch(/class that the cluster does not have/);
    expect(refusal(valid.replace('"device": "a100:1",', '"device": "a100:0",'))).toMatch(/both on a100:0/);
    expect(refusal(valid.replace('"name": "1",', '"name": "0",'))).toMatch(/two stages are named "0"/);
    expect(refusal(valid.replace('"lowerBound": 0.00131', '"lowerBound": 0.1'))).toMatch(/lowerBound is above/);
    expect(refusal(valid.replace('"operator": "c", "device": "a100:1"', '"operator": "c", "device": "tpu:1"'))).toMatch(/pins\[0\]\.device/);
    const pinned = (pin: string): string => valid.replace('"operator": "c", "device": "a100:1"', pin);
    expect(refusal(pinned('"operator": "c"'))).toMatch(/pins\[0\] has no "device"/);
    expect(refusal(pinned('"operator": "c", "device": "a100:1", "stage": 0'))).toMatch(/pins\[0\] has both a "device" and a "stage"/);
    expect(refusal(pinned('"operator": "c", "stage": 99'))).toMatch(/pins\[0\]\.stage 99 is beyond the \d+ stages, from 0, that the cluster's devices make at most/);
    expect(refusal(pinned('"operator": "c", "stage": 0.5'))).toMatch(/pins\[0\]\.stage/);
    expect(readPlacementFile(pinned('"operator": "c", "stage": 1, "note": "x"'), 'a').pins).toEqual([{ operator: 'c', stage: 1, note: 'x' }]);
  });

  it.each(['../net.onnx', 'a/../../net.onnx', '/etc/net.onnx', 'C:/net.onnx', 'a\\\\net.onnx', 'a//net.onnx', './net.onnx', 'net\\u0000.onnx'])(
    'refuses the model path %s',
    (path) => {
      expect(refusal(valid.replace('"path": "net.onnx"', `"path": "${path}"`))).toMatch(/model\.path/);
    },
  );

  it('refuses __proto__ keys, also escaped, and is not touched by constructor keys', () => {
    expect(refusal(valid.replace('"version": 1,', '"__proto__": { "polluted": true }, "version": 1,'))).toMatch(/:3:3: has a key "__proto__"/);
    expect(refusal(valid.replace('"batch": 1', '"\\u005f_proto__": 1'))).toMatch(/__proto__/);
    const file = read(valid.replace('"batch": 1', '"constructor": 1, "toString": 2'));
    expect(Object.entries(file.model.bound)).toEqual([['constructor', 1], ['toString', 2]]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(read(valid.replace('"/conv"', '"__proto__"')).stages[0]!.operators[0]![2]).toBe('__proto__');
  });

  it('refuses what is too long or too deep, quickly', () => {
    expect(refusal(' '.repeat(MAX_PLACEMENT_LENGTH + 1))).toMatch(/characters/);
    expect(refusal('['.repeat(100_000))).toMatch(/nested deeper|must be object|is not JSON/);
    expect(refusal(`{"version": 1, "__proto__": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`)).toMatch(/__proto__|nested deeper/);
  });
});

describe('the schema', () => {
  it('is a draft 7 schema with a description for every field', () => {
    expect(new Ajv().validateSchema(schema)).toBe(true);
    const undescribed: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties, items, additionalProperties, description } = node as Record<string, unknown>;
      if (description === undefined && !path.endsWith('operators[][]')) undescribed.push(path);
      for (const [key, value] of Object.entries((properties ?? {}) as object)) visit(value, `${path}.${key}`);
      visit(items, `${path}[]`);
      visit(additionalProperties, `${path}{}`);
    };
    visit(schema, '');
    expect(undescribed).toEqual([]);
  });
});
