import { UserError } from '../shared/userError';
import { offsetOf, positionAt, walkJson, type TextPosition } from '../shared/jsonPosition';
import { PLACEMENT_VERSION, type PlacementFile } from './placementFile';
import { placementFault } from './validate';

/** Longest text that is read, in characters: some 500,000 operators. */
export const MAX_PLACEMENT_LENGTH = 1 << 26;

/** A placement file that cannot be read, with the place of the fault where there is one. */
export class PlacementFileError extends UserError {
  constructor(
    subject: string,
    problem: string,
    remedy: string,
    readonly position?: TextPosition,
  ) {
    super(position ? `${subject}:${position.line}:${position.column}` : subject, problem, remedy);
  }
}

const REMEDY = 'Restore the file from version control, or partition the model again.';

/**
 * Reads a placement. Unknown fields stay where they are, so that writing gives them back.
 *
 * @param subject what messages call the file: its path relative to what the user named
 * @throws PlacementFileError (a UserError) if the text is too long, not JSON, from a newer version, or not a valid placement
 */
export function readPlacementFile(text: string, subject: string): PlacementFile {
  if (text.length > MAX_PLACEMENT_LENGTH) {
    throw new PlacementFileError(subject, `has ${text.length} characters; placements of more than ${MAX_PLACEMENT_LENGTH} are not read.`, 'Is this a placement?');
  }
  const json = text.startsWith('\ufeff') ? text.slice(1) : text;
  const value = parse(json, subject);
  refusePrototypeKeys(json, subject);
  refuseNewer(value, json, subject);
  const fault = placementFault(value);
  if (fault) throw new PlacementFileError(subject, `${fault.problem}.`, REMEDY, positionAt(json, offsetOf(json, fault.pointer)));
  return value as PlacementFile;
}

function parse(text: string, subject: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (text.trim() === '') throw new PlacementFileError(subject, 'is empty.', REMEDY);
    const conflict = /^(?:<{7}|={7}|>{7})(?: |$)/m.exec(text);
    if (conflict) {
      const remedy = 'Take either side, then partition the model again: stages of two placements cannot be merged line by line.';
      throw new PlacementFileError(subject, 'has unresolved merge conflicts.', remedy, positionAt(text, conflict.index));
    }
    const fault = walkJson(text, () => undefined);
    if (!fault) throw new PlacementFileError(subject, 'is not JSON.', REMEDY);
    throw new PlacementFileError(subject, `is not JSON: ${fault.problem}.`, REMEDY, positionAt(text, fault.offset));
  }
}

/** `__proto__` as a key has no honest use, and trips whoever copies the object. */
function refusePrototypeKeys(text: string, subject: string): void {
  // the escaped spelling counts too, and a text without either need not be walked
  if (!text.includes('__proto__') && !text.includes('\\u')) return;
  let offset = -1;
  const fault = walkJson(text, (_pointer, at, key) => {
    if (key === '__proto__' && offset < 0) offset = at;
  });
  if (fault) throw new PlacementFileError(subject, `${fault.problem}.`, REMEDY, positionAt(text, fault.offset));
  if (offset >= 0) throw new PlacementFileError(subject, 'has a key "__proto__", which no placement has.', 'Remove it.', positionAt(text, offset));
}

function refuseNewer(value: unknown, text: string, subject: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, 'version')) return;
  const { version } = value as { version: unknown };
  if (typeof version !== 'number' || version <= PLACEMENT_VERSION) return;
  throw new PlacementFileError(
    subject,
    `written by a newer Stagewright (format ${version}; this one reads ${PLACEMENT_VERSION}).`,
    'Update Stagewright to open it.',
    positionAt(text, offsetOf(text, '/version')),
  );
}
