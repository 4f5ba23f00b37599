import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';

const folder = (): vscode.Uri => vscode.workspace.workspaceFolders![0]!.uri;
const uri = (name: string): vscode.Uri => vscode.Uri.joinPath(folder(), name);
const model = (): vscode.Uri => uri('embedding.onnx');
const sidecar = (): vscode.Uri => uri('embedding.onnx.placement.json');

const tabs = (): readonly vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
const panel = (): vscode.Tab | undefined => tabs().find(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('stagewright.plan'));

async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !holds(); ) {
    assert.ok(Date.now() < end, `${what} did not come true; open: ${tabs().map(({ label }) => label).join(', ')}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

const partition = async (): Promise<void> => void (await vscode.commands.executeCommand('stagewright.partition', model(), { cluster: 'a100x4', bind: {} }));

describe('partitioning', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(sidecar().fsPath, { force: true });
  });

  it('shows an unsaved plan, writes nothing before Save, and the same bytes each time', async () => {
    await partition();
    await eventually('a panel that is marked unsaved', () => panel()?.label === '● Plan: embedding.onnx');
    assert.equal(existsSync(sidecar().fsPath), false);

    await vscode.commands.executeCommand('stagewright.savePlan');
    await eventually('a panel that is saved', () => panel()?.label === 'Plan: embedding.onnx');
    const text = readFileSync(sidecar().fsPath, 'utf8');
    assert.equal((JSON.parse(text) as { model: { path: string } }).model.path, 'embedding.onnx');

    await partition();
    await eventually('the panel of before', () => panel()?.label === 'Plan: embedding.onnx');
    assert.equal(readFileSync(sidecar().fsPath, 'utf8'), text);
    assert.equal(tabs().length, 1);
  });

  it('opens what was saved as a plan and as JSON', async () => {
    await partition();
    await vscode.commands.executeCommand('stagewright.savePlan');
    await vscode.commands.executeCommand('stagewright.openPlan', sidecar());
    await eventually('the plan', () => tabs().some(({ input }) => input instanceof vscode.TabInputCustom && input.viewType === 'stagewright.placement'));
    await vscode.commands.executeCommand('stagewright.openSidecar', sidecar());
    await eventually('the JSON', () => tabs().some(({ input }) => input instanceof vscode.TabInputText && input.uri.path === sidecar().path));
    assert.deepEqual(vscode.languages.getDiagnostics(sidecar()), []);
  });

  it('puts a new plan into the text of the placement editor, as one edit that is not saved', async () => {
    await partition();
    await vscode.commands.executeCommand('stagewright.savePlan');
    const saved = readFileSync(sidecar().fsPath, 'utf8');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('stagewright.openPlan', sidecar());
    await eventually('the plan', () => tabs().some(({ input }) => input instanceof vscode.TabInputCustom));

    await vscode.commands.executeCommand('stagewright.partition', undefined, { cluster: 'l4x4', bind: {} });
    const document = await vscode.workspace.openTextDocument(sidecar());
    assert.equal((JSON.parse(document.getText()) as { cluster: { from: string } }).cluster.from, 'l4x4');
    assert.equal(document.isDirty, true);
    assert.equal(readFileSync(sidecar().fsPath, 'utf8'), saved);
    assert.equal(panel(), undefined);

    await vscode.commands.executeCommand('undo');
    await eventually('the text of before', () => document.getText() === saved);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('opens the graph of a model read-only', async () => {
    await vscode.commands.executeCommand('stagewright.openModel', model());
    await eventually('the graph', () => tabs().some(({ input }) => input instanceof vscode.TabInputCustom && input.viewType === 'stagewright.model'));
    assert.equal(tabs().some(({ isDirty }) => isDirty), false);
  });

  it('leaves JSON as the default editor of placements', async () => {
    await partition();
    await vscode.commands.executeCommand('stagewright.savePlan');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('vscode.open', sidecar());
    await eventually('the JSON', () => tabs().some(({ input }) => input instanceof vscode.TabInputText));
  });

  it('fails with a message, not with an exception, and writes nothing', async () => {
    writeFileSync(uri('broken.onnx').fsPath, 'no model');
    try {
      const failing = vscode.commands.executeCommand('stagewright.partition', uri('broken.onnx'), { cluster: 'a100x4', bind: {} });
      await failing;
      assert.equal(panel(), undefined);
      assert.equal(existsSync(`${uri('broken.onnx').fsPath}.placement.json`), false);
    } finally {
      rmSync(uri('broken.onnx').fsPath);
    }
  });

  it('keeps the extension host responsive meanwhile', async () => {
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    }, 10);
    await vscode.commands.executeCommand('stagewright.partition', uri('cls.onnx'), { cluster: 'a100x4' , bind: {} });
    clearInterval(timer);
    assert.ok(longest < 1_000, `the extension host stood still for ${longest.toFixed(0)} ms`);
  });
});

describe('the manifest', () => {
  const extension = (): vscode.Extension<unknown> => vscode.extensions.getExtension('stagewright.stagewright')!;

  it('names only commands that exist', async () => {
    await extension().activate();
    const { commands } = (extension().packageJSON as { contributes: { commands: { command: string }[] } }).contributes;
    const existing = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(commands.map(({ command }) => command).filter((command) => !existing.has(command)), []);
  });

  it('has a default for every setting that the extension reads, and a text for every placeholder', () => {
    const settings = vscode.workspace.getConfiguration('stagewright');
    for (const name of ['defaultCluster', 'timeLimitSeconds', 'decorations.enabled']) assert.notEqual(settings.get(name), undefined, name);
    assert.equal(/"%[\w.]+%"/.test(JSON.stringify(extension().packageJSON)), false);
  });
});
