import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterFile } from '../../../src/cost/clusterFile';
import { coresAsCluster } from '../../../src/cost/coresAsCluster';
import { DEFAULT_PRESET, presets } from '../../../src/cost/presets';
import { clusterFault, parseCluster } from '../../../src/cost/readCluster';
import { UserError } from '../../../src/shared/userError';

const good = {
  version: 1,
  name: 'two and a host',
  devices: [
    { class: 'gpu', count: 2, memoryBytes: 12e9, peakFlops: { float32: 1e13 }, memoryBytesPerSecond: 1e12 },
    { class: 'npu', count: 1, memoryBytes: 8e9, peakFlops: { int8: 1e14 }, memoryBytesPerSecond: 1e11, efficiency: 0.5, unsupported: ['Erf'] },
    { class: 'cpu', count: 1, host: true, peakFlops: { float32: 1e12 }, memoryBytesPerSecond: 1e11 },
  ],
  links: [
    { between: ['gpu', 'cpu'], bytesPerSecond: 2e10, path: 'host' },
    { between: ['cpu', 'npu'], bytesPerSecond: 1e9, latencySeconds: 1e-5, path: 'host', overlap: 'duplex' },
  ],
};
const text = (change: (cluster: typeof good) => void): string => {
  const cluster = structuredClone(good);
  change(cluster);
  return JSON.stringify(cluster, null, 2);
};
const fails = (json: string): string => {
  try {
    parseCluster(json, 'gpu.cluster.json');
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  return expect.fail('no error');
};

it('a good cluster is read as it is, unknown fields, a byte order mark and all', () => {
  const extended = { ...good, owner: 'us' };
  expect(parseCluster(`\ufeff${JSON.stringify(extended)}`, 'x')).toEqual(extended);
});

describe('what is wrong is named with its place', () => {
  it.each<[string, (cluster: typeof good) => void, string]>([
    ['zero devices', (c) => (c.devices[0]!.count = 0), 'gpu.cluster.json:7:16: devices[0].count must be at least 1, got 0.'],
    ['no classes', (c) => (c.devices = []), 'devices is empty: a cluster has at least one device.'],
    ['half a device', (c) => (c.devices[0]!.count = 1.5), 'devices[0].count must be integer, got 1.5.'],
    ['too many devices', (c) => (c.devices[0]!.count = 1e6), 'devices are 1000002 in all, more than 65536.'],
    ['negative memory', (c) => (c.devices[0]!.memoryBytes = -1), 'devices[0].memoryBytes must be more than 0, got -1.'],
    ['no memory', (c) => delete (c.devices[0] as { memoryBytes?: number }).memoryBytes, 'devices[0] ("gpu") has no memoryBytes, which only host devices may leave out.'],
    ['NaN as text', (c) => ((c.devices[0] as { memoryBytes: unknown }).memoryBytes = 'NaN'), 'devices[0].memoryBytes must be number, got "NaN".'],
    ['null, as JSON writes NaN', (c) => (c.devices[0]!.memoryBytes = NaN), 'devices[0].memoryBytes must be number, got null.'],
    ['no peak', (c) => (c.devices[0]!.peakFlops = {} as { float32: number }), 'devices[0].peakFlops states no rate.'],
    ['an unknown type', (c) => (c.devices[0]!.peakFlops = { flaot16: 1 } as never), 'devices[0].peakFlops names "flaot16", which is no element type of ONNX'],
    ['efficiency of nothing', (c) => (c.devices[1]!.efficiency = 0), 'devices[1].efficiency must be more than 0, got 0.'],
    ['efficiency in percent', (c) => (c.devices[1]!.efficiency = 60), 'devices[1].efficiency must be at most 1, got 60.'],
    ['a class twice', (c) => (c.devices[1]!.class = 'gpu'), 'devices has the class "gpu" twice.'],
    ['two hosts', (c) => ((c.devices[1] as { host?: boolean }).host = true), 'devices has 2 host classes ("npu", "cpu"); there can be one.'],
    ['a link to nowhere', (c) => (c.links[1]!.between = ['cpu', 'tpu']), 'links[1] names the class "tpu", which devices does not have.'],
    ['a link twice', (c) => (c.links[1]!.between = ['cpu', 'gpu']), 'links has a second link between "cpu" and "gpu".'],
    ['no link', (c) => c.links.pop(), 'links has none between the classes "gpu" and "npu", nor any to the host class "cpu".'],
    ['no link among equals', (c) => (c.links[0]!.between = ['gpu', 'npu']), 'links has none among the 2 devices of class "gpu", nor any to the host class "cpu".'],
    ['a link of no speed', (c) => (c.links[0]!.bytesPerSecond = 0), 'links[0].bytesPerSecond must be more than 0, got 0.'],
    ['an unknown overlap', (c) => (c.links[1]!.overlap = 'some'), 'links[1].overlap must be "none" or "compute" or "duplex" or "full", got "some".'],
    ['a newer format', (c) => (c.version = 2), 'gpu.cluster.json:2:14: is of format 2, written for a newer Stagewright (this one reads format 1).'],
  ])('%s', (_, change, message) => expect(fails(text(change))).toContain(message));

  it('numbers beyond what a number holds', () =>
    expect(fails(text(() => undefined).replace('12000000000', '1e999'))).toContain('gpu.cluster.json:8:22: devices[0].memoryBytes is too large for a number.'));
  it('a link of endless latency', () => expect(fails(text(() => undefined).replace('0.00001', '1e999'))).toContain('links[1].latencySeconds is too large for a number.'));
  it('text that is not JSON', () => expect(fails('{\n  "version": 1,\n  nonsense }')).toContain('gpu.cluster.json:3:3: is not JSON: expected a key in double quotes, found "n".'));
  it('nothing', () => expect(fails(' \n')).toContain('is empty.'));
  it('no object', () => expect(fails('[]')).toContain('must be object'));
  it('a text that is too long', () => expect(fails(' '.repeat(2 ** 20 + 1))).toContain('has 1048577 characters'));
  it.each(['{"__proto__": 1}', '{"\\u005f_proto__": 1}'])('prototype keys: %s', (json) => expect(fails(json)).toContain('has a key "__proto__", which no cluster has.'));
  it('a nest deeper than any cluster', () => expect(fails('['.repeat(100_000))).toContain('is nested deeper than'));
});

it('whatever the text, the answer is a cluster or one clear error', () => {
  const source = JSON.stringify(good);
  const mutation = fc.tuple(fc.nat(source.length), fc.nat(12), fc.string({ maxLength: 4 })).map(([at, length, put]) => source.slice(0, at) + put + source.slice(at + length));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), mutation), (json) => {
      try {
        expect(clusterFault(parseCluster(json, 'x'))).toBeUndefined();
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }),
    { numRuns: 2000 },
  );
});

describe('presets', () => {
  it.each([...presets])('%s is a valid cluster that states its sources', (_, cluster: ClusterFile) => {
    expect(parseCluster(JSON.stringify(cluster), 'preset')).toEqual(cluster);
    for (const device of cluster.devices) expect(device.source).toBeTruthy();
    for (const link of cluster.links) expect(link.source).toBeTruthy();
  });
  it('the default is one of them', () => expect(presets.has(DEFAULT_PRESET)).toBe(true));
  it('cover servers of every common accelerator', () => {
    const classes = new Set([...presets.values()].flatMap((cluster) => cluster.devices.map((device) => device.class)));
    for (const name of ['a100', 'h100', 'mi300x', 'l4', 'tpu-v5p', 'cpu']) expect(classes).toContain(name);
  });
});

describe('the cores of a machine', () => {
  it('share its memory and run at the clock that the processor states', () => {
    const [core] = coresAsCluster(4, 'Intel(R) Xeon(R) Platinum 8175M CPU @ 2.50GHz', 16e9).devices;
    expect(core).toMatchObject({ count: 4, memoryBytes: 4e9, peakFlops: { float32: 80e9 } });
  });
  it('run at a usual clock if it states none', () => expect(coresAsCluster(1, '', 1e9).devices[0]!.source).toContain('2.5 GHz, a usual clock'));
});
