import { t } from '@vscode/l10n';
import { formatWhole } from '../shared/format';
import { targetText, type PinOption, type PinTarget } from '../shared/planEdits';
import { flowOf, pinContradiction } from './pinContradiction';
import { keeps } from './pins';
import { samePlace, targetOf, type PinnedTo } from './pinTargets';
import type { Planned } from './planned';

type Subject = Pick<Planned, 'prepared' | 'input' | 'objective' | 'pinned'>;

/** The pins of a plan after a change of some, and what that did, in a sentence; or why they stay as they are. */
export type PinOutcome = { readonly pinned: ReadonlyMap<number, PinnedTo>; readonly said: string } | { readonly refused: string };

/** A pinned operator stays where its pin says: why a move of nodes to a device contradicts a pin, or null. */
export function pinFault({ prepared, input, pinned, placement }: Planned, moved: ReadonlySet<number>, device: number): string | null {
  const stage = placement?.order.indexOf(device) ?? -1;
  const there = (to: PinnedTo): boolean => ('stage' in to ? to.stage === stage : to.device >= device && to.device < device + (placement?.replicas?.[stage] ?? 1));
  for (const [operator, to] of pinned) {
    if (there(to) || !moved.has(input.nodeOf[operator]!)) continue;
    const { name, id } = prepared.graph.operators[operator]!;
    return t('“{0}” is pinned to {1}: unpin it first.', name || id, targetText(targetOf(to, input.devices)));
  }
  return null;
}

/** Pins operators to a place, in the stead of the pins that they have. Refused where no plan keeps it, by itself or with the other pins. */
export function pinTo(subject: Subject, operators: readonly number[], target: PinTarget): PinOutcome {
  const { devices } = subject.input;
  const device = 'device' in target ? devices.findIndex(({ name }) => name === target.device) : -1;
  if ('device' in target && device < 0) return { refused: t('The cluster has no device {0}.', target.device) };
  const to: PinnedTo = 'device' in target ? { device } : { stage: target.stage };
  const pinned = withPins(subject, operators, to);
  const contradiction = pinContradiction(subject, pinned);
  if (contradiction !== null) return { refused: contradiction };
  return { pinned, said: pinnedText(operators.length, target) };
}

function pinnedText(count: number, target: PinTarget): string {
  if ('device' in target) return count === 1 ? t('Pinned 1 operator to {0}.', target.device) : t('Pinned {0} operators to {1}.', formatWhole(count), target.device);
  return count === 1 ? t('Pinned 1 operator to stage {0}.', target.stage) : t('Pinned {0} operators to stage {1}.', formatWhole(count), target.stage);
}

function withPins({ pinned }: Subject, operators: readonly number[], to: PinnedTo): Map<number, PinnedTo> {
  const result = new Map(pinned);
  for (const operator of operators) result.set(operator, to);
  return result;
}

export function unpinned({ pinned: before }: Subject, operators: readonly number[]): PinOutcome {
  const pinned = new Map(before);
  const count = operators.filter((operator) => pinned.delete(operator)).length;
  if (count === 0) return { refused: t('It is not pinned.') };
  return { pinned, said: count === 1 ? t('Unpinned 1 operator.') : t('Unpinned {0} operators.', formatWhole(count)) };
}

/**
 * All places that operators can be pinned to: the stages that the cluster's devices can make, then the devices, with what speaks against each.
 *
 * @param operators their indices in the model, with places of their own
 */
export function pinOptions(planned: Planned, operators: readonly number[]): PinOption[] {
  const { input, placement, objective } = planned;
  if (!placement || operators.length === 0) return [];
  const flow = flowOf(input.problem);
  const stages = objective === 'latency' ? [] : input.devices.map((_, stage): PinnedTo => ({ stage }));
  return [...stages, ...input.devices.map((_, device): PinnedTo => ({ device }))].map((to) => ({
    to: targetOf(to, input.devices),
    reason: operators.every((operator) => samePlace(planned.pinned.get(operator), to)) ? t('Pinned there already.') : pinContradiction(planned, withPins(planned, operators, to), flow),
    here: operators.every((operator) => keeps(placement, input.nodeOf[operator]!, to)),
  }));
}
