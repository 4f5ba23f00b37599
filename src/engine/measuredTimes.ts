import { t } from '@vscode/l10n';
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { ClusterFile } from '../cost/clusterFile';
import type { MeasuredTimes } from '../cost/measured';
import { PROFILE_SUFFIX, profileDigest, type ProfileFile } from '../profile/profileFile';
import { isOfModel, MAX_PROFILE_LENGTH, readProfileFile, refuseStrangers } from '../profile/readProfileFile';
import { UserError } from '../shared/userError';
import type { PlacementFile } from '../sidecar/placementFile';
import { readTextFile } from '../sidecar/textFile';
import type { PreparedModel } from './prepareModel';
import type { InspectRequest } from './requests';
import { isInside } from './resolveCluster';

/** Where the profile of a model belongs unless the user says otherwise: beside it. */
export const profilePathOf = (modelPath: string): string => `${resolve(modelPath)}${PROFILE_SUFFIX}`;

/** @throws UserError if it cannot be read or is no profile */
export const loadProfile = (path: string, subject = basename(path)): ProfileFile => readProfileFile(readTextFile(path, subject, MAX_PROFILE_LENGTH * 4), subject);

/** Measured times where there are some to use, and why there are none where a person may expect them. */
export interface TimesFound {
  readonly measured: MeasuredTimes | undefined;
  readonly warnings: readonly string[];
}

/**
 * The measured times that a request is to use. A profile that was named has to fit; one that only lies beside the model is left out, with a
 * warning, where it was measured on another state of the model or on a device that the cluster does not have.
 *
 * @param sidecarPath absolute; the placement that is to name the profile, undefined if there is none
 * @throws UserError if a profile cannot be read or names operators that the model does not have; if one that was named does not fit
 */
export function measuredTimes({ profile: choice, cluster: named, clusterBase }: InspectRequest, prepared: PreparedModel, cluster: ClusterFile, sidecarPath: string | undefined): TimesFound {
  const none: TimesFound = { measured: undefined, warnings: [] };
  if (choice === 'none') return none;
  const beside = profilePathOf(prepared.model.path);
  if (!choice && !existsSync(beside)) return none;
  const path = choice ? resolve(clusterBase ?? process.cwd(), choice.path) : beside;
  const subject = choice?.path ?? basename(path);
  const file = loadProfile(path, subject);
  const leave = (problem: string, remedy: string): TimesFound => {
    if (choice) throw new UserError(subject, problem, remedy);
    return { measured: undefined, warnings: [t({ message: '{0} is not used: it {1} {2}', args: [subject, problem, remedy], comment: 'A profile file, what is wrong with it (such as "was measured on another state of the model."), and what to do' })] };
  };
  if (!isOfModel(file, prepared.graph, prepared.bound)) return leave(otherState(file), t('Measure again with "{0}".', 'stagewright profile'));
  refuseStrangers(file, prepared.graph, subject);
  const deviceClass = choice?.deviceClass ?? file.device.class ?? onlyAccelerator(cluster);
  if (deviceClass === undefined) return leave(t('does not say which device class it is for, and the cluster has several.'), t('Say which: {0}.', '--profile file=class'));
  // who looks at a model and names no cluster wants to see what was measured, whatever the default cluster is
  const looking = sidecarPath === undefined && named === undefined;
  if (!looking && !cluster.devices.some((device) => device.class === deviceClass)) {
    return leave(
      t('is for the device class {0}, which the cluster does not have.', deviceClass),
      t('Say which it stands for, with {0}; the cluster has {1}.', '--profile file=class', cluster.devices.map((device) => device.class).join(', ')),
    );
  }
  return { measured: timesOf(file, deviceClass, originPath(path, sidecarPath ?? path, subject)), warnings: [] };
}

/** The measured times that a placement records, or what became of them. */
export interface RecordedTimes {
  readonly measured: MeasuredTimes | undefined;
  /** why the recorded times cannot be computed again; null if they can */
  readonly outdated: string | null;
}

/** The measured times that a placement was made with; a profile that changed is used as it is now where it still fits. */
export function recordedTimes(sidecarPath: string, { costModel: { profile } }: PlacementFile, prepared: PreparedModel): RecordedTimes {
  if (!profile) return { measured: undefined, outdated: null };
  const path = join(dirname(sidecarPath), ...profile.path.split('/'));
  const without = (outdated: string): RecordedTimes => ({ measured: undefined, outdated });
  if (!existsSync(path)) return without(t('its profile {0} is missing', profile.path));
  try {
    const file = loadProfile(path, profile.path);
    if (!isOfModel(file, prepared.graph, prepared.bound)) return without(t('its profile {0} was measured on another state of the model', profile.path));
    refuseStrangers(file, prepared.graph, profile.path);
    const measured = timesOf(file, profile.class, profile.path);
    return { measured, outdated: measured.origin.digest === profile.digest ? null : t('its profile {0} changed', profile.path) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return without(t('its profile cannot be used: {0}', `${error.subject}: ${error.problem.replace(/\.$/, '')}`));
  }
}

const timesOf = (file: ProfileFile, deviceClass: string, path: string): MeasuredTimes => ({
  deviceClass,
  device: file.device.name,
  seconds: new Map(file.operators.map(([id, , seconds]) => [id, seconds])),
  memoryBytes: new Map(file.operators.flatMap(([id, , , bytes]) => (bytes === undefined ? [] : [[id, bytes] as const]))),
  origin: { path, digest: profileDigest(file) },
});

function onlyAccelerator({ devices }: ClusterFile): string | undefined {
  const classes = devices.filter(({ host }) => host !== true);
  return classes.length === 1 ? classes[0]!.class : devices.length === 1 ? devices[0]!.class : undefined;
}

function otherState({ model: { bound } }: ProfileFile): string {
  const sizes = Object.entries(bound).map(([symbol, size]) => `${symbol}=${size}`);
  return sizes.length === 0 ? t('was measured on another state of the model.') : t('was measured on another state of the model or other sizes than {0}.', sizes.join(', '));
}

/** A profile's path as a placement names it. */
function originPath(path: string, sidecarPath: string, subject: string): string {
  const folder = dirname(sidecarPath);
  if (!isInside(path, folder)) throw new UserError(subject, t('does not lie in the folder of the placement or below it.'), t('Put the profile beside the model.'));
  return relative(folder, path).split(sep).join('/');
}
