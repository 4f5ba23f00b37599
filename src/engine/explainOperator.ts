import { t } from '@vscode/l10n';
import { judge } from '../placement/judge';
import type { Placement, PlacementProblem } from '../placement/problem';
import { formatBytes, formatPercent, formatSeconds } from '../shared/format';
import { targetText } from '../shared/planEdits';
import { typeName } from '../sidecar/staleness';
import { keeps } from './pins';
import { isHeldByPin, isImpossible, isUnsupported, wouldLeave, wouldLower, wouldNotFit, wouldRaise, type Move } from './moveSentences';
import { targetOf } from './pinTargets';
import { classOfDevices, type Planned } from './planned';

/** Relative difference of loads below which they count as equal. */
const EQUAL = 1e-9;

/**
 * Why an operator is where it is, in a few sentences, each from a real evaluation of the alternative: the operator moved to the stage before
 * and to the stage after (with what has to move along so that the pipeline still flows forwards). Costs two evaluations of the plan.
 *
 * @param operator index into the operator graph
 */
export function explainOperator(planned: Planned, operator: number): string {
  const { prepared, input, placement, devices } = planned;
  const subject = prepared.graph.operators[operator];
  if (!subject) throw new RangeError(`explainOperator: there is no operator ${operator}`);
  const node = input.nodeOf[operator]!;
  if (!placement || !devices) return node < 0 ? t('Costs nothing: its value follows from weights and bound dimensions alone.') : t('There is no plan yet.');
  const stage = planned.stages![operator]!;
  if (node < 0) return t('Stage {0}: its value follows from weights and bound dimensions alone. It costs nothing and is computed wherever it is needed.', stage);
  const pin = planned.pinned.get(operator);
  if (pin !== undefined) {
    const place = targetText(targetOf(pin, input.devices));
    if (keeps(placement, node, pin)) return t('Stage {0}, because it is pinned to {1}.', stage, place);
    return t('Stage {0}. It is pinned to {1}, and this plan does not keep that: solve it again with the pins.', stage, place);
  }
  if (placement.order.length === 1) return `${t('Stage {0}: the whole model runs on {1}.', stage, input.devices[placement.order[0]!]!.name)} ${alone(planned)}`;

  if (planned.objective === 'latency') return [neighbours(planned, placement, node, stage), ...onlySupportedBy(planned, node)].join(' ');
  const moves = [stage - 1, stage + 1]
    .filter((target) => target >= 0 && target < placement.order.length)
    .map((target) => moveSentence(planned, placement, node, stage, target));
  return [neighbours(planned, placement, node, stage), ...onlySupportedBy(planned, node), ...moves].join(' ');
}

/** Why nothing is split, as far as one number tells. */
function alone({ problem }: Planned): string {
  const devices = problem.classes.reduce((sum, deviceClass) => sum + deviceClass.count, 0);
  return devices === 1 ? t('The cluster has no other device.') : t('Splitting it would cost more in transfers than it saves, or there is nothing to split.');
}

/** Where the operator is, and which other stages it exchanges data with: "Stage 1; the operator reads from stage 0 and feeds stage 2." */
function neighbours({ problem }: Planned, placement: Placement, node: number, stage: number): string {
  const from = new Set<number>();
  const to = new Set<number>();
  for (const { producer, consumers } of problem.nets) {
    if (producer === node) for (const consumer of consumers) to.add(placement.order.indexOf(placement.assignment[consumer]!));
    else if (consumers.includes(node)) from.add(placement.order.indexOf(placement.assignment[producer]!));
  }
  const others = (stages: ReadonlySet<number>): number[] => [...stages].filter((other) => other !== stage).sort((a, b) => a - b);
  return neighbourSentence(stage, others(from), others(to));
}

function neighbourSentence(stage: number, from: readonly number[], to: readonly number[]): string {
  const args = { stage, from: from.join(', '), to: to.join(', ') };
  if (from.length === 0 && to.length === 0) return t('Stage {stage}.', args);
  if (to.length === 0) return from.length === 1 ? t('Stage {stage}; the operator reads from stage {from}.', args) : t('Stage {stage}; the operator reads from stages {from}.', args);
  if (from.length === 0) return to.length === 1 ? t('Stage {stage}; the operator feeds stage {to}.', args) : t('Stage {stage}; the operator feeds stages {to}.', args);
  if (from.length === 1) {
    return to.length === 1 ? t('Stage {stage}; the operator reads from stage {from} and feeds stage {to}.', args) : t('Stage {stage}; the operator reads from stage {from} and feeds stages {to}.', args);
  }
  return to.length === 1 ? t('Stage {stage}; the operator reads from stages {from} and feeds stage {to}.', args) : t('Stage {stage}; the operator reads from stages {from} and feeds stages {to}.', args);
}

function onlySupportedBy({ problem, prepared, input }: Planned, node: number): string[] {
  const able = problem.classes.filter((_, c) => Number.isFinite(problem.seconds[c]![node]!));
  if (able.length !== 1 || problem.classes.length === 1) return [];
  return [t("Of this cluster's devices, only {0} runs {1}.", able[0]!.name, typeName(prepared.graph.operators[input.nodes[node]!]!))];
}

/**
 * What moving a node of a pipeline to another stage, with what has to go along, would do: from an evaluation of the placement after it.
 *
 * @param name what the node is called, in quotes; null where it is the one that is spoken of
 */
export function moveSentence(planned: Planned, placement: Placement, node: number, from: number, to: number, name: string | null = null): string {
  const { problem, input, prepared } = planned;
  const stageOfDevice = new Map(placement.order.map((device, stage) => [device, stage]));
  const stageOf = (v: number): number => stageOfDevice.get(placement.assignment[v]!)!;
  const moving = closure(problem, node, to < from ? 'producers' : 'consumers', (v) => (to < from ? stageOf(v) > to : stageOf(v) < to));
  const move: Move = { name, to, along: moving.size - 1 };

  const device = placement.order[to]!;
  const targetClass = classOfDevices(problem)[device]!;
  const unsupported = [...moving].find((v) => !Number.isFinite(problem.seconds[targetClass]![v]!));
  if (unsupported !== undefined) {
    const type = typeName(prepared.graph.operators[input.nodes[unsupported]!]!);
    return isUnsupported(move, problem.classes[targetClass]!.name, type, unsupported !== node);
  }
  const pinnedAlong = [...planned.pinned.keys()].find((operator) => moving.has(input.nodeOf[operator]!));
  if (pinnedAlong !== undefined) return isHeldByPin(move, prepared.graph.operators[pinnedAlong]!.id);
  const empties = moving.size === problem.labels.filter((_, v) => stageOf(v) === from).length;
  const order = empties ? placement.order.filter((_, s) => s !== from) : placement.order;
  const replicas = placement.replicas?.filter((_, s) => !empties || s !== from);

  const assignment = placement.assignment.map((old, v) => (moving.has(v) ? device : old));
  const before = judge(problem, placement, planned.objective);
  const after = judge(problem, { assignment, order, ...(replicas && { replicas }) }, planned.objective);
  const capacity = problem.classes[targetClass]!.memoryBytes;
  const load = after.loads.find((entry) => entry.device === device)!;
  const needed = load.residentBytes + load.workspaceBytes + load.stashBytes;
  if (needed > capacity) return wouldNotFit(move, input.devices[device]!.name, formatBytes(needed), formatBytes(capacity));
  if (after.violations.length > 0) return isImpossible(move, after.violations[0]!);

  const emptied = empties ? ` ${t('It would leave {0} without work.', input.devices[placement.order[from]!]!.name)}` : '';
  const raise = after.value - before.value;
  if (raise > EQUAL * before.value) {
    const worst = after.loads.reduce((a, b) => (b.loadSeconds > a.loadSeconds ? b : a));
    const worstStage = stageOfDevice.get(worst.device)!;
    return `${wouldRaise(move, worstStage, formatSeconds(worst.loadSeconds), formatPercent(raise / before.value))}${emptied}`;
  }
  if (raise < -EQUAL * before.value) return `${wouldLower(move, formatSeconds(after.value))}${emptied}`;
  return `${wouldLeave(move, formatSeconds(load.loadSeconds))}${emptied}`;
}

/** The operators that have to move with one: what it needs (or what needs it) on this side of the target, and what is colocated with any of them. */
function closure(problem: PlacementProblem, start: number, side: 'producers' | 'consumers', inTheWay: (v: number) => boolean): Set<number> {
  const neighbours = new Map<number, number[]>();
  const link = (from: number, to: number): void => {
    const list = neighbours.get(from);
    if (list) list.push(to);
    else neighbours.set(from, [to]);
  };
  for (const { producer, consumers } of problem.nets) {
    for (const consumer of consumers) {
      if (side === 'producers') link(consumer, producer);
      else link(producer, consumer);
    }
  }
  const members = new Map<number, number[]>();
  problem.colocation.forEach((color, v) => {
    if (color < 0) return;
    const list = members.get(color);
    if (list) list.push(v);
    else members.set(color, [v]);
  });
  const moving = new Set([start]);
  const open = [start];
  for (let v = open.pop(); v !== undefined; v = open.pop()) {
    const together = members.get(problem.colocation[v]!) ?? [];
    for (const next of [...(neighbours.get(v) ?? []).filter(inTheWay), ...together]) {
      if (!moving.has(next)) {
        moving.add(next);
        open.push(next);
      }
    }
  }
  return moving;
}
