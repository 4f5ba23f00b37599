import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { joinNames, type JoinedNames } from '../profile/import/joinNames';
import { readMeasurements, type Measurements } from '../profile/import/measurements';
import type { ProfileFile } from '../profile/profileFile';
import { isOfModel } from '../profile/readProfileFile';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { readTextFile } from '../sidecar/textFile';
import { loadProfile } from './measuredTimes';
import type { PreparedModel } from './prepareModel';
import { processorName, timeOperators, type TimingOptions } from './timeOperators';

/** What operators took, and how that was found. */
export interface OperatorTimes extends Pick<ProfileFile, 'device' | 'runtime' | 'method'> {
  /** by operator index */
  readonly seconds: ReadonlyMap<number, number>;
  /** by operator index */
  readonly memoryBytes: ReadonlyMap<number, number>;
  /** fused operators: the name in the file, and the ids of the operators that share its time */
  readonly fused: readonly { readonly name: string; readonly operators: readonly string[] }[];
  /** names of what was measured that say nothing of the model */
  readonly unknown: readonly string[];
  /** of whole runs; empty for imports */
  readonly runSeconds: readonly number[];
}

/** The device class of clusters made of processor cores: what one thread stands for. */
const CORE_CLASS = 'core';

/**
 * By running the model.
 *
 * @throws UserError as `timeOperators`; CancelledError
 */
export async function runForTimes(prepared: PreparedModel, timing: TimingOptions, control: Control): Promise<OperatorTimes> {
  const { measurements, nodeNames, runtime, runSeconds } = await timeOperators(prepared.model, prepared.bound, timing, control);
  const { values, fused, unknown } = join(prepared, measurements.seconds, measurements, nodeNames);
  return {
    seconds: values,
    memoryBytes: new Map(),
    device: { name: processorName(), class: CORE_CLASS },
    runtime: { name: 'onnxruntime', version: runtime },
    method: { kind: 'run', warmUp: timing.warmUp, repeats: timing.repeats, threads: 1 },
    fused: named(prepared, fused),
    unknown,
    runSeconds,
  };
}

/**
 * From files of other programs, later ones winning. Files that hold memory alone add it to the profile that is there.
 *
 * @param profilePath absolute; of that profile
 * @throws UserError if a file cannot be read, or nothing in it is of the model
 */
export function importTimes(prepared: PreparedModel, paths: readonly string[], profilePath: string): OperatorTimes {
  const files = paths.map((path) => ({ path, measurements: readMeasurements(readTextFile(resolve(path), path), path) }));
  const seconds = new Map<number, number>();
  const memoryBytes = new Map<number, number>();
  const fused: JoinedNames['fused'][number][] = [];
  const unknown: string[] = [];
  const take = (into: Map<number, number>, path: string, names: ReadonlyMap<string, number>, measurements: Measurements): void => {
    if (names.size === 0) return;
    const joined = join(prepared, names, measurements);
    if (joined.values.size === 0) throw new UserError(path, `none of its ${names.size} names is that of an operator of ${basename(prepared.model.path)}: ${some(joined.unknown)}.`, 'Is it of this model?');
    joined.values.forEach((value, operator) => into.set(operator, value));
    fused.push(...joined.fused);
    unknown.push(...joined.unknown);
  };
  for (const { path, measurements } of files) {
    take(seconds, path, measurements.seconds, measurements);
    take(memoryBytes, path, measurements.memoryBytes, measurements);
  }
  const providers = [...new Set(files.flatMap(({ measurements }) => measurements.providers))];
  const rest = { memoryBytes, fused: named(prepared, fused), unknown: [...new Set(unknown)], runSeconds: [] };
  if (seconds.size > 0) {
    const name = providers.join(', ') || basename(paths[0]!);
    return { ...rest, seconds, device: { name }, runtime: { name: providers.length > 0 ? 'onnxruntime' : '', version: '' }, method: { kind: 'import' } };
  }
  return { ...rest, ...timesThere(prepared, profilePath, paths[0]!) };
}

/** The times of the profile that is there, for memory that is added to it. */
function timesThere(prepared: PreparedModel, profilePath: string, subject: string): Pick<OperatorTimes, 'seconds' | 'device' | 'runtime' | 'method'> {
  const there = existsSync(profilePath) ? loadProfile(profilePath) : undefined;
  if (!there || !isOfModel(there, prepared.graph, prepared.bound)) {
    throw new UserError(subject, 'holds memory but no times, and there is no profile of the model to add it to.', 'Measure times first, or name a file of times with another --from.');
  }
  const indexOf = new Map(prepared.graph.operators.map(({ id, index }) => [id, index]));
  const { operators, device, runtime, method } = there;
  return { seconds: new Map(operators.flatMap(([id, , seconds]) => (indexOf.has(id) ? [[indexOf.get(id)!, seconds] as const] : []))), device, runtime, method };
}

function join({ graph, costs }: PreparedModel, values: ReadonlyMap<string, number>, { names }: Measurements, nodeNames?: readonly string[]): JoinedNames {
  const work = (operator: number): number => costs[operator]!.flops + costs[operator]!.bytesRead + costs[operator]!.bytesWritten;
  return joinNames(graph, values, names, work, nodeNames);
}

const named = ({ graph }: PreparedModel, fused: JoinedNames['fused']): OperatorTimes['fused'] =>
  fused.map(({ name, operators }) => ({ name, operators: operators.map((operator) => graph.operators[operator]!.id) }));

const some = (names: readonly string[]): string => names.slice(0, 3).map((name) => JSON.stringify(name.slice(0, 100))).join(', ') + (names.length > 3 ? ' …' : '');
