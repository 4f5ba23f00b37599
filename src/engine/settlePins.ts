import { t } from '@vscode/l10n';
import type { PlacementInput } from '../cost/buildProblem';
import type { Placement } from '../placement/problem';
import { UserError } from '../shared/userError';
import { devicePins, type PinnedTo } from './pinTargets';
import { classOfDevices } from './planned';

/** The devices that run one stage: they follow each other in number. */
interface Block {
  readonly device: number;
  readonly class: number;
  readonly width: number;
  /** devices that pins name for operators of the stage, ascending */
  readonly wanted: readonly number[];
}

const blocksOf = (placement: Placement, input: PlacementInput, pinned: ReadonlyMap<number, PinnedTo>): Block[] => {
  const classes = classOfDevices(input.problem);
  const wanted = new Map<number, Set<number>>();
  for (const [operator, device] of devicePins(pinned)) {
    const at = placement.assignment[input.nodeOf[operator]!]!;
    wanted.set(at, (wanted.get(at) ?? new Set()).add(device));
  }
  const widths = new Map(placement.order.map((device, stage) => [device, placement.replicas?.[stage] ?? 1]));
  return [...widths].map(([device, width]) => ({ device, class: classes[device]!, width, wanted: [...(wanted.get(device) ?? [])].sort((a, b) => a - b) }));
};

/** Two devices that pins name and whose operators a plan has together on fewer devices than that takes; null if there are none. */
export function pinsConflict(placement: Placement, input: PlacementInput, pinned: ReadonlyMap<number, PinnedTo>): readonly [number, number] | null {
  for (const { wanted, width } of blocksOf(placement, input, pinned)) if (wanted.length > 0 && wanted.at(-1)! - wanted[0]! >= width) return [wanted[0]!, wanted.at(-1)!];
  return null;
}

/** Places of blocks that are tried before it is given up. */
const MOST_TRIES = 100_000;

/** New first devices of blocks of one class whose devices are `from` .. `to` - 1, so that each holds the devices wanted of it; null if none were found. */
function laid(blocks: readonly Block[], from: number, to: number): Map<number, number> | null {
  // those that cannot go anywhere first, then the widest; else in the order of their devices
  const choices = [...blocks].sort((a, b) => Number(b.wanted.length > 0) - Number(a.wanted.length > 0) || b.width - a.width || a.device - b.device);
  const taken = new Uint8Array(to);
  const start = new Map<number, number>();
  let tries = 0;
  const place = (k: number): boolean => {
    const block = choices[k];
    if (block === undefined) return true;
    const { width, wanted } = block;
    const [first, last] = wanted.length === 0 ? [from, to - width] : [Math.max(from, wanted.at(-1)! - width + 1), Math.min(wanted[0]!, to - width)];
    for (let at = first; at <= last; at++) {
      if (taken.subarray(at, at + width).includes(1)) continue;
      if (++tries > MOST_TRIES) return false;
      taken.fill(1, at, at + width);
      start.set(block.device, at);
      if (place(k + 1)) return true;
      taken.fill(0, at, at + width);
    }
    return false;
  };
  return place(0) ? start : null;
}

/**
 * Renames equal devices so that pinned operators are on the devices that their pins name: of a stage that runs on several, on one of these.
 *
 * @throws UserError if pins to different devices cannot be told apart (the plan has their operators on one device), or replicated stages cannot be laid so
 */
export function settlePins(placement: Placement, input: PlacementInput, pinned: ReadonlyMap<number, PinnedTo>): Placement {
  if (devicePins(pinned).length === 0) return placement;
  const conflict = pinsConflict(placement, input, pinned);
  if (conflict) {
    throw new UserError(
      t({ message: 'pins', comment: 'What an error message is about' }),
      t('operators are pinned to {0} and to {1}, but the best plan has them on one device.', input.devices[conflict[0]]!.name, input.devices[conflict[1]]!.name),
      t('Remove one of these pins.'),
    );
  }
  const blocks = blocksOf(placement, input, pinned);
  const renamed = new Map<number, number>();
  let from = 0;
  input.problem.classes.forEach(({ count }, c) => {
    const start = laid(blocks.filter((block) => block.class === c), from, from + count);
    if (start === null) {
      throw new UserError(
        t({ message: 'pins', comment: 'What an error message is about' }),
        t('name single devices, and the replicated stages of the best plan cannot be laid over devices so that each holds those pinned to it.'),
        t('Pin to stages instead, or ask for one device per stage.'),
      );
    }
    for (const [device, at] of start) renamed.set(device, at);
    from += count;
  });
  return { ...placement, assignment: placement.assignment.map((device) => renamed.get(device)!), order: placement.order.map((device) => renamed.get(device)!) };
}
