import { t } from '@vscode/l10n';
import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { canPin, runTask } from '../runtime/runTask';
import { measurePipeline } from '../runtime/measurePipeline';
import type { FidelityView, StageFidelity } from '../shared/fidelityView';
import { formatPercent, formatSeconds } from '../shared/format';
import { objectiveName } from '../shared/planning';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { exportPlanOf, openPlanned } from './exportPlacement';
import { modelInputs } from './modelInputs';
import { chainOf, runtimeFor, wholeOf, workFolder, type RuntimePlace } from './runModels';
import { splitPlan } from './splitPlacement';
import { loadParts } from './stageLoads';

/** Plain data: it crosses to a worker. */
export interface FidelityRequest {
  readonly sidecarPath: string;
  readonly runtime: RuntimePlace;
  /** samples that go through the pipeline; 60 if absent */
  readonly samples?: number;
  /** of the random inputs; 1 if absent */
  readonly seed?: number;
  readonly inputsPath?: string;
}

const SAMPLES = 60;
const WARM_UP = 3;
const REPEATS = 15;
/** From here on a difference is worth a sentence. */
const NOTEWORTHY = 0.05;

/**
 * Measures what a plan predicts: runs its stages on this machine as a real pipeline, one process each, and compares times and throughput.
 *
 * @throws UserError if the plan is not one for throughput, does not fit its model, or cannot be run here; CancelledError
 */
export async function measureFidelity({ sidecarPath, runtime, samples = SAMPLES, seed = 1, inputsPath }: FidelityRequest, control: Control): Promise<FidelityView> {
  const planned = openPlanned(sidecarPath, control);
  const subject = basename(sidecarPath);
  if (planned.objective !== 'throughput') throw new UserError(subject, t('is a plan for {0}, and what is measured here is a stream of samples.', objectiveName(planned.objective)), t('Partition for throughput.'));
  const plan = exportPlanOf(planned);
  const { model } = plan;
  const found = runtimeFor(model, runtime);
  const feeds = modelInputs(model, plan.bound, seed, inputsPath);
  const folder = workFolder(model);
  try {
    const { manifest } = splitPlan(plan, { sidecarPath, folder }, control);
    const models = chainOf(manifest, folder);
    const options = { script: runtime.script, subject: basename(model.path) };
    const alone = await runTask('timeChain', { runtime: found.folder, whole: wholeOf(model), models, feeds, warmUp: WARM_UP, repeats: REPEATS }, { ...options, core: 0 }, control);
    control.report({ phase: t('running the pipeline') });
    const devices = [...new Set(plan.stages.map(({ device }) => device))];
    const cores = manifest.models.map(({ device }) => devices.indexOf(device));
    const measured = await measurePipeline({ runtime: found.folder, models, cores, feeds, samples, margin: Math.floor(samples / 5) }, options, control);
    const sum = (of: readonly number[], stage: number): number => manifest.models.reduce((total, entry, i) => (entry.stage === stage ? total + of[i]! : total), 0);
    const loads = planned.loads!.map(loadParts);
    const stages = plan.stages.map(({ device }, stage): StageFidelity => ({
      stage, device,
      predictedSeconds: loads[stage]!.computeSeconds,
      predictedHandOverSeconds: loads[stage]!.communicationSeconds,
      aloneSeconds: sum(alone.seconds, stage),
      computeSeconds: sum(measured.computeSeconds, stage),
      handOverSeconds: sum(measured.handOverSeconds, stage),
    }));
    const result = {
      runtime: found.version, bound: plan.bound, samples, pinned: canPin(), stages,
      predictedSeconds: Math.max(...loads.map(({ loadSeconds }) => loadSeconds)),
      measuredSeconds: measured.secondsPerSample,
      wholeSeconds: alone.wholeSeconds,
    };
    return { ...result, notes: notesOn(result, measured.meanBusySeconds, planned.planning.measured !== undefined) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function notesOn({ stages, predictedSeconds, measuredSeconds, wholeSeconds, pinned }: Omit<FidelityView, 'notes'>, meanBusySeconds: number, profiled: boolean): string[] {
  const notes: string[] = [];
  const total = (of: (stage: StageFidelity) => number): number => stages.reduce((sum, stage) => sum + of(stage), 0);
  const longest = (of: (stage: StageFidelity) => number): number => Math.max(...stages.map(of));
  const differs = (value: number, from: number): boolean => Math.abs(value / from - 1) > NOTEWORTHY;
  const share = (ratio: number): string => formatPercent(Math.abs(ratio - 1));
  const most = longest((stage) => stage.aloneSeconds);
  notes.push(t('Alone, the stages take {0}: split like this the pipeline can be at most {1} times as fast as one process.', stages.map((stage) => formatSeconds(stage.aloneSeconds)).join(' + '), (total((stage) => stage.aloneSeconds) / most).toFixed(2)));
  const contention = total((stage) => stage.computeSeconds) / total((stage) => stage.aloneSeconds);
  if (differs(contention, 1)) {
    notes.push(
      contention > 1
        ? t('While they run at the same time they take {0} more than alone: cores share caches, memory and whatever else runs on the machine.', share(contention))
        : t('While they run at the same time they take {0} less than alone: cores share caches, memory and whatever else runs on the machine.', share(contention)),
    );
  }
  const handOver = longest((stage) => stage.handOverSeconds);
  if (handOver > NOTEWORTHY * measuredSeconds) notes.push(t("Handing tensors over takes up to {0} of a stage's time per sample, {1} of the pipeline's.", formatSeconds(handOver), formatPercent(handOver / measuredSeconds)));
  const model = total((stage) => stage.predictedSeconds) / total((stage) => stage.aloneSeconds);
  if (differs(model, 1)) notes.push(profiled ? profileNote(model > 1, share(model)) : costModelNote(model > 1, share(model)));
  const bound = longest((stage) => stage.computeSeconds + stage.handOverSeconds);
  if (meanBusySeconds > bound * (1 + NOTEWORTHY)) notes.push(t('Single samples are slow: on average the busiest model takes {0}, {1} more than in the median; other work on the machine shows like this.', formatSeconds(meanBusySeconds), share(meanBusySeconds / bound)));
  const waiting = measuredSeconds - Math.max(bound, meanBusySeconds);
  if (waiting > NOTEWORTHY * measuredSeconds) notes.push(t('A sample takes {0} longer than the slowest stage is busy: processes wait for each other, or for a core.', formatSeconds(waiting)));
  if (!pinned) notes.push(t('Processes could not be bound to cores here; the system may have moved them.'));
  if (stages.length > 1 && wholeSeconds / measuredSeconds < 1) notes.push(t('The pipeline is slower than one process: for this model, what it costs to hand tensors over is more than what splitting gains.'));
  if (differs(measuredSeconds, predictedSeconds)) {
    const ratio = predictedSeconds / measuredSeconds;
    notes.push(ratio > 1 ? t('Measured throughput is {0} more than predicted.', share(ratio)) : t('Measured throughput is {0} less than predicted.', share(ratio)));
  }
  return notes;
}

const profileNote = (more: boolean, share: string): string =>
  more ? t('By the profile the stages take {0} more than they do alone now.', share) : t('By the profile the stages take {0} less than they do alone now.', share);

const costModelNote = (more: boolean, share: string): string =>
  more
    ? t('The cost model says {0} more than the stages take alone. "{1}" measures each operator instead.', share, 'stagewright profile')
    : t('The cost model says {0} less than the stages take alone. "{1}" measures each operator instead.', share, 'stagewright profile');
