import { UserError } from '../../shared/userError';
import type { ClusterDevice, ClusterFile, ClusterLink } from '../clusterFile';
import { presets } from '../presets';

/** What copies reach of the nominal rate of a link between devices. */
export const PEER_EFFICIENCY = 0.83;
/** Nominal rate of one NVLink, bytes per second in one direction, where a class has another than NVLink 3 and 4. */
const NVLINK_BYTES: Readonly<Record<string, number>> = { b200: 50e9 };
const USUAL_NVLINK_BYTES = 25e9;
const LARGEST_COUNT = 4096;

/** What an import gives: a cluster, and what was assumed or left out, in sentences. */
export interface ImportedCluster {
  readonly cluster: ClusterFile;
  readonly notes: readonly string[];
}

export interface ImportOptions {
  /** class of the accelerators, of a preset: a100, h100, ... */
  readonly device?: string;
  /** equal servers like the one described; 1 if absent */
  readonly servers?: number;
}

/** Accelerators that presets describe, by class. */
export function knownAccelerators(): string[] {
  return [...new Set([...presets.values()].flatMap(({ devices }) => devices.filter((device) => device.host !== true && device.class !== 'core').map((device) => device.class)))];
}

/** The numbers of an accelerator, its host and the link to it. @throws UserError if no preset has it */
export function accelerator(name: string | undefined, subject: string): { device: ClusterDevice; host: ClusterDevice; hostLink: ClusterLink } {
  for (const { devices, links } of presets.values()) {
    const device = devices.find((candidate) => candidate.class === name && candidate.host !== true);
    const host = devices.find((candidate) => candidate.host === true);
    const hostLink = links.find(({ between }) => host !== undefined && between.includes(host.class) && between.includes(name ?? ''));
    if (device && host && hostLink) return { device, host, hostLink };
  }
  throw new UserError(subject, name === undefined ? 'does not say what its GPUs are.' : `has GPUs of the class "${name}", which no preset describes.`, `Name them with --device: ${knownAccelerators().join(', ')}; correct the numbers in the file afterwards.`);
}

/** @param nvlinks bonded links between two devices, the fewest of any pair; 0: they reach each other over PCIe; null: only by way of the host */
export function serverOf(name: string | undefined, count: number, nvlinks: number | null, what: string, subject: string, options: ImportOptions, net?: { bytesPerSecond: number; source: string }): ClusterFile {
  const { device, host, hostLink } = accelerator(name, subject);
  const servers = options.servers ?? 1;
  if (count * servers > LARGEST_COUNT) throw new UserError(subject, `describes ${count * servers} devices, more than ${LARGEST_COUNT}.`, 'Is this the right file?');
  if (servers > 1 && !net) throw new UserError(subject, 'does not say how fast the network between servers is.', 'Leave out --servers and add "servers" to the file by hand.');
  const nominal = (NVLINK_BYTES[device.class] ?? USUAL_NVLINK_BYTES) * (nvlinks ?? 0);
  const peer: ClusterLink | undefined =
    count * servers < 2 || nvlinks === null
      ? undefined
      : nvlinks > 0
        ? { between: [device.class, device.class], path: 'peer', bytesPerSecond: nominal * PEER_EFFICIENCY, latencySeconds: 3e-6, overlap: 'none', source: `${what}: ${nvlinks} NVLinks of ${nominal / nvlinks / 1e9} GB/s a direction; 0.83 of the nominal rate` }
        : { between: [device.class, device.class], path: 'peer', bytesPerSecond: hostLink.bytesPerSecond, latencySeconds: 1e-5, overlap: 'none', source: `${what}: PCIe from device to device; ${hostLink.source ?? 'the rate of the preset'}` };
  return {
    $schema: 'stagewright://schemas/cluster.schema.json',
    version: 1,
    name: `${servers === 1 ? '1 server' : `${servers} servers`}, ${count} x ${device.class}${servers === 1 ? '' : ' each'}`,
    devices: [{ ...device, count: count * servers }, { ...host, count: servers }],
    links: [...(peer ? [peer] : []), { ...hostLink, between: [device.class, host.class] }],
    ...(servers > 1 && net && { servers: { count: servers, bytesPerSecond: net.bytesPerSecond, latencySeconds: 5e-6, source: net.source } }),
  };
}
