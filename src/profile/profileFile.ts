import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../sidecar/canonicalJson';
import { profileFault } from './validate';

/** What the name of every profile ends with: `model.onnx` has `model.onnx.profile.json`. */
export const PROFILE_SUFFIX = '.profile.json';

/** The format that this program reads and writes. */
export const PROFILE_VERSION = 1;

/** The `$schema` of every file written; the scheme is the extension's own, as that of placements. */
export const PROFILE_SCHEMA = 'stagewright://schemas/profile.schema.json';

/** `model.onnx.profile.json`: what the operators of a model took on one device. Units: seconds for one run, bytes. */
export interface ProfileFile {
  readonly $schema?: string;
  readonly version: 1;
  readonly model: {
    /** relative to the profile's folder, or the file's name alone where it lies elsewhere */
    readonly path: string;
    /** as in a placement: `sha256:` and 64 hex digits; the dimensions that were run with are in it */
    readonly topology: string;
    readonly bound: Readonly<Record<string, number>>;
  };
  readonly device: {
    /** for people: the processor's name */
    readonly name: string;
    /** the device class of clusters that it stands for */
    readonly class?: string;
  };
  readonly runtime: { readonly name: string; readonly version: string };
  /** how the times came about; `warmUp`, `repeats` and `threads` only where this program ran the model */
  readonly method: { readonly kind: 'run' | 'import'; readonly warmUp?: number; readonly repeats?: number; readonly threads?: number };
  /** operators with a time, and operators that take time at all: those that are not computed beforehand */
  readonly coverage: { readonly measured: number; readonly operators: number };
  readonly operators: readonly ProfiledOperator[];
}

/** Identity (first output tensor), operator type, seconds, and bytes of memory that it needs while it runs beside its inputs and outputs, where they are known. */
export type ProfiledOperator = readonly [operator: string, type: string, seconds: number, memoryBytes?: number];

const KEY_ORDER = new Map<string, readonly string[]>([
  ['', ['$schema', 'version', 'model', 'device', 'runtime', 'method', 'coverage', 'operators']],
  ['model', ['path', 'topology', 'bound']],
  ['device', ['name', 'class']],
  ['runtime', ['name', 'version']],
  ['method', ['kind', 'warmUp', 'repeats', 'threads']],
  ['coverage', ['measured', 'operators']],
]);

/**
 * The canonical bytes of a profile: the same profile gives the same text on every machine, one operator per line. Fields that this version
 * does not know are kept.
 *
 * @throws Error if the profile is not valid: an invalid file is never written
 */
export function writeProfileFile(file: ProfileFile): string {
  const fault = profileFault(file);
  if (fault) throw new Error(`refusing to write an invalid profile: ${fault.problem}`);
  return canonicalJson(file as unknown as Json, (path) => KEY_ORDER.get(path) ?? []);
}

/** Digest of a profile's canonical bytes: `sha256:` and 64 hexadecimal digits. How the file is indented is not in it. */
export const profileDigest = (file: ProfileFile): string => `sha256:${createHash('sha256').update(writeProfileFile(file)).digest('hex')}`;
