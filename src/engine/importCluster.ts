import { basename } from 'node:path';
import type { ImportedCluster, ImportOptions } from '../cost/import/accelerator';
import { importClusterText } from '../cost/import/importCluster';
import { readTextFile } from '../sidecar/textFile';

/** Largest description that is read, in bytes. */
const MAX_BYTES = 1 << 22;

export interface ClusterImport extends ImportedCluster {
  /** what the cluster file is to hold */
  readonly text: string;
}

/** Reads a description of a cluster and gives the text of a cluster file. @throws UserError if it cannot be read */
export function importCluster(path: string, options: ImportOptions): ClusterImport {
  const imported = importClusterText(readTextFile(path, path, MAX_BYTES), basename(path), options);
  return { ...imported, text: `${JSON.stringify(imported.cluster, null, 2)}\n` };
}
