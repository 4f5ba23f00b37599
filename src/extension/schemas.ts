import * as vscode from 'vscode';

/**
 * Serves the schemas that placement and cluster files name as `stagewright://schemas/<name>`: they come with the extension, so that a file
 * on any machine is checked without asking a server.
 */
export function registerSchemas(extensionUri: vscode.Uri): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider('stagewright', {
    provideTextDocumentContent: async (uri) => {
      const name = /^\/[\w-]+\.schema\.json$/.exec(uri.path)?.[0];
      if (uri.authority !== 'schemas' || name === undefined) return undefined;
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, 'media', 'schemas', name)));
    },
  });
}
