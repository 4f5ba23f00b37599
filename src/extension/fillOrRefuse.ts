import type * as vscode from 'vscode';
import type { Log } from './log';
import { describeError } from './showError';

/** Fills an editor, or says in it why it cannot be filled. */
export function fillOrRefuse(panel: vscode.WebviewPanel, log: Log, fill: () => void): void {
  try {
    fill();
  } catch (error) {
    const text = describeError(error, log, 'opening an editor') ?? '';
    panel.webview.html = `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src 'none'"><p>${text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)}</p>`;
  }
}
