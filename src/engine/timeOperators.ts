import { t } from '@vscode/l10n';
import { rmSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { sharedData } from '../export/externalFiles';
import { writeExport } from '../export/writeExport';
import type { OnnxModel } from '../onnx/model';
import { subModels } from '../onnx/write/subModel';
import { readMeasurements, type Measurements } from '../profile/import/measurements';
import { isCarried } from '../runtime/hostTensor';
import { runTask } from '../runtime/runTask';
import { formatBytes } from '../shared/format';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { readTextFile } from '../sidecar/textFile';
import { modelInputs } from './modelInputs';
import type { Bindings } from './requests';
import { runtimeFor, wholeOf, workFolder, type RuntimePlace } from './runModels';

/** Bytes of ONNX Runtime's profile: what one string holds. Every node of every run is an event of some 700 bytes. */
const LARGEST_PROFILE = 2 ** 29 - 64;

/** How a model is run for its times. Plain data. */
export interface TimingOptions {
  readonly runtime: RuntimePlace;
  readonly warmUp: number;
  readonly repeats: number;
  /** of the random inputs; 1 if absent */
  readonly seed?: number;
  /** JSON file with inputs; random ones if absent */
  readonly inputsPath?: string;
  /** longest time that one run may take, in seconds */
  readonly patienceSeconds?: number;
}

export interface Timing {
  /** by the names in `nodeNames` */
  readonly measurements: Measurements;
  /** names that the nodes had in the run, in the order of the model's */
  readonly nodeNames: readonly string[];
  /** version of ONNX Runtime */
  readonly runtime: string;
  readonly runSeconds: readonly number[];
}

/** Name of this machine's processor. */
export const processorName = (): string => cpus()[0]?.model.replaceAll(/\s+/g, ' ').trim() || 'processor';

/**
 * Runs a model in ONNX Runtime and takes the time of every operator: on one thread of the CPU, without optimisation of the graph, in a process of its
 * own. Names of nodes may be missing or repeated, so a copy with names of its own is run; the copy is gone afterwards.
 *
 * @param bound sizes of the inputs' dimensions
 * @throws UserError if ONNX Runtime is not there, refuses the model, dies or hangs, or an input cannot be fed; CancelledError
 */
export async function timeOperators(model: OnnxModel, bound: Bindings, options: TimingOptions, control: Control): Promise<Timing> {
  const { runtime, warmUp, repeats, seed = 1, inputsPath, patienceSeconds } = options;
  const subject = basename(model.path);
  const found = runtimeFor(model, runtime);
  const feeds = modelInputs(model, bound, seed, inputsPath);
  const { nodes, initializers, inputs, outputs } = model.graph;
  const nodeNames = nodes.map((_, i) => `stagewright:${i}`);
  const folder = workFolder(model);
  try {
    const [pieces] = subModels(model, [{ nodes, initializers: [...initializers.keys()], inputs, outputs, names: nodeNames }], subject);
    const file = 'named.onnx';
    writeExport([...sharedData(model), { path: file, kind: 'model', pieces: pieces! }], model, folder, control);
    const fetched = outputs.filter(({ type }) => type.kind === 'tensor' && (type.elementType === undefined || isCarried(type.elementType)));
    const request = { runtime: found.folder, model: { ...wholeOf(model), path: join(folder, file), outputs: fetched.map(({ name }) => name) }, feeds, warmUp, repeats, folder };
    const { profilePath, runSeconds } = await runTask('profileModel', request, { script: runtime.script, subject, ...(patienceSeconds !== undefined && { patienceSeconds }) }, control);
    control.report({ phase: t('reading times') });
    if (statSync(profilePath).size > LARGEST_PROFILE) throw new UserError(subject, t('its runs gave more than {0} of times.', formatBytes(LARGEST_PROFILE)), t('Measure with fewer repeats.'));
    return { measurements: readMeasurements(readTextFile(profilePath, subject, LARGEST_PROFILE), subject, warmUp), nodeNames, runtime: found.version, runSeconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
