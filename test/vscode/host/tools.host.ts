import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { compareTool, explainTool, partitionTool } from '../../../src/extension/languageModelTools';
import type { Services } from '../../../src/extension/services';
import { CancelledError, UserError } from '../../../src/shared/userError';
import { makeWorkerClient, type WorkerClient } from '../../../src/worker/client';

type ToolServices = Pick<Services, 'solver' | 'unsaved'>;

const extension = (): vscode.Extension<unknown> => vscode.extensions.getExtension('stagewright.stagewright')!;
const uri = (name: string): vscode.Uri => vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);
const path = (name: string): string => uri(name).fsPath;
const sidecar = 'embedding.onnx.placement.json';
const textOf = (name: string): string => readFileSync(path(name), 'utf8');
/** In tests VS Code takes every question of its own for answered with yes. */
const invoke = async (name: string, input: object, token?: vscode.CancellationToken): Promise<string> => {
  const { content } = await vscode.lm.invokeTool(`stagewright_${name}`, { input, toolInvocationToken: undefined }, token);
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
};
/** What a question says, without the marks that keep names from being read as markup. */
const asked = (input: object): { readonly title: string; readonly lines: readonly string[] } => {
  const { title, message } = partitionTool.prepare(input as Record<string, unknown>).confirmationMessages!;
  assert.ok(message instanceof vscode.MarkdownString && !message.isTrusted);
  return { title, lines: message.value.replaceAll('&nbsp;', ' ').replaceAll(/\\(.)/g, '$1').split(/\n+/) };
};

describe('language model tools', () => {
  const outside = mkdtempSync(join(tmpdir(), 'stagewright-outside-'));

  before(async () => {
    await extension().activate();
    await vscode.commands.executeCommand('stagewright.partition', uri('embedding.onnx'), { cluster: 'a100x4', bind: {} });
    await vscode.commands.executeCommand('stagewright.savePlan');
    writeFileSync(join(outside, 'kept.json'), 'kept');
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const name of [sidecar, 'link.onnx', 'cls.onnx.placement.json']) rmSync(path(name), { force: true });
    rmSync(outside, { recursive: true });
  });

  it('are there, and say what they take', () => {
    const tools = vscode.lm.tools.filter(({ name }) => name.startsWith('stagewright_'));
    assert.deepEqual(tools.map(({ name }) => name).sort(), [compareTool.name, explainTool.name, partitionTool.name].sort());
    for (const { description, inputSchema } of tools) {
      assert.ok(description.length > 50);
      const { properties, additionalProperties } = inputSchema as { properties: Record<string, { description: string }>; additionalProperties: boolean };
      assert.equal(additionalProperties, false);
      for (const field of Object.values(properties)) assert.ok(field.description.length > 10);
    }
  });

  describe('that partition', () => {
    it('write the bytes that the command writes, and say where', async () => {
      const saved = textOf(sidecar);
      rmSync(path(sidecar));
      const said = await invoke('partition', { model: 'embedding.onnx', cluster: 'a100x4' });
      assert.match(said, /^embedding\.onnx on 1 server, 4 x A100 80 GB, throughput: [\d.]+ (µs|ms) per sample; optimal.*\nstage 0 on a100:0: /);
      assert.match(said, /\nWritten to embedding\.onnx\.placement\.json\.$/);
      assert.equal(textOf(sidecar), saved);
      assert.match(await invoke('partition', { model: 'embedding.onnx' }), /\nembedding\.onnx\.placement\.json held this plan already\.$/);
      assert.equal(textOf(sidecar), saved);
    });

    it('take another cluster and objective, and keep pins', async () => {
      const saved = textOf(sidecar);
      const plan = JSON.parse(saved) as { stages: { device: string; operators: [string][] }[]; pins: object[] };
      const pins = [{ operator: plan.stages[0]!.operators[0]![0], device: plan.stages[0]!.device }];
      writeFileSync(path(sidecar), `${JSON.stringify({ ...plan, pins }, null, 2)}\n`);
      await invoke('partition', { model: 'embedding.onnx', cluster: 'a100x8', objective: 'latency' });
      const written = JSON.parse(textOf(sidecar)) as { cluster: { from: string }; objective: string; pins: object[] };
      assert.equal(written.cluster.from, 'a100x8');
      assert.equal(written.objective, 'latency');
      assert.deepEqual(written.pins, pins);
      writeFileSync(path(sidecar), saved);
    });

    it('ask before they write, and say what they will do', () => {
      assert.deepEqual(asked({ model: 'cls.onnx', cluster: 'l4x4', objective: 'gpipe', dimensions: { batch: 4 } }), {
        title: 'Partition cls.onnx',
        lines: ['This writes the plan to cls.onnx.placement.json, a new file.', 'Cluster: 1 server, 4 x L4 24 GB (l4x4)', 'Objective: Training, GPipe', 'Dimensions: batch=4'],
      });
      assert.deepEqual(asked({ model: 'embedding.onnx' }).lines, [
        'This replaces the plan in embedding.onnx.placement.json. Pins of operators to devices that the cluster has are kept.',
        'Cluster: 1 server, 4 x A100 80 GB (a100x4)',
        'Objective: Throughput: a stream of samples',
        'Dimensions: as the model suggests',
      ]);
    });

    it('ask also for what cannot be read yet, since it may be there when they run', () => {
      for (const input of [{}, { model: 'later.onnx' }, { model: 'cls.onnx', cluster: 'nonesuch' }, { model: '../x.onnx' }, { model: 7, objective: ['a'] }, { model: 'cls.onnx', dimensions: 3 }]) {
        const { lines } = asked(input);
        assert.equal(lines[0], 'This cannot be done as it was asked for.');
        assert.match(lines[1]!, /^(model|cluster|dimensions): /);
        assert.match(lines[2]!, /^Should that change before it runs, the plan of .* is written beside it, for the cluster .* and the objective .*\. Pins are kept\.$/);
      }
      assert.match(asked({ model: 'later.onnx', cluster: 'l4x4' }).lines[2]!, /the plan of “later\.onnx” .* the cluster “l4x4” and the objective “throughput”/);
    });

    it('take the cluster of the settings where none is given', async () => {
      const configuration = vscode.workspace.getConfiguration('stagewright');
      await configuration.update('defaultCluster', 'l4x4', vscode.ConfigurationTarget.Global);
      try {
        assert.equal(asked({ model: 'cls.onnx' }).lines[1], 'Cluster: 1 server, 4 x L4 24 GB (l4x4)');
        assert.match(await invoke('partition', { model: 'cls.onnx' }), /^cls\.onnx on 1 server, 4 x L4/);
      } finally {
        await configuration.update('defaultCluster', undefined, vscode.ConfigurationTarget.Global);
        rmSync(path('cls.onnx.placement.json'), { force: true });
      }
    });

    it('refuse what is no model of the workspace, no cluster, no objective or no size, and write nothing', async () => {
      const saved = textOf(sidecar);
      for (const [input, message] of [
        [{ model: '../embedding.onnx' }, /^model: “\.\.\/embedding\.onnx” is no file of this workspace\./],
        [{ model: sidecar }, /^model: .* is no path of a \.onnx file\./],
        [{ model: ['embedding.onnx'] }, /^model: a list is no path/],
        [{ model: 'embedding.onnx', cluster: 'nonesuch' }, /^cluster: “nonesuch” is neither a preset nor/],
        [{ model: 'embedding.onnx', objective: 'speed' }, /^objective: “speed” is none\. Give one of/],
        [{ model: 'embedding.onnx', dimensions: { batch: 0 } }, /^dimensions: the size of “batch” cannot be 0\./],
        [{ model: 'embedding.onnx', dimensions: { nonesuch: 3 } }, /^embedding\.onnx: no input has a dimension "nonesuch"\./],
      ] as const) {
        assert.match(await invoke('partition', input), message);
      }
      assert.equal(textOf(sidecar), saved);
    });

    it('follow no link out of the workspace, neither to a model nor to write', async () => {
      symlinkSync(join(outside, 'kept.json'), path('link.onnx'));
      assert.match(await invoke('partition', { model: 'link.onnx' }), /is a link that leads out of the workspace/);
      symlinkSync(join(outside, 'kept.json'), path('cls.onnx.placement.json'));
      try {
        assert.match(await invoke('partition', { model: 'cls.onnx' }), /“cls\.onnx\.placement\.json”, where its plan belongs, is a link/);
        assert.equal(readFileSync(join(outside, 'kept.json'), 'utf8'), 'kept');
      } finally {
        rmSync(path('cls.onnx.placement.json'));
      }
    });

    it('leave alone what somebody is editing', async () => {
      const saved = textOf(sidecar);
      const editor = await vscode.window.showTextDocument(uri(sidecar));
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), ' '));
      try {
        assert.match(await invoke('partition', { model: 'embedding.onnx', cluster: 'l4x4' }), /^embedding\.onnx\.placement\.json: is open in an editor with changes that are not saved\./);
        assert.equal(textOf(sidecar), saved);
        assert.equal(editor.document.isDirty, true);
      } finally {
        await vscode.commands.executeCommand('workbench.action.files.revert');
      }
    });

    /** The tool as the extension runs it, with something happening on the way. */
    const services = (around: (run: () => Promise<unknown>, options: { report: () => void; signal: AbortSignal }) => Promise<unknown>): ToolServices => ({
      unsaved: { get: () => undefined } as unknown as Services['unsaved'],
      solver: () => {
        const client = makeWorkerClient({ script: vscode.Uri.joinPath(extension().extensionUri, 'dist/worker.js').fsPath });
        const run = ((job, args, options) => {
          const hooks = { report: (): void => undefined, signal: options!.signal! };
          return around(() => client.run(job, args, { ...options, report: () => hooks.report() }), hooks);
        }) as WorkerClient['run'];
        return { run, dispose: () => client.dispose() };
      },
    });
    const partition = (given: ToolServices, token: vscode.CancellationToken, cluster = 'l4x4'): Promise<string> => partitionTool.invoke(given, { model: 'embedding.onnx', cluster }, token);

    it('lose no change that was made to the file while they solved', async () => {
      const saved = textOf(sidecar);
      const theirs = saved.replace('"pins": []', '"pins": [] ');
      const meanwhile = services(async (run) => {
        const made = await run();
        writeFileSync(path(sidecar), theirs);
        return made;
      });
      const { token } = new vscode.CancellationTokenSource();
      await assert.rejects(partition(meanwhile, token), (error) => error instanceof UserError && /no longer what was read/.test(error.message));
      assert.equal(textOf(sidecar), theirs);

      rmSync(path(sidecar));
      await assert.rejects(partition(meanwhile, token), UserError);
      assert.equal(textOf(sidecar), theirs);

      writeFileSync(path(sidecar), saved);
      const typing = services(async (run) => {
        const made = await run();
        const editor = await vscode.window.showTextDocument(uri(sidecar));
        await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), ' '));
        return made;
      });
      await assert.rejects(partition(typing, token), (error) => error instanceof UserError && /changes that are not saved/.test(error.message));
      await vscode.commands.executeCommand('workbench.action.files.revert');
      assert.equal(textOf(sidecar), saved);
    });

    it('end when they are cancelled, and write nothing', async () => {
      const saved = textOf(sidecar);
      const source = new vscode.CancellationTokenSource();
      let ended: unknown;
      const cancelled = services(async (run, hooks) => {
        hooks.report = () => source.cancel();
        await assert.rejects(run(), (error) => (ended = error) instanceof CancelledError);
        assert.equal(hooks.signal.aborted, true);
        throw ended;
      });
      await assert.rejects(partition(cancelled, source.token), CancelledError);
      // it was too late for the job, and in time for the file
      const late = new vscode.CancellationTokenSource();
      const done = services(async (run) => {
        const made = await run();
        late.cancel();
        return made;
      });
      await assert.rejects(partition(done, late.token), CancelledError);
      const early = new vscode.CancellationTokenSource();
      early.cancel();
      await assert.rejects(partition(services((run) => run()), early.token), CancelledError);
      await assert.rejects(invoke('partition', { model: 'embedding.onnx', cluster: 'l4x4' }, early.token), /cancel/i);
      assert.equal(textOf(sidecar), saved);
    });
  });

  it('explain a placement and compare two, in words with numbers', async () => {
    const text = await invoke('explain', { placement: sidecar });
    assert.match(text, /^embedding\.onnx on 1 server, 4 x A100 80 GB, throughput: [\d.]+ (µs|ms) per sample; /);
    assert.match(text, /\nBottleneck: /);
    const compared = await invoke('compare', { before: sidecar, after: sidecar });
    assert.match(compared, /Both take the same time\. No operator moved\./);
  });

  it('say what is wrong with what they were given, and look at nothing outside the workspace', async () => {
    assert.match(await invoke('explain', { placement: '../embedding.onnx.placement.json' }), /^placement: .* is no file of this workspace/);
    assert.match(await invoke('explain', { placement: '/etc/passwd' }), /is no path of a \.placement\.json file/);
    assert.match(await invoke('compare', { before: sidecar }), /^after: nothing is no path/);
    assert.equal(existsSync(path(sidecar)), true);
  });
});
