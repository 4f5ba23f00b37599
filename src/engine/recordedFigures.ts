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
  return `The file records ${formatSeconds(value)} per sample, but this placement takes ${formatSeconds(now)}.`;
}

/** The first figure of a file that is not the one computed now, in words; null if all agree. */
export function wrongFigure(file: PlacementFile, base: Planned, placement: Placement): string | null {
  const judgement = judge(base.problem, placement, base.objective);
  const broken = judgement.violations;
  if (broken.length > 0) return `breaks its own rules: ${broken.slice(0, 3).join('; ')}`;
  const classes = classOfDevices(base.problem);
  const loads = stageLoads(base, placement);
  for (const [i, stage] of file.stages.entries()) {
    const device = placement.order[i]!;
    const load = loads[i];
    const said = stage.load.computeSeconds + stage.load.communicationSeconds;
    const computed = load?.loadSeconds ?? 0;
    if (!same(said, computed)) {
      const name = base.problem.classes[classes[device]!]!.name;
      return `stage ${stage.name} records a load of ${formatSeconds(said)}, but on ${name} it is ${formatSeconds(computed)}`;
    }
    const { weightBytes, activationBytes } = stage.memory;
    for (const [what, recorded, now] of [['weights', weightBytes, load?.residentBytes ?? 0], ['activations', activationBytes, (load?.workspaceBytes ?? 0) + (load?.stashBytes ?? 0)]] as const) {
      if (!same(recorded, now)) return `stage ${stage.name} records ${formatBytes(recorded)} of ${what}, but has ${formatBytes(now)}`;
    }
  }
  const drift = driftOf(file, judgement.value);
  if (drift !== null) return drift.replace(/^The file records/, 'the certificate records').replace(/\.$/, '');
  const { value, lowerBound, optimal } = file.certificate;
  if (optimal && value - lowerBound > PROVEN * value) return `the certificate says optimal, but its lower bound of ${formatSeconds(lowerBound)} is not its value of ${formatSeconds(value)}`;
  const { operators } = file.model;
  if (operators !== base.prepared.graph.operators.length) return `model.operators is ${operators}, but the model has ${base.prepared.graph.operators.length}`;
  return null;
}
