import { config } from '@vscode/l10n';
import { workerData } from 'node:worker_threads';
import { speak } from '../runtime/words';
import type { Words } from '../shared/language';

/** What a worker is started with. */
export interface WorkerData {
  /** the language bundle of the editor; absent: English */
  readonly words?: Words | undefined;
  /** the thread is one for ELK, and for nothing else */
  readonly elk?: boolean;
}

/** What the engine says to people, in the language of the editor. Imported before all else, so that nothing speaks before it knows how. */
const { words } = (workerData ?? {}) as WorkerData;
if (words) {
  config({ contents: words });
  speak(words);
}
