import { join } from 'node:path';
import type { RuntimePlace } from '../engine/runModels';

/** Where the command line runs models: the child's bundle lies beside its own; after the model's folders it looks in the working folder and in its own. */
export const runtimePlace = (folder: string | undefined): RuntimePlace => ({
  script: join(__dirname, 'runtime.js'),
  searchFrom: [process.cwd(), __dirname],
  ...(folder !== undefined && { folder }),
});
