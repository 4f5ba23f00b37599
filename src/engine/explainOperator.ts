import { judge } from '../placement/judge';
import type { Placement, PlacementProblem } from '../placement/problem';
import { formatBytes, formatPercent, formatSeconds } from '../shared/format';
import { targetText } from '../shared/planEdits';
import { typeName } from '../sidecar/staleness';
import { keeps } from './pins';
import { targetOf } from './pinTargets';
import { classOfDevices, type Planned } from './planned';
import { counted } from './sentences';

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
  if (!placement || !devices) return node < 0 ? 'Costs nothing: its value follows from weights and bound dimensions alone.' : 'There is no plan yet.';
  const stage = planned.stages![operator]!;
  const at = `Stage ${stage}`;
  if (node < 0) return `${at}: its value follows from weights and bound dimensions alone. It costs nothing and is computed wherever it is needed.`;
  const pin = planned.pinned.get(operator);
  if (pin !== undefined) {
    const place = targetText(targetOf(pin, input.devices));
    if (keeps(placement, node, pin)) return `${at}, because it is pinned to ${place}.`;
    return `${at}. It is pinned to ${place}, and this plan does not keep that: solve it again with the pins.`;
  }
  if (placement.order.length === 1) return `${at}: the whole model runs on ${input.devices[placement.order[0]!]!.name}.${alone(planned)}`;

  if (planned.objective === 'latency') return [`${at}${neighbours(planned, placement, node, stage)}.`, ...onlySupportedBy(planned, node)].join(' ');
  const moves = [stage - 1, stage + 1]
    .filter((target) => target >= 0 && target < placement.order.length)
    .map((target) => moveSentence(planned, placement, node, stage, target));
  return [`${at}${neighbours(planned, placement, node, stage)}.`, ...onlySupportedBy(planned, node), ...moves].join(' ');
}

/** Why nothing is split, as far as one number tells. */
function alone({ problem }: Planned): string {
  const devices = problem.classes.reduce((sum, deviceClass) => sum + deviceClass.count, 0);
  return devices === 1 ? ' The cluster has no other device.' : ' Splitting it would cost more in transfers than it saves, or there is nothing to split.';
}

/** Which other stages the operator exchanges data with: ", which reads from stage 0 and feeds stage 2". */
function neighbours({ problem }: Planned, placement: Placement, node: number, stage: number): string {
  const from = new Set<number>();
  const to = new Set<number>();
  for (const { producer, consumers } of problem.nets) {
    if (producer === node) for (const consumer of consumers) to.add(placement.order.indexOf(placement.assignment[consumer]!));
    else if (consumers.includes(node)) from.add(placement.order.indexOf(placement.assignment[producer]!));
  }
  const others = (stages: ReadonlySet<number>): string => {
    const list = [...stages].filter((other) => other !== stage).sort((a, b) => a - b);
    return list.length === 0 ? '' : `stage${list.length === 1 ? '' : 's'} ${list.join(', ')}`;
  };
  const parts = [others(from) && `reads from ${others(from)}`, others(to) && `feeds ${others(to)}`].filter((part) => part !== '');
  return parts.length === 0 ? '' : `; the operator ${parts.join(' and ')}`;
}

function onlySupportedBy({ problem, prepared, input }: Planned, node: number): string[] {
  const able = problem.classes.filter((_, c) => Number.isFinite(problem.seconds[c]![node]!));
  if (able.length !== 1 || problem.classes.length === 1) return [];
  return [`Of this cluster's devices, only ${able[0]!.name} runs ${typeName(prepared.graph.operators[input.nodes[node]!]!)}.`];
}

/** What moving a node of a pipeline to another stage, with what has to go along, would do: from an evaluation of the placement after it. */
export function moveSentence(planned: Planned, placement: Placement, node: number, from: number, to: number, it = 'it'): string {
  const { problem, input, prepared } = planned;
  const stageOfDevice = new Map(placement.order.map((device, stage) => [device, stage]));
  const stageOf = (v: number): number => stageOfDevice.get(placement.assignment[v]!)!;
  const moving = closure(problem, node, to < from ? 'producers' : 'consumers', (v) => (to < from ? stageOf(v) > to : stageOf(v) < to));
  const along = moving.size - 1;
  const what = along === 0 ? `Moving ${it}` : `Moving ${it} to stage ${to} takes ${counted(along, 'operator')} along, which`;
  const target = along === 0 ? ` to stage ${to}` : '';

  const device = placement.order[to]!;
  const targetClass = classOfDevices(problem)[device]!;
  const unsupported = [...moving].find((v) => !Number.isFinite(problem.seconds[targetClass]![v]!));
  if (unsupported !== undefined) {
    const type = typeName(prepared.graph.operators[input.nodes[unsupported]!]!);
    return `${capital(it)} cannot move to stage ${to}: ${problem.classes[targetClass]!.name} does not run ${type}${unsupported === node ? '' : ', which would have to move along'}.`;
  }
  const pinnedAlong = [...planned.pinned.keys()].find((operator) => moving.has(input.nodeOf[operator]!));
  if (pinnedAlong !== undefined) return `${capital(it)} cannot move to stage ${to}: "${prepared.graph.operators[pinnedAlong]!.id}", which would have to move along, is pinned.`;
  const emptied = moving.size === problem.labels.filter((_, v) => stageOf(v) === from).length ? ` It would leave ${input.devices[placement.order[from]!]!.name} without work.` : '';
  const order = emptied === '' ? placement.order : placement.order.filter((_, s) => s !== from);
  const replicas = placement.replicas?.filter((_, s) => emptied === '' || s !== from);

  const assignment = placement.assignment.map((old, v) => (moving.has(v) ? device : old));
  const before = judge(problem, placement, planned.objective);
  const after = judge(problem, { assignment, order, ...(replicas && { replicas }) }, planned.objective);
  const capacity = problem.classes[targetClass]!.memoryBytes;
  const load = after.loads.find((entry) => entry.device === device)!;
  const needed = load.residentBytes + load.workspaceBytes + load.stashBytes;
  if (needed > capacity) return `${what}${target} would not fit: ${input.devices[device]!.name} would need ${formatBytes(needed)} of ${formatBytes(capacity)}.`;
  if (after.violations.length > 0) return `${what}${target} is not possible: ${after.violations[0]!}.`;

  const raise = after.value - before.value;
  if (raise > EQUAL * before.value) {
    const worst = after.loads.reduce((a, b) => (b.loadSeconds > a.loadSeconds ? b : a));
    const worstStage = stageOfDevice.get(worst.device)!;
    return `${what}${target} would raise stage ${worstStage} to ${formatSeconds(worst.loadSeconds)} per sample, ${formatPercent(raise / before.value)} more than the pipeline takes now.${emptied}`;
  }
  if (raise < -EQUAL * before.value) return `${what}${target} would lower the time per sample to ${formatSeconds(after.value)}.${emptied}`;
  return `${what}${target} would leave the time per sample as it is, and bring that stage to ${formatSeconds(load.loadSeconds)}.${emptied}`;
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

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
