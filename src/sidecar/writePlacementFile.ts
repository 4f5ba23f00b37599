import { canonicalJson, type Json } from './canonicalJson';
import type { PlacementFile } from './placementFile';
import { placementFault } from './validate';

/** The keys that are known, in the order in which people read them; unknown ones follow by code unit. */
const KEY_ORDER = new Map<string, readonly string[]>([
  ['', ['$schema', 'version', 'model', 'cluster', 'objective', 'training', 'replicas', 'costModel', 'certificate', 'stages', 'pins']],
  ['model', ['path', 'topology', 'operators', 'bound']],
  ['cluster', ['from', '$schema', 'version', 'name', 'devices', 'links', 'servers']],
  ['cluster.servers', ['count', 'bytesPerSecond', 'latencySeconds', 'source']],
  [
    'cluster.devices[]',
    ['class', 'count', 'host', 'memoryBytes', 'peakFlops', 'memoryBytesPerSecond', 'operatorOverheadSeconds', 'efficiency', 'unsupported', 'source'],
  ],
  ['cluster.links[]', ['between', 'bytesPerSecond', 'latencySeconds', 'path', 'overlap', 'source']],
  ['training', ['optimizer', 'microBatches']],
  ['costModel', ['name', 'version', 'profile']],
  ['costModel.profile', ['path', 'class', 'digest', 'coverage']],
  ['certificate', ['value', 'lowerBound', 'optimal', 'method']],
  ['stages[]', ['name', 'device', 'replicas', 'load', 'memory', 'operators']],
  ['stages[].load', ['computeSeconds', 'communicationSeconds']],
  ['stages[].memory', ['weightBytes', 'activationBytes']],
  ['pins[]', ['operator', 'device', 'stage']],
]);

/**
 * The canonical bytes of a placement: the same placement gives the same text on every machine, one operator per line, LF at the end.
 * Fields that this version does not know are written where they were read.
 *
 * @throws Error if the placement is not valid: an invalid file is never written
 */
export function writePlacementFile(file: PlacementFile): string {
  const fault = placementFault(file);
  if (fault) throw new Error(`refusing to write an invalid placement: ${fault.problem}`);
  return canonicalJson(file as unknown as Json, (path) => KEY_ORDER.get(path) ?? []);
}
