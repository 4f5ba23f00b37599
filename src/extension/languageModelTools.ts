import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import * as vscode from 'vscode';
import { DEFAULT_PRESET, presets } from '../cost/presets';
import { objectiveChoices } from '../shared/planning';
import { comparisonText, explanationText, planText } from '../shared/planText';
import { CancelledError, UserError } from '../shared/userError';
import { saveAtomically } from '../sidecar/saveAtomically';
import { readTextFile } from '../sidecar/textFile';
import type { JobArguments, JobName, JobResult } from '../worker/jobs';
import { formatBindings } from './bindings';
import { clusterName } from './clusterQuestion';
import { planOfFile } from './otherPlans';
import type { Services } from './services';
import { settings } from './settings';
import { describeError } from './showError';
import { partitionInput, placementsInput, repeated, targetOf, type PartitionInput, type ToolInput } from './toolInput';

/** Largest time that a tool may search for, in seconds: somebody waits for the conversation to go on. */
const TIME_LIMIT = 60;
/** Characters of a list in a question. */
const LONGEST_LIST = 300;

interface Tool {
  readonly name: string;
  readonly prepare: (input: ToolInput) => vscode.PreparedToolInvocation;
  readonly invoke: (services: ToolServices, input: ToolInput, token: vscode.CancellationToken) => Promise<string>;
}

type ToolServices = Pick<Services, 'solver' | 'unsaved'>;

/** Registers the tools of package.json: what people ask in chats, and agents on their behalf. Only one of them writes, and asks before. */
export function registerLanguageModelTools(services: Services): vscode.Disposable {
  const register = ({ name, prepare, invoke }: Tool): vscode.Disposable =>
    vscode.lm.registerTool<ToolInput>(name, {
      prepareInvocation: ({ input }) => prepare(input),
      invoke: async ({ input }, token) => {
        try {
          return result(await invoke(services, input, token));
        } catch (error) {
          const text = describeError(error, services.log, name);
          if (text === undefined) throw new vscode.CancellationError();
          // what the model can mend is told to it as text
          return result(text);
        }
      },
    });
  return vscode.Disposable.from(...[partitionTool, explainTool, compareTool].map(register));
}

export const partitionTool: Tool = {
  name: 'stagewright_partition',
  prepare: (input) => {
    const { name, lines } = announced(input);
    // VS Code asks wherever there is something to ask with: it is given in every case, since what cannot be read now may be there when the tool runs
    const message = new vscode.MarkdownString().appendText(lines.join('\n'));
    return { invocationMessage: vscode.l10n.t('Partitioning {0}', name), confirmationMessages: { title: vscode.l10n.t('Partition {0}', name), message } };
  },
  invoke: async (services, input, token) => {
    const { modelPath, sidecarPath, objective, bind, ...asked } = partitionInput(input, roots());
    refuseWhileEdited(sidecarPath);
    const uri = vscode.Uri.file(modelPath);
    const base = vscode.workspace.getWorkspaceFolder(uri)!.uri.fsPath;
    const timeLimitSeconds = Math.min(TIME_LIMIT, settings(uri).timeLimitSeconds);
    const cluster = clusterName(clusterFor({ modelPath, ...asked }), base);
    const { text, previous, view } = await work(services, token, 'partition', { modelPath, sidecarPath, cluster, clusterBase: base, timeLimitSeconds, ...(objective && { objective }), ...(bind && { bind }) });
    // solving takes its time, in which much can happen
    refuseWhileEdited(sidecarPath);
    saveAtomically(targetOf(modelPath, roots()), text, previous);
    const file = vscode.workspace.asRelativePath(sidecarPath);
    return [
      planText(view),
      text === previous ? vscode.l10n.t('{0} held this plan already.', file) : vscode.l10n.t('Written to {0}.', file),
      ...(services.unsaved.get(modelPath) ? [vscode.l10n.t('An earlier plan of this model is not saved: the panel goes on showing that one.')] : []),
    ].join('\n');
  },
};

export const explainTool: Tool = {
  name: 'stagewright_explain',
  prepare: (input) => ({ invocationMessage: vscode.l10n.t('Explaining {0}', givenName(input, 'placement')) }),
  invoke: async (services, input, token) => {
    const { path: sidecarPath, text: typed } = planAt(placementsInput(input, ['placement'], roots()).placement);
    const text = typed ?? readTextFile(sidecarPath, basename(sidecarPath));
    const { view } = await work(services, token, 'open', { sidecarPath, text });
    return `${planText(view)}\n${explanationText(await work(services, token, 'explainPlan', { sidecarPath, text }))}`;
  },
};

export const compareTool: Tool = {
  name: 'stagewright_compare',
  prepare: (input) => ({ invocationMessage: vscode.l10n.t('Comparing {0} and {1}', givenName(input, 'before'), givenName(input, 'after')) }),
  invoke: async (services, input, token) => {
    const { before, after } = placementsInput(input, ['before', 'after'], roots());
    return comparisonText(await work(services, token, 'comparePlans', { before: planAt(before), after: planAt(after) }));
  },
};

const result = (text: string): vscode.LanguageModelToolResult => new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);

const roots = (): string[] => (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);

const planAt = (path: string): ReturnType<typeof planOfFile> => planOfFile(vscode.Uri.file(path));

/** A file that a field names, as people call it, before anything is known of it. */
const givenName = (input: ToolInput, field: string): string => (typeof input[field] === 'string' ? repeated(basename(input[field])) : repeated(input[field]));

/** What is going to happen, for the person who must agree: a line for each thing that matters. */
function announced(input: ToolInput): { readonly name: string; readonly lines: readonly string[] } {
  try {
    const read = partitionInput(input, roots());
    const { modelPath, sidecarPath, objective, bind } = read;
    const target = vscode.workspace.asRelativePath(sidecarPath);
    const cluster = clusterFor(read);
    const preset = presets.get(cluster);
    const chosen = objectiveChoices().find(({ id }) => id === (objective ?? 'throughput'))!;
    return {
      name: basename(modelPath),
      lines: [
        existsSync(sidecarPath)
          ? vscode.l10n.t('This replaces the plan in {0}. Pins of operators to devices that the cluster has are kept.', target)
          : vscode.l10n.t('This writes the plan to {0}, a new file.', target),
        vscode.l10n.t('Cluster: {0}', preset ? `${preset.name} (${cluster})` : vscode.workspace.asRelativePath(cluster)),
        vscode.l10n.t('Objective: {0}', chosen.label),
        bind === undefined || Object.keys(bind).length === 0 ? vscode.l10n.t('Dimensions: as the model suggests') : vscode.l10n.t('Dimensions: {0}', shortened(formatBindings(bind))),
      ],
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const model = givenName(input, 'model');
    return {
      name: model,
      lines: [
        vscode.l10n.t('This cannot be done as it was asked for.'),
        error.message,
        vscode.l10n.t('Should that change before it runs, the plan of {0} is written beside it, for the cluster {1} and the objective {2}. Pins are kept.', model, repeated(input['cluster'] ?? (settings().defaultCluster || DEFAULT_PRESET)), repeated(input['objective'] ?? 'throughput')),
      ],
    };
  }
}

/** Names of dimensions may be long, and many. */
const shortened = (text: string): string => (text.length > LONGEST_LIST ? `${text.slice(0, LONGEST_LIST)}…` : text);

/** The cluster that was asked for, or that the settings name: a preset, or the absolute path of a file. */
function clusterFor({ modelPath, cluster }: Pick<PartitionInput, 'modelPath' | 'cluster'>): string {
  if (cluster !== undefined) return cluster;
  const uri = vscode.Uri.file(modelPath);
  const { defaultCluster } = settings(uri);
  if (defaultCluster === '') return DEFAULT_PRESET;
  return presets.has(defaultCluster) ? defaultCluster : resolve(vscode.workspace.getWorkspaceFolder(uri)!.uri.fsPath, defaultCluster);
}

/** @throws UserError if somebody has changes of a placement in an editor, which would be lost or lose */
function refuseWhileEdited(path: string): void {
  const edited = vscode.workspace.textDocuments.some(({ uri, isDirty }) => isDirty && uri.scheme === 'file' && uri.fsPath === path);
  if (edited) throw new UserError(basename(path), vscode.l10n.t('is open in an editor with changes that are not saved.'), vscode.l10n.t('Save or revert them, then do it again.'));
}

/** Runs a job on a thread of its own: a chat must not hold up the panel. @throws CancelledError */
async function work<J extends JobName>({ solver }: ToolServices, token: vscode.CancellationToken, job: J, args: JobArguments<J>): Promise<JobResult<J>> {
  const worker = solver();
  const abort = new AbortController();
  const cancelling = token.onCancellationRequested(() => abort.abort());
  if (token.isCancellationRequested) abort.abort();
  try {
    const made = await worker.run(job, args, { signal: abort.signal });
    // a job that was at its end may not have noticed
    if (token.isCancellationRequested) throw new CancelledError();
    return made;
  } finally {
    cancelling.dispose();
    worker.dispose();
  }
}
