import type { ClusterFile } from './clusterFile';

/** Clock of a processor that does not tell its own, in Hz. */
const USUAL_CLOCK = 2.5e9;

/**
 * The cores of one machine as a cluster: a device for each core, with an even share of the memory. Rates are estimated, from the clock that
 * the processor's name states: what the system says of the clock changes from moment to moment, and the same machine is to give the
 * same description every time.
 *
 * @param model name of the processor, such as "Intel(R) Xeon(R) Platinum 8175M CPU @ 2.50GHz"
 * @param memoryBytes of the whole machine
 */
export function coresAsCluster(cores: number, model: string, memoryBytes: number): ClusterFile {
  const stated = /@\s*(\d+(?:\.\d+)?)\s*GHz/i.exec(model)?.[1];
  const hertz = stated === undefined ? USUAL_CLOCK : Number(stated) * 1e9;
  const float32 = hertz * 32;
  return {
    version: 1,
    name: `this machine, ${cores} CPU core${cores === 1 ? '' : 's'}`,
    devices: [
      {
        class: 'core',
        count: cores,
        memoryBytes: Math.floor(memoryBytes / cores),
        peakFlops: { float32, float64: float32 / 2, int8: float32 * 2, uint8: float32 * 2 },
        memoryBytesPerSecond: 10e9,
        operatorOverheadSeconds: 2e-6,
        efficiency: 0.5,
        source: `estimate: 32 float32 operations a cycle (two 256-bit fused multiply-adds) at ${hertz / 1e9} GHz${stated === undefined ? ', a usual clock' : ''}, 10 GB/s a core`,
      },
    ],
    links: [{ between: ['core', 'core'], path: 'peer', bytesPerSecond: 1e9, latencySeconds: 2e-5, overlap: 'none', source: 'what handing tensors from process to process over sockets takes, copies on both sides included, as "stagewright fidelity" measured it; a runtime with shared memory is faster' }],
  };
}
