import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importClusterText } from '../../../../src/cost/import/importCluster';
import { parseXml } from '../../../../src/cost/import/xml';
import { parseCluster } from '../../../../src/cost/readCluster';
import { UserError } from '../../../../src/shared/userError';

const read = (text: string, options = {}) => importClusterText(text, 'file', options);

const topo = (cells: readonly (readonly string[])[]): string =>
  [`\t\u001b[4m${cells.map((_, i) => `GPU${i}`).join('\t')}\tNIC0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\u001b[0m`, ...cells.map((row, i) => `GPU${i}\t${row.map((cell, j) => (i === j ? ' X ' : cell)).join('\t')}\tPXB\t0-31\t0\t\tN/A`), `NIC0\t${cells.map(() => 'PXB').join('\t')}\t X`, '', 'Legend:', '  X    = Self', '  NV#  = Connection traversing a bonded set of # NVLinks'].join('\n');
const all = (count: number, cell: string) => topo(Array.from({ length: count }, () => Array.from({ length: count }, () => cell)));

describe('nvidia-smi topo -m', () => {
  it('gives NVLinks their rate', () => {
    const { cluster } = read(all(4, 'NV12'), { device: 'a100' });
    expect(cluster.devices[0]).toMatchObject({ class: 'a100', count: 4, memoryBytes: 80e9 });
    expect(cluster.links[0]).toMatchObject({ between: ['a100', 'a100'], path: 'peer', bytesPerSecond: 12 * 25e9 * 0.83 });
    expect(cluster.links[1]).toMatchObject({ between: ['a100', 'cpu'], path: 'host' });
    expect(parseCluster(JSON.stringify(cluster), 'x')).toEqual(cluster);
  });
  it('takes the slowest of links that differ, and says so', () => {
    const { cluster, notes } = read(topo([['X', 'NV4', 'SYS'], ['NV4', 'X', 'SYS'], ['SYS', 'SYS', 'X']]), { device: 'a100' });
    expect(cluster.links.map(({ path }) => path)).toEqual(['host']);
    expect(notes.join()).toMatch(/differ \(NV4, SYS\); all get the slowest, SYS/);
    expect(read(all(2, 'PIX'), { device: 'l4' }).cluster.links[0]).toMatchObject({ path: 'peer', bytesPerSecond: 25e9 });
  });
  it('reads columns that spaces separate', () => {
    expect(read('        GPU0    GPU1    CPU Affinity\nGPU0     X      NV18    0-47\nGPU1    NV18     X      0-47\n', { device: 'h100' }).cluster.links[0]!.bytesPerSecond).toBeCloseTo(450e9 * 0.83, -3);
  });
  it.each([
    ['no device', all(2, 'NV12'), {}, /does not say what its GPUs are.*--device: a100/],
    ['another device', all(2, 'NV12'), { device: 'v100' }, /class "v100", which no preset describes/],
    ['a cell', all(2, 'NVX'), { device: 'a100' }, /file:2: the cell of GPU0 and GPU1 is "NVX"/],
    ['a missing line', all(3, 'NV12').replace(/^GPU2.*\n/m, ''), { device: 'a100' }, /GPU2 has no line/],
    ['short lines', '\tGPU0\tGPU1\nGPU0\t X\nGPU1\tSYS\t X\n', { device: 'a100' }, /file:2: GPU0 has 1 of 2 cells/],
    ['a direction', topo([['X', 'NV4'], ['NV8', 'X']]), { device: 'a100' }, /GPU0 to GPU1 is "NV4", but back it is "NV8"/],
    ['no matrix', 'hello', { device: 'a100' }, /no header line/],
    ['nothing', ' ', {}, /is empty/],
    ['servers', all(2, 'NV12'), { device: 'a100', servers: 2 }, /how fast the network/],
  ])('refuses %s', (_what, text, options, message) => expect(() => read(text, options)).toThrow(message));
});

const gpu = (i: number, sm = 80, links = '<nvlink target="0000:c4:00.0" count="12" tclass="0x068000"/>'): string =>
  `<pci busid="0000:0${i}:00.0" class="0x060400"><pci busid="0000:1${i}:00.0" class="0x030200"><gpu dev="${i}" sm="${sm}" rank="${i}" gdr="1">${links}</gpu></pci></pci>`;
const nccl = (inner: string): string => `<?xml version="1.0"?>\n<system version="1"><!-- dumped --><cpu numaid="0" arch="x86_64">${inner}<nic><net name="mlx5_0" dev="0" speed="200000" latency="0.0"/></nic></cpu></system>`;

describe('NCCL topology', () => {
  it('reads GPUs, NVLinks to switches, and adapters', () => {
    const { cluster, notes } = read(nccl(gpu(0) + gpu(1)), { servers: 2 });
    expect(cluster).toMatchObject({ devices: [{ class: 'a100', count: 4 }, { class: 'cpu', count: 2 }], servers: { count: 2, bytesPerSecond: 12.5e9 * 0.9 } });
    expect(cluster.links[0]!.bytesPerSecond).toBeCloseTo(300e9 * 0.83, -3);
    expect(notes[0]).toMatch(/capability 80 is taken for a100/);
  });
  it('reads NVLinks between pairs, the fewest counting', () => {
    const to = (...targets: [number, number][]) => targets.map(([j, count]) => `<nvlink target="0000:1${j}:00.0" count="${count}" tclass="0x030200"/>`).join('');
    const { cluster } = read(nccl(gpu(0, 90, to([1, 4], [2, 2])) + gpu(1, 90, to([0, 4], [2, 4])) + gpu(2, 90, to([0, 2], [1, 4]))));
    expect(cluster.links[0]!.bytesPerSecond).toBeCloseTo(50e9 * 0.83, -3);
    expect(read(nccl(gpu(0, 89, '') + gpu(1, 89, ''))).cluster.links[0]).toMatchObject({ path: 'peer', bytesPerSecond: 25e9 });
  });
  it.each([
    ['another root', '<topology/>', /root element <topology>/],
    ['no gpu', nccl(''), /has no <gpu>/],
    ['kinds', nccl(gpu(0) + gpu(1, 90)), /different kinds \(sm 80, 90\)/],
    ['an unknown kind', nccl(gpu(0, 70)), /compute capability 70/],
    ['a count', nccl(gpu(0, 80, '<nvlink target="x" count="-3"/>')), /the count "-3"/],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><system/>', /document types and CDATA are not read/],
    ['a wrong end', '<system><cpu></system>', /file:1:14: .*closes what is not open/],
    ['no end', '<system><cpu>', /<cpu> is not closed/],
    ['depth', '<a>'.repeat(1000), /nested too deep/],
  ])('refuses %s', (_what, text, message) => expect(() => read(text)).toThrow(message));
  it('parses or refuses any text, without throwing', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('<a', '>', '/>', '</a>', '"', "'", ' x=', '<!--', '-->', '&lt;', 'q', '<'), { maxLength: 40 }), (parts) => void parseXml(parts.join(''))));
    const element = parseXml(`<a b="&lt;&amp;lt;>" c='"'/>`);
    expect('name' in element && [...element.attributes]).toEqual([['b', '<&lt;>'], ['c', '"']]);
    parseXml(`<a ${'b="c" '.repeat(100_000)}`);
    parseXml('<a b="'.repeat(200_000));
  });
});

const system = { matrix: { tflops: 312 }, vector: { tflops: 78 }, mem1: { GiB: 80, GBps: 2048 }, networks: [{ bandwidth: 300, efficiency: 0.6, size: 8, latency: 1e-6 }, { bandwidth: 25, efficiency: 0.9, size: 65536, latency: 2e-6 }] };

describe('Calculon', () => {
  it('reads both forms', () => {
    const older = read(JSON.stringify(system)).cluster;
    const newer = read(JSON.stringify({ ...system, matrix: { float16: { tflops: 312 } }, vector: { float16: { tflops: 78 } } })).cluster;
    expect(newer).toEqual(older);
    expect(older).toMatchObject({ devices: [{ count: 8, memoryBytes: 80 * 2 ** 30, peakFlops: { float16: 312e12, float32: 78e12 } }], links: [{ bytesPerSecond: 180e9 }] });
    expect(read(JSON.stringify(system), { servers: 4 }).cluster).toMatchObject({ devices: [{ count: 32 }], servers: { count: 4, bytesPerSecond: 22.5e9 } });
  });
  it.each([
    ['no matrix', { ...system, matrix: {} }, /matrix\.float16\.tflops must be a positive number, got nothing/],
    ['a string', { ...system, mem1: { GiB: '80', GBps: 1 } }, /mem1\.GiB must be a positive number, got "80"/],
    ['an efficiency', { ...system, networks: [{ ...system.networks[0], efficiency: 6 }] }, /networks\.0\.efficiency is 6/],
    ['a size', { ...system, networks: [{ ...system.networks[0], size: 1e9 }] }, /networks\.0\.size/],
  ])('refuses %s', (_what, value, message) => expect(() => read(JSON.stringify(value))).toThrow(message));
  it('refuses what is not JSON', () => expect(() => read('{')).toThrow(UserError));
});
