import { existsSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { PROFILE_SCHEMA, PROFILE_VERSION, writeProfileFile, type ProfiledOperator, type ProfileFile } from '../profile/profileFile';
import type { Control } from '../shared/progress';
import { typeName } from '../sidecar/staleness';
import { readTextFile } from '../sidecar/textFile';
import { topologyHash } from '../sidecar/topologyHash';
import { profilePathOf } from './measuredTimes';
import { prepareModel } from './prepareModel';
import { importTimes, runForTimes, type OperatorTimes } from './operatorTimes';
import type { AssumedDimension, Bindings } from './requests';
import { isInside } from './resolveCluster';
import type { TimingOptions } from './timeOperators';

/** Plain data. */
export interface ProfileRequest {
  readonly modelPath: string;
  readonly bind?: Bindings;
  /** where the profile will lie; `<model>.profile.json` beside the model if absent */
  readonly profilePath?: string;
  /** device class of clusters that the times stand for */
  readonly deviceClass?: string;
  /** name of the device, for people */
  readonly deviceName?: string;
  /** the model is run, or the measurements of files are taken */
  readonly source: { readonly kind: 'run'; readonly timing: TimingOptions } | { readonly kind: 'import'; readonly paths: readonly string[] };
}

/** A profile that was made and not yet saved. */
export interface ProfileResult extends Pick<OperatorTimes, 'fused' | 'unknown' | 'runSeconds'> {
  /** where it belongs (absolute) */
  readonly profilePath: string;
  readonly file: ProfileFile;
  /** the file's canonical bytes */
  readonly text: string;
  /** what was there when the work began, for `saveAtomically`; null if nothing */
  readonly previous: string | null;
  readonly assumed: readonly AssumedDimension[];
}

/**
 * Makes the profile of a model: by running it, or from what another program measured. Memory of operators may be added to a profile that is there.
 *
 * @throws UserError if the model or a file cannot be read, nothing in the files is of the model, or the model cannot be run; CancelledError
 */
export async function profileModel(request: ProfileRequest, control: Control): Promise<ProfileResult> {
  const modelPath = resolve(request.modelPath);
  const profilePath = resolve(request.profilePath ?? profilePathOf(modelPath));
  const previous = existsSync(profilePath) ? readTextFile(profilePath, basename(profilePath)) : null;
  const prepared = prepareModel(modelPath, request.bind ?? {}, true, control);
  const made = request.source.kind === 'run' ? await runForTimes(prepared, request.source.timing, control) : importTimes(prepared, request.source.paths, profilePath);
  const operators = prepared.graph.operators.filter((operator) => !operator.foldable);
  const listed = operators.flatMap((operator): ProfiledOperator[] => {
    const seconds = made.seconds.get(operator.index);
    const bytes = made.memoryBytes.get(operator.index);
    return seconds === undefined ? [] : [[operator.id, typeName(operator), Number(seconds.toPrecision(6)), ...(bytes === undefined ? [] : ([Math.round(bytes)] as const))] as ProfiledOperator];
  });
  const deviceClass = request.deviceClass ?? made.device.class;
  const file: ProfileFile = {
    $schema: PROFILE_SCHEMA,
    version: PROFILE_VERSION,
    model: { path: pathFrom(profilePath, modelPath), topology: topologyHash(prepared.graph, prepared.bound), bound: prepared.bound },
    device: { name: request.deviceName ?? made.device.name, ...(deviceClass !== undefined && { class: deviceClass }) },
    runtime: made.runtime,
    method: made.method,
    coverage: { measured: listed.length, operators: operators.length },
    operators: listed,
  };
  return { profilePath, file, text: writeProfileFile(file), previous, assumed: prepared.assumed, fused: made.fused, unknown: made.unknown, runSeconds: made.runSeconds };
}

function pathFrom(profilePath: string, modelPath: string): string {
  const folder = dirname(profilePath);
  return isInside(modelPath, folder) ? relative(folder, modelPath).split(sep).join('/') : basename(modelPath);
}
