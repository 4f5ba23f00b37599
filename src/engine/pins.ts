import type { PlacementInput } from '../cost/buildProblem';
import type { OperatorGraph } from '../graph/operatorGraph';
import type { Placement, PlacementProblem } from '../placement/problem';
import { UserError } from '../shared/userError';
import { classOfDevices, type Planned } from './planned';
import { counted } from './sentences';

export interface Pin {
  readonly operator: string;
  readonly device: string;
}

export interface SortedPins {
  /** operator index -> device */
  readonly pinned: ReadonlyMap<number, number>;
  readonly kept: readonly Pin[];
  /** what became of the others, for people */
  readonly warnings: readonly string[];
}

/** The pins that still mean something: their operator is in the model, and their device in the cluster. */
export function sortPins(pins: readonly Pin[], graph: OperatorGraph, input: PlacementInput): SortedPins {
  const operators = new Map(graph.operators.map((operator) => [operator.id, operator.index]));
  const devices = new Map(input.devices.map((device, i) => [device.name, i]));
  const pinned = new Map<number, number>();
  const kept: Pin[] = [];
  const warnings: string[] = [];
  for (const pin of pins) {
    const operator = operators.get(pin.operator);
    const device = devices.get(pin.device);
    if (operator === undefined) warnings.push(`The pin of "${pin.operator}" is dropped: the model has no such operator any more.`);
    else if (device === undefined) warnings.push(`The pin of "${pin.operator}" is dropped: the cluster has no device ${pin.device}.`);
    else if (input.nodeOf[operator]! < 0) warnings.push(`The pin of "${pin.operator}" is dropped: it is computed wherever its value is needed.`);
    else {
      pinned.set(operator, device);
      kept.push(pin);
    }
  }
  return { pinned, kept, warnings };
}

/**
 * The problem with pins expressed in its own terms: operators pinned to one device are colocated, and unsupported on all other classes.
 * Devices of one class are alike, so which of them a group gets is settled afterwards, by `settlePins`.
 */
export function problemWithPins(input: PlacementInput, pinned: ReadonlyMap<number, number>): PlacementProblem {
  const { problem } = input;
  if (pinned.size === 0) return problem;
  const classes = classOfDevices(problem);
  const colocation = Int32Array.from(problem.colocation);
  const seconds = problem.seconds.map((column) => Float64Array.from(column));
  let fresh = colocation.reduce((most, color) => Math.max(most, color), -1) + 1;
  const colorOf = new Map<number, number>();
  for (const [operator, device] of pinned) {
    const node = input.nodeOf[operator]!;
    const color = colorOf.get(device) ?? fresh++;
    colorOf.set(device, color);
    const before = colocation[node]!;
    if (before < 0) colocation[node] = color;
    else if (before !== color) colocation.forEach((other, v) => other === before && (colocation[v] = color));
    seconds.forEach((column, c) => c !== classes[device] && (column[node] = Infinity));
  }
  return { ...problem, colocation, seconds };
}

/** Two devices that pins name and whose operators a plan has on one device; null if there are none. */
export function pinsConflict(placement: Placement, input: PlacementInput, pinned: ReadonlyMap<number, number>): readonly [number, number] | null {
  const wantedOf = new Map<number, number>();
  for (const [operator, wanted] of pinned) {
    const device = placement.assignment[input.nodeOf[operator]!]!;
    const before = wantedOf.get(device) ?? wanted;
    if (before !== wanted) return [before, wanted];
    wantedOf.set(device, wanted);
  }
  return null;
}

/**
 * Renames equal devices so that pinned operators are on the devices that their pins name.
 *
 * @throws UserError if pins to different devices cannot be told apart: the plan has their operators on one device
 */
export function settlePins(placement: Placement, input: PlacementInput, pinned: ReadonlyMap<number, number>): Placement {
  if (pinned.size === 0) return placement;
  if (placement.replicas) throw new UserError('pins', 'name single devices, and a stage of the best plan runs on several.', 'Remove the pins, or ask for one device per stage.');
  const classes = classOfDevices(input.problem);
  const conflict = pinsConflict(placement, input, pinned);
  if (conflict) {
    throw new UserError(
      'pins',
      `operators are pinned to ${input.devices[conflict[0]]!.name} and to ${input.devices[conflict[1]]!.name}, but the best plan has them on one device.`,
      'Remove one of these pins.',
    );
  }
  const newName = new Map([...pinned].map(([operator, wanted]) => [placement.assignment[input.nodeOf[operator]!]!, wanted]));
  // the devices without pins share the names that are left, in order
  const taken = new Set(newName.values());
  for (let device = 0; device < classes.length; device++) {
    if (newName.has(device)) continue;
    const free = classes.findIndex((deviceClass, other) => deviceClass === classes[device] && !taken.has(other));
    newName.set(device, free);
    taken.add(free);
  }
  return { ...placement, assignment: placement.assignment.map((device) => newName.get(device)!), order: placement.order.map((device) => newName.get(device)!) };
}

/** The pinned operators that a plan has on other devices than their pins name. */
export function brokenPins({ input, placement, pinned }: Pick<Planned, 'input' | 'placement' | 'pinned'>): number[] {
  if (!placement) return [];
  return [...pinned].flatMap(([operator, device]) => (placement.assignment[input.nodeOf[operator]!] === device ? [] : [operator]));
}

/** The same in a sentence, or in none. */
export function brokenPinsWarning(planned: Pick<Planned, 'input' | 'placement' | 'pinned'>): string[] {
  const broken = brokenPins(planned).length;
  return broken === 0 ? [] : [`${counted(broken, 'pinned operator')} ${broken === 1 ? 'is' : 'are'} elsewhere in this plan: solve it again to keep the pins.`];
}

/** Pins as the file lists them. */
export const pinsOf = ({ prepared, input, pinned }: Pick<Planned, 'prepared' | 'input' | 'pinned'>): Pin[] =>
  [...pinned].map(([operator, device]) => ({ operator: prepared.graph.operators[operator]!.id, device: input.devices[device]!.name }));
