import { existsSync, realpathSync } from 'node:fs';
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import * as vscode from 'vscode';
import { presets } from '../cost/presets';
import { comparisonText, explanationText, planText } from '../shared/planText';
import { objectiveChoices } from '../shared/planning';
import { UserError } from '../shared/userError';
import { PLACEMENT_SUFFIX } from '../sidecar/placementFile';
import { saveAtomically } from '../sidecar/saveAtomically';
import { readTextFile } from '../sidecar/textFile';
import type { JobArguments, JobName, JobResult } from '../worker/jobs';
import { sidecarOf } from './files';
import type { Services } from './services';
import { describeError } from './showError';

/** What a language model may give; nothing of it is to be believed. */
type Input = Readonly<Record<string, unknown>>;

/** Largest time that a tool may search for, in seconds: somebody waits for the conversation to go on. */
const TIME_LIMIT = 60;

/** Registers the tools of package.json: what people ask in chats, and agents on their behalf. Only one of them writes, and asks before. */
export function registerLanguageModelTools(services: Services): vscode.Disposable {
  const tool = (name: string, { prepare, invoke }: { readonly prepare: (input: Input) => vscode.PreparedToolInvocation; readonly invoke: (input: Input, token: vscode.CancellationToken) => Promise<string> }): vscode.Disposable =>
    vscode.lm.registerTool<Input>(name, {
      prepareInvocation: ({ input }) => {
        try {
          return prepare(input);
        } catch (error) {
          // nothing is written for what cannot be read: the call itself says why
          if (error instanceof UserError) return {};
          throw error;
        }
      },
      invoke: async ({ input }, token) => {
        try {
          return result(await invoke(input, token));
        } catch (error) {
          const text = describeError(error, services.log, name);
          // what the model can mend is told to it as text; what was cancelled ends the call
          if (text === undefined) throw error;
          return result(text);
        }
      },
    });
  return vscode.Disposable.from(
    tool('stagewright_partition', {
      prepare: (input) => {
        const model = modelOf(input);
        const target = vscode.workspace.asRelativePath(sidecarOf(model));
        return {
          invocationMessage: vscode.l10n.t('Partitioning {0}', basename(model)),
          confirmationMessages: { title: vscode.l10n.t('Partition {0}', basename(model)), message: vscode.l10n.t(existsSync(sidecarOf(model)) ? 'This replaces the plan in {0}.' : 'This writes the plan to {0}.', target) },
        };
      },
      invoke: async (input, token) => {
        const modelPath = modelOf(input);
        const objective = choiceOf(input, 'objective', objectiveChoices().map(({ id }) => id)) as 'throughput' | undefined;
        const bind = bindingsOf(input['dimensions']);
        const made = await work(services, token, 'partition', { modelPath, ...clusterOf(input), timeLimitSeconds: TIME_LIMIT, ...(objective && { objective }), ...(bind && { bind }) });
        saveAtomically(made.sidecarPath, made.text, existsSync(made.sidecarPath) ? readTextFile(made.sidecarPath, basename(made.sidecarPath)) : null);
        return vscode.l10n.t('{0}\nWritten to {1}.', planText(made.view), vscode.workspace.asRelativePath(made.sidecarPath));
      },
    }),
    tool('stagewright_explain', {
      prepare: (input) => ({ invocationMessage: vscode.l10n.t('Explaining {0}', basename(placementOf(input, 'placement'))) }),
      invoke: async (input, token) => {
        const sidecarPath = placementOf(input, 'placement');
        const { view } = await work(services, token, 'open', { sidecarPath });
        const explanation = await work(services, token, 'explainPlan', { sidecarPath, text: readTextFile(sidecarPath, basename(sidecarPath)) });
        return `${planText(view)}\n${explanationText(explanation)}`;
      },
    }),
    tool('stagewright_compare', {
      prepare: (input) => ({ invocationMessage: vscode.l10n.t('Comparing {0} and {1}', basename(placementOf(input, 'before')), basename(placementOf(input, 'after'))) }),
      invoke: async (input, token) => comparisonText(await work(services, token, 'comparePlans', { before: { path: placementOf(input, 'before') }, after: { path: placementOf(input, 'after') } })),
    }),
  );
}

const result = (text: string): vscode.LanguageModelToolResult => new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);

/** Runs a job on a thread of its own: a chat must not hold up the panel. */
async function work<J extends JobName>({ solver }: Services, token: vscode.CancellationToken, job: J, args: JobArguments<J>): Promise<JobResult<J>> {
  const worker = solver();
  const abort = new AbortController();
  const cancelling = token.onCancellationRequested(() => abort.abort());
  try {
    return await worker.run(job, args, { signal: abort.signal });
  } finally {
    cancelling.dispose();
    worker.dispose();
  }
}

const modelOf = (input: Input): string => fileOf(input, 'model', '.onnx');
const placementOf = (input: Input, field: string): string => fileOf(input, field, PLACEMENT_SUFFIX);

/** A file of the workspace by the path that was given. @throws UserError if it is none, or lies outside */
function fileOf(input: Input, field: string, suffix: string): string {
  const given = input[field];
  if (typeof given !== 'string' || !given.endsWith(suffix)) throw new UserError(field, vscode.l10n.t('is no path of a {0} file.', suffix), vscode.l10n.t('Give a path relative to the workspace folder.'));
  const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
  for (const root of roots) {
    const path = resolve(root, given);
    if (isInside(root, path) && existsSync(path)) {
      // a link may lead out
      if (!isInside(realpathSync(root), realpathSync(path))) break;
      return path;
    }
  }
  throw new UserError(given, vscode.l10n.t('is no file of this workspace.'), vscode.l10n.t('Give a path relative to the workspace folder.'));
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function clusterOf(input: Input): { readonly cluster?: string } {
  const given = input['cluster'];
  if (given === undefined) return {};
  if (typeof given === 'string' && presets.has(given)) return { cluster: given };
  return { cluster: fileOf(input, 'cluster', '.cluster.json') };
}

function choiceOf(input: Input, field: string, choices: readonly string[]): string | undefined {
  const given = input[field];
  if (given === undefined || choices.some((choice) => choice === given)) return given as string | undefined;
  throw new UserError(field, vscode.l10n.t('is not one of {0}.', choices.join(', ')));
}

function bindingsOf(given: unknown): Readonly<Record<string, number>> | undefined {
  if (given === undefined) return undefined;
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  if (entries.length === 0 || !entries.every(([, size]) => Number.isSafeInteger(size))) throw new UserError('dimensions', vscode.l10n.t('is no list of sizes by name.'));
  return Object.fromEntries(entries) as Record<string, number>;
}
