import { availableParallelism, cpus, totalmem } from 'node:os';
import type { ClusterDevice, ClusterFile, ClusterLink } from './clusterFile';
import { coresAsCluster } from './coresAsCluster';

/** The cluster that is offered first. */
export const DEFAULT_PRESET = 'a100x4';

/**
 * Dense peak rates (without sparsity), memory and links of accelerators, as their makers' data sheets state them. An efficiency of 0.6 is
 * what large matrix products commonly reach end to end; the overhead is the usual time to launch one kernel. Override what you measured.
 */
const accelerators = {
  a100: {
    peakFlops: { float32: 19.5e12, float64: 9.7e12, float16: 312e12, bfloat16: 312e12, int8: 624e12, uint8: 624e12 },
    memoryBytes: 80e9,
    memoryBytesPerSecond: 2.039e12,
    source: 'NVIDIA A100 80GB SXM data sheet; dense rates',
  },
  h100: {
    peakFlops: { float32: 67e12, float64: 34e12, float16: 989e12, bfloat16: 989e12, int8: 1979e12, uint8: 1979e12, float8e4m3fn: 1979e12, float8e5m2: 1979e12 },
    memoryBytes: 80e9,
    memoryBytesPerSecond: 3.35e12,
    source: 'NVIDIA H100 SXM data sheet; dense rates (half of the rates printed with sparsity)',
  },
  h200: {
    peakFlops: { float32: 67e12, float64: 34e12, float16: 989e12, bfloat16: 989e12, int8: 1979e12, uint8: 1979e12, float8e4m3fn: 1979e12, float8e5m2: 1979e12 },
    memoryBytes: 141e9,
    memoryBytesPerSecond: 4.8e12,
    source: 'NVIDIA H200 SXM data sheet; dense rates (half of the rates printed with sparsity)',
  },
  b200: {
    peakFlops: { float32: 75e12, float64: 37e12, float16: 2250e12, bfloat16: 2250e12, int8: 4500e12, uint8: 4500e12, float8e4m3fn: 4500e12, float8e5m2: 4500e12, float4e2m1: 9000e12 },
    memoryBytes: 180e9,
    memoryBytesPerSecond: 8e12,
    source: 'NVIDIA DGX B200 data sheet, one eighth of the server; dense rates (half of the rates printed with sparsity)',
  },
  mi300x: {
    peakFlops: { float32: 163.4e12, float64: 81.7e12, float16: 1307e12, bfloat16: 1307e12, int8: 2614e12, uint8: 2614e12, float8e4m3fnuz: 2614e12, float8e5m2fnuz: 2614e12 },
    memoryBytes: 192e9,
    memoryBytesPerSecond: 5.3e12,
    source: 'AMD Instinct MI300X data sheet; dense rates',
  },
  l4: {
    peakFlops: { float32: 30.3e12, float16: 121e12, bfloat16: 121e12, int8: 242e12, uint8: 242e12, float8e4m3fn: 242e12, float8e5m2: 242e12 },
    memoryBytes: 24e9,
    memoryBytesPerSecond: 300e9,
    source: 'NVIDIA L4 data sheet; dense rates (half of the rates printed with sparsity)',
  },
  'tpu-v5p': {
    // The matrix units have no float32 mode: a float32 product is made of several bfloat16 passes.
    peakFlops: { float32: 76.5e12, bfloat16: 459e12, float16: 459e12, int8: 918e12, uint8: 918e12 },
    memoryBytes: 95e9,
    memoryBytesPerSecond: 2.765e12,
    source: 'Google Cloud TPU v5p documentation; float32 as a sixth of bfloat16 (six passes of highest precision)',
  },
} as const satisfies Record<string, Pick<ClusterDevice, 'peakFlops' | 'memoryBytes' | 'memoryBytesPerSecond' | 'source'>>;

/** A two-socket server's processors, as one device. */
const hostCpu: ClusterDevice = {
  class: 'cpu',
  count: 1,
  host: true,
  peakFlops: { float32: 4e12, float64: 2e12, int8: 16e12, uint8: 16e12 },
  memoryBytesPerSecond: 300e9,
  operatorOverheadSeconds: 2e-6,
  efficiency: 0.5,
  source: 'estimate: 64 cores at 2 GHz, 32 float32 operations a cycle, 8 channels of DDR4-3200 and more; host memory counts as unbounded',
};

const peerEfficiency = 0.83;

type Accelerator = keyof typeof accelerators;

function server(name: string, accelerator: Accelerator, count: number, peer: Omit<ClusterLink, 'between' | 'path'> | undefined, host: Omit<ClusterLink, 'between' | 'path'>): ClusterFile {
  return {
    version: 1,
    name,
    devices: [{ class: accelerator, count, ...accelerators[accelerator], operatorOverheadSeconds: 5e-6, efficiency: 0.6 }, hostCpu],
    links: [
      ...(peer ? [{ between: [accelerator, accelerator], path: 'peer', ...peer } satisfies ClusterLink] : []),
      { between: [accelerator, 'cpu'], path: 'host', ...host },
    ],
  };
}

const nvlink = (bytesPerSecond: number, source: string): Omit<ClusterLink, 'between' | 'path'> => ({
  bytesPerSecond: bytesPerSecond * peerEfficiency,
  latencySeconds: 3e-6,
  overlap: 'none',
  source: `${source}; 0.83 of the nominal rate is what peer-to-peer copies commonly reach`,
});
const pcie = (bytesPerSecond: number, source: string): Omit<ClusterLink, 'between' | 'path'> => ({ bytesPerSecond, latencySeconds: 1e-5, overlap: 'none', source });
const pcie4 = pcie(25e9, 'PCIe 4.0 x16: 31.5 GB/s a direction nominal, about 25 GB/s in practice');
const pcie5 = pcie(50e9, 'PCIe 5.0 x16: 63 GB/s a direction nominal, about 50 GB/s in practice');

/** Several servers of a kind, each with a network adapter for each accelerator. */
const several = (servers: number, name: string, one: ClusterFile, bytesPerSecond: number, source: string): ClusterFile => ({
  ...one,
  name,
  devices: one.devices.map((device) => ({ ...device, count: device.count * servers })),
  servers: { count: servers, bytesPerSecond: bytesPerSecond * networkEfficiency, latencySeconds: 5e-6, source: `${source}; 0.9 of the nominal rate` },
});
const networkEfficiency = 0.9;

/** Clusters by the name that people give on the command line, in the order in which they are offered. */
export const presets: ReadonlyMap<string, ClusterFile> = new Map<string, ClusterFile>([
  ['a100x4', server('1 server, 4 x A100 80 GB', 'a100', 4, nvlink(300e9, 'NVLink 3: 600 GB/s both directions together'), pcie4)],
  ['a100x8', server('1 server, 8 x A100 80 GB', 'a100', 8, nvlink(300e9, 'NVLink 3: 600 GB/s both directions together'), pcie4)],
  ['h100x8', server('1 server, 8 x H100 80 GB', 'h100', 8, nvlink(450e9, 'NVLink 4: 900 GB/s both directions together'), pcie5)],
  ['a100x8-2', several(2, '2 servers, 8 x A100 80 GB each', server('', 'a100', 8, nvlink(300e9, 'NVLink 3: 600 GB/s both directions together'), pcie4), 25e9, 'InfiniBand HDR, 200 Gb/s for each accelerator')],
  ['h100x8-4', several(4, '4 servers, 8 x H100 80 GB each', server('', 'h100', 8, nvlink(450e9, 'NVLink 4: 900 GB/s both directions together'), pcie5), 50e9, 'InfiniBand NDR, 400 Gb/s for each accelerator')],
  ['h200x8', server('1 server, 8 x H200 141 GB', 'h200', 8, nvlink(450e9, 'NVLink 4: 900 GB/s both directions together'), pcie5)],
  ['b200x8', server('1 server, 8 x B200 180 GB', 'b200', 8, nvlink(900e9, 'NVLink 5: 1,800 GB/s both directions together'), pcie5)],
  ['mi300x-8', server('1 server, 8 x MI300X 192 GB', 'mi300x', 8, nvlink(64e9, 'Infinity Fabric: 128 GB/s both directions together between two devices'), pcie5)],
  ['l4x4', server('1 server, 4 x L4 24 GB', 'l4', 4, undefined, pcie4)],
  ['cpu-l4x2', server('CPU + 2 x L4 24 GB', 'l4', 2, undefined, pcie4)],
  ['tpu-v5p-8', server('TPU v5p slice, 4 chips (8 cores)', 'tpu-v5p', 4, nvlink(100e9, 'inter-chip interconnect: 1,200 GB/s over six links, one link of 100 GB/s a direction between neighbours'), pcie4)],
  ['this-machine', coresAsCluster(availableParallelism(), cpus()[0]?.model ?? '', totalmem())],
]);
