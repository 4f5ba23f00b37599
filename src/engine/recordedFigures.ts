import { t } from '@vscode/l10n';
import { judge } from '../placement/judge';
import type { Placement } from '../placement/problem';
import { formatBytes, formatSeconds } from '../shared/format';
import type { PlacementFile } from '../sidecar/placementFile';
import { classOfDevices, type Planned } from './planned';
import { stageLoads } from './stageLoads';

/** Relative difference of times from which the recorded and the recomputed value are told apart; the file has nine digits. */
const SAME = 1e-6;

/** A proof by an integer program is good to a few millionths, and its bound stands as it was found. */
const PROVEN = 1e-5;

const same = (a: number, b: number): boolean => Math.abs(a - b) <= SAME * Math.max(a, b);

/** In which way the recorded value is not the one computed now; null if they agree. */
export function driftOf(file: PlacementFile, now: number): string | null {
  const { value } = file.certificate;
  if (same(value, now)) return null;
  return t('The file records {0} per sample, but this placement takes {1}.', formatSeconds(value), formatSeconds(now));
}

/** The first figure of a file that is not the one computed now, in words; null if all agree. */
export function wrongFigure(file: PlacementFile, base: Planned, placement: Placement): string | null {
  const judgement = judge(base.problem, placement, base.objective);
  const broken = judgement.violations;
  if (broken.length > 0) return t('breaks its own rules: {0}', broken.slice(0, 3).join('; '));
  const classes = classOfDevices(base.problem);
  const loads = stageLoads(base, placement, judgement);
  for (const [i, stage] of file.stages.entries()) {
    const device = placement.order[i]!;
    const load = loads[i];
    const said = stage.load.computeSeconds + stage.load.communicationSeconds;
    const computed = load?.loadSeconds ?? 0;
    if (!same(said, computed)) {
      const name = base.problem.classes[classes[device]!]!.name;
      return t('stage {0} records a load of {1}, but on {2} it is {3}', stage.name, formatSeconds(said), name, formatSeconds(computed));
    }
    const { weightBytes, activationBytes } = stage.memory;
    const weights = load?.residentBytes ?? 0;
    if (!same(weightBytes, weights)) return t('stage {0} records {1} of weights, but has {2}', stage.name, formatBytes(weightBytes), formatBytes(weights));
    const activations = (load?.workspaceBytes ?? 0) + (load?.stashBytes ?? 0);
    if (!same(activationBytes, activations)) return t('stage {0} records {1} of activations, but has {2}', stage.name, formatBytes(activationBytes), formatBytes(activations));
  }
  const { value, lowerBound, optimal } = file.certificate;
  if (!same(value, judgement.value)) return t('the certificate records {0} per sample, but this placement takes {1}', formatSeconds(value), formatSeconds(judgement.value));
  if (optimal && value - lowerBound > PROVEN * value) return t('the certificate says optimal, but its lower bound of {0} is not its value of {1}', formatSeconds(lowerBound), formatSeconds(value));
  const { operators } = file.model;
  if (operators !== base.prepared.graph.operators.length) return t('{0} is {1}, but the model has {2}', 'model.operators', operators, base.prepared.graph.operators.length);
  return null;
}
