import { t } from '@vscode/l10n';
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { presets } from '../cost/presets';
import type { Bindings } from '../engine/requests';
import { objectives, type Objective } from '../placement/problem';
import { UserError } from '../shared/userError';
import { PLACEMENT_SUFFIX } from '../sidecar/placementFile';

/** What a language model gives to a tool; nothing of it is to be believed. */
export type ToolInput = Readonly<Record<string, unknown>>;

/** What is to be partitioned, checked. Paths are absolute. */
export interface PartitionInput {
  readonly modelPath: string;
  /** the file that is written */
  readonly sidecarPath: string;
  /** preset name or path of a cluster file; undefined if none was given */
  readonly cluster: string | undefined;
  readonly objective: Objective | undefined;
  readonly bind: Bindings | undefined;
}

/** Largest size of a dimension: what programs that run models count with. */
export const LARGEST_SIZE = 2 ** 31 - 1;
/** No model has more free dimensions than this. */
const MOST_DIMENSIONS = 1000;
/** Characters of what was given that an error repeats. */
const REPEATED = 80;
const CLUSTER_SUFFIX = '.cluster.json';

/**
 * Reads the input of the tool that partitions.
 *
 * @param roots absolute paths of the workspace's folders
 * @throws UserError that names the field, says what was given, and what to do
 */
export function partitionInput(input: ToolInput, roots: readonly string[]): PartitionInput {
  refuseOthers(input, ['model', 'cluster', 'objective', 'dimensions']);
  const modelPath = fileOf(input, 'model', '.onnx', roots);
  return { modelPath, sidecarPath: targetOf(modelPath, roots), cluster: clusterOf(input, roots), objective: objectiveOf(input), bind: bindingsOf(input) };
}

/**
 * The placements that the fields name, in their order. Takes no other fields.
 *
 * @throws UserError if one is none, or lies outside
 */
export function placementsInput<F extends string>(input: ToolInput, fields: readonly F[], roots: readonly string[]): Readonly<Record<F, string>> {
  refuseOthers(input, fields);
  return Object.fromEntries(fields.map((field) => [field, fileOf(input, field, PLACEMENT_SUFFIX, roots)])) as Record<F, string>;
}

/**
 * Where the placement of a model is written, once it is sure that this is in the workspace.
 *
 * @throws UserError if it is a link that leads elsewhere
 */
export function targetOf(modelPath: string, roots: readonly string[]): string {
  const path = modelPath + PLACEMENT_SUFFIX;
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  // a folder on the way may be a link, too, and the model in it one that leads back
  const written = isLink ? (existsSync(path) ? realpathSync(path) : undefined) : join(realpathSync(dirname(path)), basename(path));
  if (written === undefined || !roots.some((root) => isInside(realpathSync(root), written))) {
    throw new UserError('model', t('{0}, where its plan belongs, is a link that leads out of the workspace or nowhere.', repeated(basename(path))), t('Put a file in its place, or remove it.'));
  }
  return path;
}

/** What was given, short enough for a message. */
export function repeated(given: unknown): string {
  if (given === undefined) return t('nothing');
  if (typeof given !== 'string') return Array.isArray(given) ? t('a list') : typeof given === 'object' && given !== null ? t('an object') : String(given).slice(0, REPEATED);
  const line = given.replaceAll(/\s+/g, ' ');
  return `“${line.length > REPEATED ? `${line.slice(0, REPEATED)}…` : line}”`;
}

/** A field that the tool does not have is a mistake: ignoring it would do something else than what was meant. */
function refuseOthers(input: ToolInput, fields: readonly string[]): void {
  const other = Object.keys(input).find((key) => !fields.includes(key));
  if (other !== undefined) throw new UserError(repeated(other), t('is no field of this tool.'), t('It takes: {0}.', fields.join(', ')));
}

function fileOf(input: ToolInput, field: string, suffix: string, roots: readonly string[]): string {
  const given = own(input, field);
  const remedy = t('Give a path relative to the workspace folder.');
  if (typeof given !== 'string' || !given.toLowerCase().endsWith(suffix)) throw new UserError(field, t('{0} is no path of a {1} file.', repeated(given), suffix), remedy);
  const path = roots.map((root) => resolve(root, given)).find((candidate) => roots.some((root) => isInside(root, candidate)) && existsSync(candidate));
  if (path === undefined) throw new UserError(field, t('{0} is no file of this workspace.', repeated(given)), remedy);
  if (!isInWorkspace(path, roots)) throw new UserError(field, t('{0} is a link that leads out of the workspace.', repeated(given)), t('Name a file that lies in it.'));
  return path;
}

function clusterOf(input: ToolInput, roots: readonly string[]): string | undefined {
  const given = own(input, 'cluster');
  if (given === undefined || (typeof given === 'string' && presets.has(given))) return given;
  if (typeof given === 'string' && given.endsWith(CLUSTER_SUFFIX)) return fileOf(input, 'cluster', CLUSTER_SUFFIX, roots);
  throw new UserError('cluster', t('{0} is neither a preset nor the path of a {1} file.', repeated(given), CLUSTER_SUFFIX), t('Presets: {0}.', [...presets.keys()].join(', ')));
}

function objectiveOf(input: ToolInput): Objective | undefined {
  const given = own(input, 'objective');
  const objective = objectives.find((name) => name === given);
  if (given === undefined || objective !== undefined) return objective;
  throw new UserError('objective', t('{0} is none.', repeated(given)), t('Give one of: {0}.', objectives.join(', ')));
}

function bindingsOf(input: ToolInput): Bindings | undefined {
  const given = own(input, 'dimensions');
  if (given === undefined) return undefined;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new UserError('dimensions', t('{0} gives no sizes by name.', repeated(given)), t('Give an object such as {0}.', '{"batch": 1}'));
  const entries = Object.entries(given as Readonly<Record<string, unknown>>);
  if (entries.length > MOST_DIMENSIONS) throw new UserError('dimensions', t('{0} sizes are too many.', entries.length), t('Give at most {0}.', MOST_DIMENSIONS));
  return Object.fromEntries(entries.map(([name, size]) => [name, sizeOf(name, size)]));
}

function sizeOf(name: string, size: unknown): number {
  if (typeof size === 'number' && Number.isInteger(size) && size >= 1 && size <= LARGEST_SIZE) return size;
  throw new UserError('dimensions', t('the size of {0} cannot be {1}.', repeated(name), repeated(size)), t('Give a whole number from 1 to {0}.', LARGEST_SIZE));
}

const own = (input: ToolInput, field: string): unknown => (Object.hasOwn(input, field) ? input[field] : undefined);

/** Whether a file that exists lies in one of the folders in truth, wherever links lead. */
const isInWorkspace = (path: string, roots: readonly string[]): boolean => roots.some((root) => isInside(realpathSync(root), realpathSync(path)));

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
