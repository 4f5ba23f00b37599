import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type * as Ort from 'onnxruntime-node';
import { UserError } from '../shared/userError';

/** ONNX Runtime's binding for Node.js; the types are those of the version that the tests run. */
export type OnnxRuntime = typeof Ort;

/** Where ONNX Runtime lies; found without loading it, since a native library may take the process along when it fails. */
export interface FoundRuntime {
  /** absolute path of the package's folder: what to `require` */
  readonly folder: string;
  readonly version: string;
}

const PACKAGE = 'onnxruntime-node';
/** What to do where there is none. Its own install script would fetch CUDA libraries that only a GPU needs. */
const INSTALL = `Install it with "npm install --ignore-scripts ${PACKAGE}" beside the model, or name the folder that holds it.`;

/**
 * Looks for ONNX Runtime: in the configured folder if there is one (the package itself, its `node_modules`, or a project that has it), else
 * as Node would from each of the given folders, upwards.
 *
 * @param searchFrom absolute folders, the most specific first
 * @throws UserError if there is none, or what is there is not the package
 */
export function findOnnxRuntime(searchFrom: readonly string[], configured?: string): FoundRuntime {
  if (configured !== undefined && configured !== '') {
    const base = resolve(configured);
    if (!statSync(base, { throwIfNoEntry: false })?.isDirectory()) throw new UserError(configured, 'is not a folder, so ONNX Runtime is not in it.', INSTALL);
    const found = [base, join(base, PACKAGE), join(base, 'node_modules', PACKAGE)].map(readPackage).find((candidate) => candidate !== undefined);
    if (!found) throw new UserError(configured, `does not hold ${PACKAGE}.`, INSTALL);
    return found;
  }
  for (const from of searchFrom) {
    for (let folder = resolve(from); ; folder = dirname(folder)) {
      const found = readPackage(join(folder, 'node_modules', PACKAGE));
      if (found) return found;
      if (dirname(folder) === folder) break;
    }
  }
  throw new UserError(PACKAGE, 'ONNX Runtime was not found, and models cannot be run without it.', INSTALL);
}

/** The package in a folder, undefined if it is not there. */
function readPackage(folder: string): FoundRuntime | undefined {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return undefined;
  try {
    const { name, version } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown; version?: unknown };
    return name === PACKAGE && typeof version === 'string' ? { folder, version } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Loads ONNX Runtime into this process: native code that may end the process, so load it only in one that may end.
 *
 * @param folder of the package, as found
 * @throws UserError if it does not run on this machine
 */
export function loadPackage(folder: string): OnnxRuntime {
  try {
    return createRequire(join(folder, 'package.json'))(folder) as OnnxRuntime;
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UserError(folder, `ONNX Runtime cannot be loaded: ${line}.`, INSTALL);
  }
}

export interface PlainSessionOptions {
  /** threads within an operator; 1 if absent, so that every run adds up in the same order */
  readonly threads?: number;
  /** where the session's times are written when its profiling ends: what the path of that file begins with */
  readonly profilePrefix?: string;
}

/**
 * A session that computes just what the model says: on the CPU, without any optimisation of the graph, one operator after the other.
 *
 * @throws UserError with ONNX Runtime's words if it refuses the model
 */
export async function createPlainSession(ort: OnnxRuntime, modelPath: string, subject: string, { threads = 1, profilePrefix }: PlainSessionOptions = {}): Promise<Ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(modelPath, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'disabled',
      executionMode: 'sequential',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
      ...(profilePrefix !== undefined && { enableProfiling: true, profileFilePrefix: profilePrefix }),
    });
  } catch (error) {
    throw new UserError(subject, `is refused by ONNX Runtime: ${oneLine(error)}`);
  }
}

/** The first lines of an error of ONNX Runtime, as one sentence. */
export function oneLine(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
