import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import * as vscode from 'vscode';

const uri = (name: string): vscode.Uri => vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);
const sidecar = uri('embedding.onnx.placement.json');
const invoke = async (name: string, input: object): Promise<string> => {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
};

describe('language model tools', () => {
  before(async () => {
    await vscode.extensions.getExtension('stagewright.stagewright')!.activate();
    await vscode.commands.executeCommand('stagewright.partition', uri('embedding.onnx'), { cluster: 'a100x4', bind: {} });
    await vscode.commands.executeCommand('stagewright.savePlan');
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(sidecar.fsPath, { force: true });
  });

  it('are there, and say what they take', () => {
    const tools = vscode.lm.tools.filter(({ name }) => name.startsWith('stagewright_'));
    assert.deepEqual(tools.map(({ name }) => name).sort(), ['stagewright_compare', 'stagewright_explain', 'stagewright_partition']);
    for (const { description, inputSchema } of tools) assert.ok(description.length > 50 && inputSchema !== undefined);
  });

  it('explain a placement and compare two, in words with numbers', async () => {
    const text = await invoke('stagewright_explain', { placement: 'embedding.onnx.placement.json' });
    assert.match(text, /^embedding\.onnx on 1 server, 4 x A100 80 GB, throughput: [\d.]+ (µs|ms) per sample; /);
    assert.match(text, /\nBottleneck: /);
    const compared = await invoke('stagewright_compare', { before: 'embedding.onnx.placement.json', after: 'embedding.onnx.placement.json' });
    assert.match(compared, /Both take the same time\. No operator moved\./);
  });

  it('say what is wrong with what they were given, and look at nothing outside the workspace', async () => {
    assert.match(await invoke('stagewright_explain', { placement: '../embedding.onnx.placement.json' }), /is no file of this workspace/);
    assert.match(await invoke('stagewright_explain', { placement: '/etc/passwd' }), /is no path of a \.placement\.json file/);
    assert.equal(existsSync(sidecar.fsPath), true);
  });
});
