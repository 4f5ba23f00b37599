import { config } from '@vscode/l10n';

/** What the panel says, in the language of the editor: the page carries the bundle. Imported before all else, so that nothing speaks before it knows how. */
const words = document.getElementById('words')?.textContent;
if (words) config({ contents: words });
