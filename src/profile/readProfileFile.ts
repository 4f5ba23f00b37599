import type { OperatorGraph } from '../graph/operatorGraph';
import { offsetOf, positionAt, walkJson } from '../shared/jsonPosition';
import { UserError } from '../shared/userError';
import { typeName } from '../sidecar/staleness';
import { topologyHash } from '../sidecar/topologyHash';
import { PROFILE_VERSION, type ProfileFile } from './profileFile';
import { profileFault } from './validate';

/** Longest text that is read, in characters: some 500,000 operators. */
export const MAX_PROFILE_LENGTH = 1 << 26;

const REMEDY = 'Restore it from version control, or measure again with "stagewright profile".';

/**
 * Reads a profile. Errors name the place: `net.onnx.profile.json:9:5: the operator "a" is named twice.`
 *
 * @param subject what messages call the file
 * @throws UserError if the text is too long, not JSON, from a newer version, or not a valid profile
 */
export function readProfileFile(text: string, subject: string): ProfileFile {
  if (text.length > MAX_PROFILE_LENGTH) throw new UserError(subject, `has ${text.length} characters; profiles of more than ${MAX_PROFILE_LENGTH} are not read.`, 'Is this a profile?');
  const json = text.startsWith('\ufeff') ? text.slice(1) : text;
  const at = (offset: number, problem: string, remedy = REMEDY): UserError => {
    const { line, column } = positionAt(json, offset);
    return new UserError(`${subject}:${line}:${column}`, `${problem}.`, remedy);
  };
  let protoKey = -1;
  const broken = walkJson(json, (_pointer, offset, key) => {
    if (key === '__proto__' && protoKey < 0) protoKey = offset;
  });
  if (broken) throw json.trim() === '' ? new UserError(subject, 'is empty.', REMEDY) : at(broken.offset, `is not JSON: ${broken.problem}`);
  if (protoKey >= 0) throw at(protoKey, 'has a key "__proto__", which no profile has');
  const value: unknown = JSON.parse(json);
  const version = typeof value === 'object' && value !== null ? (value as { version?: unknown }).version : undefined;
  if (typeof version === 'number' && version > PROFILE_VERSION) {
    throw at(offsetOf(json, '/version'), `written by a newer Stagewright (format ${version}; this one reads ${PROFILE_VERSION})`, 'Update Stagewright to use it.');
  }
  const fault = profileFault(value);
  if (fault) throw at(offsetOf(json, fault.pointer), fault.problem);
  return value as ProfileFile;
}

/** Whether a profile was measured on a model as it is now, with the dimensions that are bound now. */
export const isOfModel = (file: ProfileFile, graph: OperatorGraph, bound: Readonly<Record<string, number>>): boolean => topologyHash(graph, bound) === file.model.topology;

/**
 * Refuses a profile that names operators which its model does not have, or which cost nothing there.
 *
 * @throws UserError that names the first
 */
export function refuseStrangers(file: ProfileFile, graph: OperatorGraph, subject: string): void {
  const types = new Map(graph.operators.filter((operator) => !operator.foldable).map((operator) => [operator.id, typeName(operator)]));
  for (const [id, type] of file.operators) {
    const found = types.get(id);
    if (found === undefined) throw new UserError(subject, `names the operator "${id}", which the model does not have or computes beforehand.`, REMEDY);
    if (found !== type) throw new UserError(subject, `says that the operator "${id}" is of the type ${type}, but it is a ${found}.`, REMEDY);
  }
}
