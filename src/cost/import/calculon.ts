import { UserError } from '../../shared/userError';
import type { ClusterFile } from '../clusterFile';
import type { ImportedCluster, ImportOptions } from './accelerator';

const LARGEST_SERVER = 1024;

/**
 * Reads a system of Calculon, in both forms: `matrix.tflops` for all types, or `matrix.float16.tflops`. Bandwidths of networks are GB/s in
 * one direction. The vector rate stands for float32; the first network is inside a server, the second between servers.
 *
 * @throws UserError if a number is missing or absurd
 */
export function importCalculon(text: string, subject: string, options: ImportOptions): ImportedCluster {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new UserError(subject, `is not JSON: ${error instanceof Error ? error.message : String(error)}.`, 'Is this the right file?');
  }
  const read = reader(value, subject);
  const matrix = read.rate('matrix');
  const vector = read.rate('vector');
  const memory = read.number('mem1', 'GiB') * 2 ** 30;
  const bandwidth = read.number('mem1', 'GBps') * 1e9;
  const inside = read.number('networks', '0', 'bandwidth') * 1e9 * read.share('networks', '0', 'efficiency');
  const size = read.number('networks', '0', 'size');
  const count = options.servers === undefined ? size : size * options.servers;
  if (!Number.isInteger(size) || size < 1 || count > LARGEST_SERVER) throw new UserError(subject, `networks.0.size: ${count} devices are not a whole number from 1 to ${LARGEST_SERVER}.`, 'Set the number of devices that one server has.');
  const servers = options.servers ?? 1;
  const source = 'Calculon system description';
  const cluster: ClusterFile = {
    $schema: 'stagewright://schemas/cluster.schema.json',
    version: 1,
    name: `${servers === 1 ? '1 server' : `${servers} servers`}, ${size} devices${servers === 1 ? '' : ' each'} (Calculon)`,
    devices: [{ class: options.device ?? 'gpu', count, memoryBytes: memory, peakFlops: { float32: vector, float16: matrix, bfloat16: matrix }, memoryBytesPerSecond: bandwidth, operatorOverheadSeconds: 5e-6, efficiency: 0.6, source }],
    links: count > 1 ? [{ between: [options.device ?? 'gpu', options.device ?? 'gpu'], path: 'peer', bytesPerSecond: inside, latencySeconds: read.number('networks', '0', 'latency'), overlap: 'none', source: `${source}: networks[0], bandwidth times efficiency` }] : [],
    ...(servers > 1 && { servers: { count: servers, bytesPerSecond: read.number('networks', '1', 'bandwidth') * 1e9 * read.share('networks', '1', 'efficiency'), latencySeconds: read.number('networks', '1', 'latency'), source: `${source}: networks[1], bandwidth times efficiency` } }),
  };
  return { cluster, notes: ['float32 runs at the vector rate; efficiency 0.6 and an overhead of 5 µs an operator are assumptions. There is no host: add one if the model needs it.'] };
}

function reader(root: unknown, subject: string) {
  const get = (path: readonly string[]): unknown =>
    path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined), root);
  const number = (...path: string[]): number => {
    const value = get(path);
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) throw new UserError(subject, `${path.join('.')} must be a positive number, got ${JSON.stringify(value) ?? 'nothing'}.`, 'Is this a system of Calculon?');
    return value;
  };
  return {
    number,
    share: (...path: string[]): number => {
      const value = get(path) === undefined ? 1 : number(...path);
      if (value > 1) throw new UserError(subject, `${path.join('.')} is ${value}, more than 1.`, 'It is a share of the bandwidth.');
      return value;
    },
    /** FLOP/s of a unit, in either form */
    rate: (unit: string): number => (get([unit, 'tflops']) === undefined ? number(unit, 'float16', 'tflops') : number(unit, 'tflops')) * 1e12,
  };
}
