import { t } from '@vscode/l10n';
import type { PlacementInput } from '../cost/buildProblem';
import type { OperatorGraph } from '../graph/operatorGraph';
import type { Placement, PlacementProblem } from '../placement/problem';
import type { PlacementFile } from '../sidecar/placementFile';
import { devicePins, stagePins, targetOf, type PinnedTo } from './pinTargets';
import { classOfDevices, type Planned } from './planned';

export type Pin = PlacementFile['pins'][number];

export interface SortedPins {
  /** operator index -> where it must be */
  readonly pinned: ReadonlyMap<number, PinnedTo>;
  readonly kept: readonly Pin[];
  /** what became of the others, for people */
  readonly warnings: readonly string[];
}

/** The pins that still mean something: their operator is in the model, and the cluster has their device, or devices enough for their stage. */
export function sortPins(pins: readonly Pin[], graph: OperatorGraph, input: PlacementInput): SortedPins {
  const operators = new Map(graph.operators.map((operator) => [operator.id, operator.index]));
  const devices = new Map(input.devices.map((device, i) => [device.name, i]));
  const pinned = new Map<number, PinnedTo>();
  const kept: Pin[] = [];
  const warnings: string[] = [];
  const place = (pin: Pin): PinnedTo | string => {
    if ('stage' in pin) {
      if (pin.stage < input.devices.length) return { stage: pin.stage };
      return t('The pin of "{0}" is dropped: the cluster has too few devices for a stage {1}.', pin.operator, pin.stage);
    }
    const device = devices.get(pin.device);
    return device === undefined ? t('The pin of "{0}" is dropped: the cluster has no device {1}.', pin.operator, pin.device) : { device };
  };
  for (const pin of pins) {
    const operator = operators.get(pin.operator);
    const to = place(pin);
    if (operator === undefined) warnings.push(t('The pin of "{0}" is dropped: the model has no such operator any more.', pin.operator));
    else if (typeof to === 'string') warnings.push(to);
    else if (input.nodeOf[operator]! < 0) warnings.push(t('The pin of "{0}" is dropped: it is computed wherever its value is needed.', pin.operator));
    else {
      pinned.set(operator, to);
      kept.push(pin);
    }
  }
  return { pinned, kept, warnings };
}

/**
 * The problem with pins expressed in its own terms. Operators pinned to one device are colocated, and unsupported on all other classes: devices of one class
 * are alike, so which of them a group gets is settled afterwards, by `settlePins`. Operators pinned to a stage must be in it.
 */
export function problemWithPins(input: PlacementInput, pinned: ReadonlyMap<number, PinnedTo>): PlacementProblem {
  const { problem } = input;
  if (pinned.size === 0) return problem;
  const classes = classOfDevices(problem);
  const colocation = Int32Array.from(problem.colocation);
  const seconds = problem.seconds.map((column) => Float64Array.from(column));
  let fresh = colocation.reduce((most, color) => Math.max(most, color), -1) + 1;
  const colorOf = new Map<number, number>();
  for (const [operator, device] of devicePins(pinned)) {
    const node = input.nodeOf[operator]!;
    const color = colorOf.get(device) ?? fresh++;
    colorOf.set(device, color);
    const before = colocation[node]!;
    if (before < 0) colocation[node] = color;
    else if (before !== color) colocation.forEach((other, v) => other === before && (colocation[v] = color));
    seconds.forEach((column, c) => c !== classes[device] && (column[node] = Infinity));
  }
  return { ...problem, colocation, seconds, ...requiredStages(input, pinned) };
}

/** The part of a problem that keeps operators in the stages that their pins name; nothing where none does. */
export function requiredStages(input: PlacementInput, pinned: ReadonlyMap<number, PinnedTo>): Pick<PlacementProblem, 'requiredStage'> {
  const inStages = stagePins(pinned);
  if (inStages.length === 0) return {};
  const requiredStage = new Int32Array(input.problem.labels.length).fill(-1);
  for (const [operator, stage] of inStages) requiredStage[input.nodeOf[operator]!] = stage;
  return { requiredStage };
}

/** Whether a plan has a node where a pin names it: of a replicated stage, any of its devices will do. */
export function keeps({ assignment, order, replicas, stageOf }: Placement, node: number, to: PinnedTo): boolean {
  const device = assignment[node]!;
  const stage = stageOf?.[node] ?? order.indexOf(device);
  if ('stage' in to) return stage === to.stage;
  return to.device >= device && to.device < device + (replicas?.[stage] ?? 1);
}

/** The pinned operators that a plan has elsewhere than their pins name. */
export function brokenPins({ input, placement, pinned }: Pick<Planned, 'input' | 'placement' | 'pinned'>): number[] {
  if (!placement) return [];
  return [...pinned].flatMap(([operator, to]) => (keeps(placement, input.nodeOf[operator]!, to) ? [] : [operator]));
}

/** The same in a sentence, or in none. */
export function brokenPinsWarning(planned: Pick<Planned, 'input' | 'placement' | 'pinned'>): string[] {
  const broken = brokenPins(planned).length;
  if (broken === 0) return [];
  return [broken === 1 ? t('1 pinned operator is elsewhere in this plan: solve it again to keep the pins.') : t('{0} pinned operators are elsewhere in this plan: solve it again to keep the pins.', broken)];
}

/** Pins as the file lists them. */
export const pinsOf = ({ prepared, input, pinned }: Pick<Planned, 'prepared' | 'input' | 'pinned'>): Pin[] =>
  [...pinned].map(([operator, to]) => ({ operator: prepared.graph.operators[operator]!.id, ...targetOf(to, input.devices) }));
