import type { PlanComparison, PlanFlow, PlanMove, PlanSide } from '../shared/comparisonView';
import type { PlanView, StageView } from '../shared/planView';

/** Ids that a move names. */
const EXAMPLES = 3;

export interface NamedView {
  readonly name: string;
  /** with a plan */
  readonly view: PlanView;
}

/** How two plans of one model differ, as far as their views say it. */
export function compareViews(a: NamedView, b: NamedView, movedBy: PlanComparison['movedBy']): Pick<PlanComparison, 'modelName' | 'sides' | 'moves' | 'moved' | 'movedBy' | 'stageBefore' | 'flows'> {
  const place = ({ view: { plan } }: NamedView, stage: number): string => (movedBy === 'stage' ? String(stage) : (plan!.stages[stage]?.device ?? '–'));
  const flows = flowsOf(a.view, b.view, (from, to) => place(a, from) !== place(b, to));
  const moved = flows.filter((flow) => flow.moved);
  const members = new Set(moved.flatMap((flow) => flow.members));
  return {
    modelName: a.view.modelName,
    sides: [sideOf(a), sideOf(b)],
    moves: movesOf(moved, a.view, b.view),
    moved: a.view.operators.flatMap(({ id }, index) => (members.has(index) ? [id] : [])),
    movedBy,
    stageBefore: a.view.operators.map(({ foldable, stage }) => (foldable ? -1 : stage)),
    flows: flows.map(({ members: _, ...flow }) => flow),
  };
}

type FlowWithMembers = PlanFlow & { readonly members: readonly number[] };

function flowsOf(a: PlanView, b: PlanView, isMove: (from: number, to: number) => boolean): FlowWithMembers[] {
  const byWay = new Map<string, { readonly from: number; readonly to: number; readonly members: number[] }>();
  a.operators.forEach(({ foldable, stage: from }, index) => {
    if (foldable) return;
    const to = b.operators[index]!.stage;
    const way = `${from} ${to}`;
    const known = byWay.get(way) ?? { from, to, members: [] };
    known.members.push(index);
    byWay.set(way, known);
  });
  const seconds = ({ operators }: PlanView, members: readonly number[]): number => members.reduce((sum, index) => sum + (operators[index]!.seconds ?? 0), 0);
  return [...byWay.values()]
    .map(({ from, to, members }): FlowWithMembers => ({
      from,
      to,
      members,
      operators: members.length,
      moved: isMove(from, to),
      scope: sharedScope(members.map((index) => a.operators[index]!.name)),
      seconds: [seconds(a, members), seconds(b, members)],
    }))
    .sort((x, y) => x.from - y.from || x.to - y.to);
}

/** By device: a device may run several stages. */
function movesOf(moved: readonly FlowWithMembers[], a: PlanView, b: PlanView): PlanMove[] {
  const byWay = new Map<string, { readonly from: string; readonly to: string; readonly members: number[] }>();
  for (const { from, to, members } of moved) {
    const [here, there] = [a.plan!.stages[from]?.device ?? '–', b.plan!.stages[to]?.device ?? '–'];
    const way = `${here}\n${there}`;
    const known = byWay.get(way) ?? { from: here, to: there, members: [] };
    known.members.push(...members);
    byWay.set(way, known);
  }
  const moves = [...byWay.values()].map(({ from, to, members }): PlanMove => {
    const operators = members.sort((x, y) => x - y).map((index) => a.operators[index]!);
    return { from, to, operators: operators.length, scope: sharedScope(operators.map(({ name }) => name)), examples: operators.slice(0, EXAMPLES).map(({ id }) => id) };
  });
  return moves.sort((x, y) => y.operators - x.operators || (x.from < y.from ? -1 : 1));
}

function sideOf({ name, view: { plan, tensors } }: NamedView): PlanSide {
  const { stages, cuts, certificate: { value, lowerBound, optimal } } = plan!;
  const sizes = cuts.map(({ tensor }) => tensors[tensor]!.bytes);
  return {
    name,
    cluster: plan!.cluster.name,
    objective: plan!.objective,
    value,
    lowerBound,
    optimal,
    stages: stages.length,
    tensorsCut: cuts.length,
    bytesCut: sizes.reduce((sum: number | null, size) => (sum === null || size === null ? null : sum + size), 0),
    maxLoadSeconds: Math.max(0, ...stages.map(({ loadSeconds }) => loadSeconds)),
    fullest: fullestOf(stages),
    stageViews: stages,
  };
}

function fullestOf(stages: readonly StageView[]): PlanSide['fullest'] {
  const used = ({ weightBytes, activationBytes }: StageView): number => weightBytes + activationBytes;
  const bounded = stages.every(({ memoryCapacityBytes }) => memoryCapacityBytes !== null);
  const rank = (stage: StageView): number => used(stage) / (bounded ? stage.memoryCapacityBytes! : 1);
  const fullest = stages.reduce((most, stage) => (rank(stage) > rank(most) ? stage : most));
  return { device: fullest.device, bytes: used(fullest), capacityBytes: fullest.memoryCapacityBytes };
}

/** The longest path of whole scopes that all names begin with, as it is written in them; parts are divided by `/` or `.`. */
function sharedScope(names: readonly string[]): string {
  const parts = names.map((name) => [...name.matchAll(/[^/.]+/g)].slice(0, -1));
  const first = parts[0] ?? [];
  let shared = first.length;
  for (const other of parts) {
    let same = 0;
    while (same < shared && other[same]?.[0] === first[same]![0]) same++;
    shared = same;
  }
  const last = first[shared - 1];
  return last === undefined ? '' : names[0]!.slice(0, last.index + last[0].length);
}
