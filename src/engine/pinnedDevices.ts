import type { Placement, PlacementProblem } from '../placement/problem';
import { devicePins } from './pinTargets';
import { requiredStages } from './pins';
import { classOfDevices, type Attempt } from './planned';

/** Equal devices can be told apart unless they stand in servers, run replicas, or are the accelerators of one sample's latency. */
export const canBeApart = ({ problem, objective }: Pick<Attempt, 'problem' | 'objective'>): boolean =>
  problem.servers === undefined && problem.replication === undefined && objective !== 'latency';

/**
 * The problem in which each device that a pin names is a class of its own, so that pins to two equal devices stay apart. It is larger to
 * solve than the one in which equal devices are alike, and wanted only where that one's best plan would put both on one device.
 *
 * @returns the problem, and how a placement of it reads in the numbering of the cluster's devices
 */
export function apartOnPinned(attempt: Attempt): { readonly attempt: Attempt; readonly placementOf: (placement: Placement) => Placement } {
  const { input, pinned } = attempt;
  const plain = input.problem;
  const onDevices = devicePins(pinned);
  const named = new Set(onDevices.map(([, device]) => device));
  /** devices of each new class, in its order */
  const groups: { readonly of: number; readonly devices: number[] }[] = [];
  classOfDevices(plain).forEach((of, device) => {
    const rest = groups.find((group) => group.of === of && !named.has(group.devices[0]!));
    if (named.has(device) || rest === undefined) groups.push({ of, devices: [device] });
    else rest.devices.push(device);
  });
  const pick = <T>(column: readonly T[]): T[] => groups.map(({ of }) => column[of]!);
  const seconds = pick(plain.seconds).map((column) => Float64Array.from(column));
  for (const [operator, device] of onDevices) {
    groups.forEach(({ devices }, c) => !devices.includes(device) && (seconds[c]![input.nodeOf[operator]!] = Infinity));
  }
  const problem: PlacementProblem = {
    ...plain,
    ...requiredStages(input, pinned),
    classes: groups.map(({ of, devices }) => ({ ...plain.classes[of]!, count: devices.length })),
    seconds,
    nets: plain.nets.map((net) => ({ ...net, transferSeconds: pick(net.transferSeconds) })),
    ...(plain.training && { training: { ...plain.training, seconds: pick(plain.training.seconds), gradientSeconds: plain.training.gradientSeconds.map(pick) } }),
  };
  const deviceOf = groups.flatMap(({ devices }) => devices);
  return {
    attempt: { ...attempt, problem },
    placementOf: (placement) => ({ ...placement, assignment: placement.assignment.map((device) => deviceOf[device]!), order: placement.order.map((device) => deviceOf[device]!) }),
  };
}
