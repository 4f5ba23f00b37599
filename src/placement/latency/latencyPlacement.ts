import { t } from '@vscode/l10n';
import type { Control } from '../../shared/progress';
import { UserError } from '../../shared/userError';
import { firstDevices } from '../devices';
import type { Placement, PlacementProblem, Solution } from '../problem';
import type { SolveOptions } from '../solve';
import { evaluateLatency } from './evaluateLatency';
import { HOST, latencyRoles, type LatencySplit } from './latencyProblem';
import { latencyMethods, solveLatency, type LatencyMethod } from './solveLatency';

/** Half a minute where no limit is given, as for the other objectives. */
const DEFAULT_SECONDS = 30;

/**
 * The placement with the least latency of one sample.
 * @throws UserError if the method or the problem does not suit the objective
 * @throws CancelledError if the control cancels before there is a placement
 */
export function solveForLatency(problem: PlacementProblem, options: SolveOptions, control: Control): Solution {
  const method = latencyMethods.find((name) => name === options.method);
  if (method === undefined) {
    throw new UserError('method', t("'{0}' does not minimise the latency of one sample.", options.method), t('Choose one of {0}.', latencyMethods.join(', ')));
  }
  if (problem.requiredStage?.some((stage) => stage >= 0) === true) {
    throw new UserError('pins', 'name stages, and the subgraphs of one sample have no fixed places in a pipeline.', 'Pin the operators to devices instead.');
  }
  return solved(problem, method, options, control);
}

function solved(problem: PlacementProblem, method: LatencyMethod, { slots = 1, timeLimitSeconds = DEFAULT_SECONDS }: SolveOptions, control: Control): Solution {
  // the search gives what it has when it is told to stop
  const ended: Control = { ...control, cancelled: () => control.cancelled() || control.stopRequested?.() === true };
  const { split, certificate, solveSeconds } = solveLatency(problem, { slots, method, timeLimitSeconds }, ended);
  return { placement: placementOfSplit(problem, split), certificate, solveSeconds };
}

/** A split as a placement: its used slots as stages in the order in which they start, and all that runs on the host as one stage on its first device. */
export function placementOfSplit(problem: PlacementProblem, split: LatencySplit): Placement {
  const { accelerator, host } = latencyRoles(problem);
  const { slots, doneSeconds } = evaluateLatency(problem, split);
  const first = firstDevices(problem.classes);
  const stages = slots.map(({ slot, startSeconds }) => ({ slot, startSeconds, device: first[accelerator]! + Math.floor(slot / split.slotsPerAccelerator) }));
  const onHost = [...split.slotOf.keys()].filter((v) => split.slotOf[v] === HOST);
  if (onHost.length > 0) {
    const begun = onHost.reduce((first, v) => Math.min(first, doneSeconds[v]! - problem.seconds[host]![v]!), Infinity);
    stages.push({ slot: HOST, startSeconds: begun, device: first[host]! });
  }
  stages.sort((a, b) => a.startSeconds - b.startSeconds || a.slot - b.slot);
  const stageOfSlot = new Map(stages.map(({ slot }, i) => [slot, i]));
  const order = stages.map(({ device }) => device);
  const stageOf = split.slotOf.map((slot) => stageOfSlot.get(slot)!);
  const placement: Placement = { assignment: stageOf.map((stage) => order[stage]!), order };
  return new Set(order).size < order.length ? { ...placement, stageOf } : placement;
}

/** The reverse: stages of an accelerator are its slots, in the order of the placement. */
export function splitOfStages(problem: PlacementProblem, { assignment, order, stageOf }: Placement): LatencySplit {
  const { accelerator } = latencyRoles(problem);
  const first = firstDevices(problem.classes)[accelerator]!;
  const { count } = problem.classes[accelerator]!;
  const used = new Map<number, number>();
  const rank = order.map((device) => {
    const slot = used.get(device) ?? 0;
    used.set(device, slot + 1);
    return slot;
  });
  const slotsPerAccelerator = Math.max(1, ...used.values());
  const stageOfDevice = new Map(order.map((device, stage) => [device, stage]));
  return {
    slotOf: assignment.map((device, v) => {
      if (device < first || device >= first + count) return HOST;
      const stage = stageOf?.[v] ?? stageOfDevice.get(device)!;
      return (device - first) * slotsPerAccelerator + rank[stage]!;
    }),
    slotsPerAccelerator,
  };
}
