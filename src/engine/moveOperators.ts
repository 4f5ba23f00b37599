import { t } from '@vscode/l10n';
import { stagesOfNodes } from '../cost/expandPlacement';
import { digraph, reversed, type Digraph } from '../placement/digraph';
import { judge, type Judgement } from '../placement/judge';
import type { Objective, Placement, PlacementProblem } from '../placement/problem';
import { formatBytes } from '../shared/format';

/** A placement that is to be changed by hand, with what its operators depend on. */
export interface Movable {
  readonly problem: PlacementProblem;
  readonly objective: Objective;
  readonly placement: Placement;
  /** what the placement amounts to */
  readonly judged: Judgement;
  /** operator -> index into the placement's order */
  readonly stageOf: Int32Array;
  /** false: stages may depend on each other in any direction, so that only support, colocation and memory bind */
  readonly contiguous: boolean;
  /** what each operator reads from, and what reads from it; of the forward pass, where the stages must be contiguous */
  readonly before: Digraph;
  readonly after: Digraph;
  /** the members of each colocation class */
  readonly classes: ReadonlyMap<number, readonly number[]>;
}

export function movable(problem: PlacementProblem, objective: Objective, placement: Placement, contiguous: boolean): Movable {
  const from: number[] = [];
  const to: number[] = [];
  for (const { producer, consumers } of contiguous ? problem.nets : []) {
    if (problem.backward[producer] === 1) continue;
    for (const consumer of consumers) {
      if (problem.backward[consumer] === 1) continue;
      from.push(producer);
      to.push(consumer);
    }
  }
  const after = digraph(problem.labels.length, from, to);
  const classes = new Map<number, number[]>();
  problem.colocation.forEach((color, v) => {
    if (color < 0) return;
    const members = classes.get(color);
    if (members) members.push(v);
    else classes.set(color, [v]);
  });
  const judged = judge(problem, placement, objective, contiguous);
  return { problem, objective, placement, judged, stageOf: stagesOfNodes(placement), contiguous, before: reversed(after), after, classes };
}

/**
 * The operators that move if some are moved to a stage: with their colocation classes, and if `along`, with what they depend on (towards an
 * earlier stage) or what depends on them (towards a later one), as far as it would otherwise be left on the wrong side.
 *
 * @param most once there are more than so many, the rest is not looked for
 */
export function movedWith({ problem, stageOf, before, after, contiguous, classes }: Movable, operators: Iterable<number>, to: number, along: boolean, most = Infinity): Set<number> {
  const moved = new Set<number>();
  const waiting: number[] = [];
  const take = (v: number): void => {
    if (moved.has(v)) return;
    moved.add(v);
    waiting.push(v);
  };
  for (const v of operators) take(v);
  while (waiting.length > 0 && moved.size <= most) {
    const v = waiting.pop()!;
    for (const other of classes.get(problem.colocation[v]!) ?? []) take(other);
    if (!along || !contiguous) continue;
    for (const u of neighbours(before, v)) if (stageOf[u]! > to) take(u);
    for (const w of neighbours(after, v)) if (stageOf[w]! < to) take(w);
  }
  return moved;
}

/** How many of the operators that move do so only because they must share a device with others. @param moved what `movedWith` gave */
export function colocatedIn(plan: Movable, operators: Iterable<number>, to: number, along: boolean, moved: ReadonlySet<number>): number {
  return plan.classes.size === 0 ? 0 : moved.size - movedWith({ ...plan, classes: new Map() }, operators, to, along).size;
}

/** The placement with some operators in another stage. A stage that is left empty is gone, and the later ones count one less. */
export function placementAfter({ placement, stageOf }: Movable, moved: ReadonlySet<number>, to: number): Placement {
  const next = stageOf.map((stage, v) => (moved.has(v) ? to : stage));
  const used = new Set(next);
  const kept = placement.order.flatMap((_, stage) => (used.has(stage) ? [stage] : []));
  const numberOf = new Map(kept.map((stage, i) => [stage, i]));
  const order = kept.map((stage) => placement.order[stage]!);
  return {
    assignment: next.map((stage) => placement.order[stage]!),
    order,
    ...(placement.replicas && { replicas: kept.map((stage) => placement.replicas![stage]!) }),
    ...(new Set(order).size < order.length && { stageOf: next.map((stage) => numberOf.get(stage)!) }),
  };
}

/** The same operators after some of them moved to a stage; or why they cannot, in one sentence: the evaluator's verdict, in words for people. */
export function afterMove(movable: Movable, moved: ReadonlySet<number>, to: number): Movable | { readonly refused: string } {
  const { problem, objective, contiguous } = movable;
  const fault = supportFault(movable, moved, to) ?? orderFault(movable, moved, to);
  if (fault !== null) return { refused: fault };
  const placement = placementAfter(movable, moved, to);
  const judged = judge(problem, placement, objective, contiguous);
  const worse = verdict(movable, judged);
  // what depends on what stays the same
  return worse === null ? { ...movable, placement, judged, stageOf: stagesOfNodes(placement) } : { refused: worse };
}

/** Why operators cannot move to a stage, in one sentence; null if they can. */
export function moveFault(movable: Movable, moved: ReadonlySet<number>, to: number): string | null {
  const after = afterMove(movable, moved, to);
  return 'refused' in after ? after.refused : null;
}

const nameOf = ({ problem }: Movable, v: number): string => `“${problem.labels[v]!}”`;

function supportFault(movable: Movable, moved: ReadonlySet<number>, to: number): string | null {
  const { problem, placement } = movable;
  const c = classOf(problem, placement.order[to]!);
  for (const v of moved) {
    if (!Number.isFinite(problem.seconds[c]![v]!)) return t('{0} does not support {1}.', problem.classes[c]!.name, nameOf(movable, v));
  }
  return null;
}

/** An operator that would read from a later stage. */
function orderFault(movable: Movable, moved: ReadonlySet<number>, to: number): string | null {
  const { stageOf, before, after } = movable;
  for (const v of moved) {
    for (const u of neighbours(before, v)) {
      if (!moved.has(u) && stageOf[u]! > to) return t('{0} reads from {1}, which is in the later stage {2}.', nameOf(movable, v), nameOf(movable, u), stageOf[u]!);
    }
    for (const w of neighbours(after, v)) {
      if (!moved.has(w) && stageOf[w]! < to) return t('{0} in the earlier stage {1} reads from {2}.', nameOf(movable, w), stageOf[w]!, nameOf(movable, v));
    }
  }
  return null;
}

/** A plan that breaks a rule already may be changed as long as it does not get worse. */
function verdict({ problem, judged: now }: Movable, { loads, violations }: Judgement): string | null {
  if (violations.length <= now.violations.length) return null;
  for (const { device, class: c, residentBytes, workspaceBytes, stashBytes } of loads) {
    const { memoryBytes, name } = problem.classes[c]!;
    const bytes = residentBytes + workspaceBytes + stashBytes;
    if (bytes > memoryBytes * (1 + 1e-12)) {
      return t('It does not fit: {0} would need {1} and has {2}.', `${name}:${device - classStart(problem, c)}`, formatBytes(bytes), formatBytes(memoryBytes));
    }
  }
  return t('The plan would break a rule: {0}.', violations[0]!);
}

function classOf({ classes }: PlacementProblem, device: number): number {
  let c = 0;
  for (let left = device; left >= classes[c]!.count; c++) left -= classes[c]!.count;
  return c;
}

const classStart = ({ classes }: PlacementProblem, c: number): number => classes.slice(0, c).reduce((sum, { count }) => sum + count, 0);

const neighbours = ({ starts, targets }: Digraph, v: number): Int32Array => targets.subarray(starts[v]!, starts[v + 1]!);
