import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { ClusterFile } from '../cost/clusterFile';
import { DEFAULT_PRESET, presets } from '../cost/presets';
import { parseCluster } from '../cost/readCluster';
import { readTextFile } from '../sidecar/textFile';
import { UserError } from '../shared/userError';

/** Largest cluster file that is read, in bytes. */
const MAX_CLUSTER_BYTES = 1 << 24;

export interface ResolvedCluster {
  readonly cluster: ClusterFile;
  /** the preset's name, or undefined for a file */
  readonly preset: string | undefined;
  /** absolute path of the cluster file, or undefined for a preset */
  readonly path: string | undefined;
}

/**
 * The cluster that a name or a path stands for. A name of a preset wins over a file of that name; write `./name` for the file.
 *
 * @param nameOrPath absent or empty: the default preset
 * @param baseFolder absolute; where relative paths start
 * @throws UserError if there is no such preset or file, or the file is not a cluster
 */
export function resolveCluster(nameOrPath: string | undefined, baseFolder: string): ResolvedCluster {
  const name = nameOrPath === undefined || nameOrPath === '' ? DEFAULT_PRESET : nameOrPath;
  const preset = presets.get(name);
  if (preset) return { cluster: preset, preset: name, path: undefined };
  const path = resolve(baseFolder, name);
  if (!/[./\\]/.test(name) && !existsSync(path)) {
    throw new UserError(name, 'is neither a preset nor a file.', `Presets: ${[...presets.keys()].join(', ')}.`);
  }
  return { cluster: parseCluster(readTextFile(path, name, MAX_CLUSTER_BYTES), name), preset: undefined, path };
}

/**
 * How a placement names the cluster that it was made with: the preset, or the file's path relative to the placement. A file that lies neither
 * beside or below the placement nor in the same working folder gives its bare name, because the way to it would name folders of one machine.
 *
 * @param baseFolder absolute; the working folder of both
 */
export function clusterOrigin(resolved: ResolvedCluster, sidecarPath: string, baseFolder: string): string {
  if (resolved.preset !== undefined) return resolved.preset;
  const path = resolved.path ?? resolved.cluster.name;
  const folder = dirname(sidecarPath);
  const common = isInside(path, folder) || (isInside(path, baseFolder) && isInside(sidecarPath, baseFolder));
  return common ? relative(folder, path).split(sep).join('/') : basename(path);
}

/** Whether an absolute path lies in a folder, or is that folder. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
