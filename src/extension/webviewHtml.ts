import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { language } from './language';

/** Of the empty text: the toolkit makes an empty style element and fills it by script. */
const EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/** Folders that a webview may load from. */
export const webviewRoots = (extension: vscode.Uri): vscode.Uri[] => [vscode.Uri.joinPath(extension, 'dist', 'webview')];

/**
 * The page of a plan view. It may load nothing but its own script, styles and font.
 *
 * @param model put into the view's persistent state, so that a panel that comes back after a reload says what it shows
 */
export function webviewHtml(webview: vscode.Webview, extension: vscode.Uri, model: vscode.Uri): string {
  const nonce = randomBytes(18).toString('base64');
  const asset = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', 'webview', name)).toString();
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource} ${EMPTY_STYLE}; font-src ${webview.cspSource}; img-src ${webview.cspSource} data:`;
  const context = escapeHtml(JSON.stringify({ preventDefaultContextMenuItems: true }));
  const { name, words } = language() ?? { name: 'en', words: {} };
  return `<!DOCTYPE html>
<html lang="${escapeHtml(name)}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <link rel="stylesheet" href="${asset('codicon.css')}">
  <link rel="stylesheet" href="${asset('main.css')}">
  <title>Stagewright</title>
</head>
<body data-vscode-context="${context}">
  <script type="application/json" id="words">${JSON.stringify(words).replaceAll('<', '\\u003c')}</script>
  <script nonce="${nonce}">
    {
      const api = acquireVsCodeApi();
      api.setState({ ...api.getState(), model: ${JSON.stringify(model.toString()).replace(/</g, '\\u003c')} });
      globalThis.acquireVsCodeApi = () => api;
    }
  </script>
  <script nonce="${nonce}" src="${asset('main.js')}"></script>
</body>
</html>`;
}

/** The model that a persistent state names. */
export function modelOfState(state: unknown): vscode.Uri | undefined {
  if (typeof state !== 'object' || state === null || !('model' in state) || typeof state.model !== 'string') return undefined;
  const uri = vscode.Uri.parse(state.model);
  return uri.scheme === 'file' ? uri : undefined;
}

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
