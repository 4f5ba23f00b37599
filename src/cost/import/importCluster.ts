import { UserError } from '../../shared/userError';
import { clusterFault } from '../readCluster';
import type { ImportedCluster, ImportOptions } from './accelerator';
import { importCalculon } from './calculon';
import { importNccl } from './nccl';
import { importTopology } from './topo';

/**
 * A cluster from a description that people have already, told apart by how it begins: XML of NCCL, JSON of Calculon, or else the matrix of
 * `nvidia-smi topo -m`.
 *
 * @throws UserError if it is none of them, is damaged, or gives no valid cluster
 */
export function importClusterText(text: string, subject: string, options: ImportOptions): ImportedCluster {
  const start = text.replace(/^\ufeff/, '').trimStart()[0];
  if (start === undefined) throw new UserError(subject, 'is empty.', 'Save the output of nvidia-smi topo -m, a topology of NCCL, or a system of Calculon.');
  const read = start === '<' ? importNccl : start === '{' ? importCalculon : importTopology;
  const imported = read(text, subject, options);
  const fault = clusterFault(imported.cluster);
  if (fault) throw new UserError(subject, `gives no valid cluster: ${fault.problem}.`, 'Correct the file, or write the cluster by hand.');
  return imported;
}
