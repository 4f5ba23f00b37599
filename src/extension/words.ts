import { config } from '@vscode/l10n';
import * as vscode from 'vscode';

/** What the shared parts of the extension say, in the language of the editor. Imported before all else, so that nothing speaks before it knows how. */
if (vscode.l10n.bundle) config({ contents: vscode.l10n.bundle });
