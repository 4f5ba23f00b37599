import * as vscode from 'vscode';
import type { Language } from '../shared/language';

/** The language of the editor, as far as there is a bundle for it; undefined for English. */
export const language = (): Language | undefined => (vscode.l10n.bundle ? { name: vscode.env.language, words: vscode.l10n.bundle } : undefined);
