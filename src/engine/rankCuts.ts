import { combine } from '../placement/overlap';
import { classOfDevices } from './planned';
import type { Movable } from './moveOperators';

/** A place of the cut between two stages, as the operators that leave their stage for the other one. */
export interface CutPosition {
  readonly operators: readonly number[];
  readonly to: number;
}

/**
 * All places of the cut between two stages along topological orders of their operators, those first where the slower of the two stages is
 * fastest. What a place costs is followed from one to the next, so that all of them take about as long as judging a plan once; it counts what
 * an operator computes and what it sends to and receives from other stages within a server, and knows nothing of memory and pins.
 *
 * @param from the stage whose operators come first
 */
export function* rankPositions(plan: Movable, from: number, to: number): Generator<CutPosition> {
  const ranked: { readonly leaving: readonly number[]; readonly count: number; readonly to: number; readonly slowest: number }[] = [];
  const rank = (leaving: readonly number[], source: number, goal: number): void =>
    walk(plan, leaving, source, goal).forEach((slowest, n) => Number.isFinite(slowest) && ranked.push({ leaving, count: n + 1, to: goal, slowest }));
  for (const lastFirst of [true, false]) {
    rank(inOrder(plan, from, lastFirst).reverse(), from, to);
    rank(inOrder(plan, to, lastFirst), to, from);
  }
  for (const { leaving, count, to: goal } of ranked.sort((a, b) => a.slowest - b.slowest)) yield { operators: leaving.slice(0, count), to: goal };
}

/** A stage's operators, each after those of the stage that it depends on. @param lastFirst of those that may come next the one that became free last, rather than the first of the graph */
function inOrder({ stageOf, before, after }: Movable, stage: number, lastFirst: boolean): number[] {
  const waiting = new Int32Array(stageOf.length);
  const free: number[] = [];
  stageOf.forEach((own, v) => {
    if (own !== stage) return;
    for (let a = before.starts[v]!; a < before.starts[v + 1]!; a++) if (stageOf[before.targets[a]!] === stage) waiting[v]!++;
    if (waiting[v] === 0) free.push(v);
  });
  const order: number[] = [];
  if (lastFirst) free.reverse();
  for (let taken = 0; lastFirst ? free.length > 0 : taken < free.length; taken++) {
    const v = lastFirst ? free.pop()! : free[taken]!;
    order.push(v);
    for (let a = after.starts[v]!; a < after.starts[v + 1]!; a++) {
      const w = after.targets[a]!;
      if (stageOf[w] === stage && --waiting[w]! === 0) free.push(w);
    }
  }
  return order;
}

/** Seconds of the slower of two stages after each of some operators left one for the other, one after the other. */
function walk({ problem, placement, stageOf: before }: Movable, operators: readonly number[], from: number, to: number): number[] {
  const classes = classOfDevices(problem);
  const stages = [from, to].map((stage) => {
    const c = classes[placement.order[stage]!]!;
    return { stage, c, overlap: problem.classes[c]!.overlap, replicas: placement.replicas?.[stage] ?? 1, compute: 0, receive: 0, send: 0 };
  });
  const stageOf = Int32Array.from(before);
  const netsOf = new Map<number, number[]>();
  problem.nets.forEach(({ producer, consumers }, e) => {
    for (const v of [producer, ...consumers]) {
      if (stageOf[v] !== from && stageOf[v] !== to) continue;
      const own = netsOf.get(v);
      if (own) own.push(e);
      else netsOf.set(v, [e]);
    }
  });
  const secondsOf = (v: number, c: number): number => problem.seconds[c]![v]! + (problem.training?.seconds[c]![v] ?? 0);
  /** Adds what a net costs the two stages as things are, or takes it away. */
  const count = (e: number, sign: 1 | -1): void => {
    const { producer, consumers, transferSeconds } = problem.nets[e]!;
    const home = stageOf[producer]!;
    for (const side of stages) {
      const paid = sign * (transferSeconds[side.c]! + (problem.training?.gradientSeconds[e]?.[side.c] ?? 0));
      if (home === side.stage) {
        if (consumers.some((v) => stageOf[v] !== home)) side.send += paid;
      } else if (consumers.some((v) => stageOf[v] === side.stage)) side.receive += paid;
    }
  };
  stageOf.forEach((stage, v) => {
    for (const side of stages) if (stage === side.stage) side.compute += secondsOf(v, side.c);
  });
  for (const e of new Set([...netsOf.values()].flat())) count(e, 1);
  return operators.map((v) => {
    const nets = netsOf.get(v) ?? [];
    for (const e of nets) count(e, -1);
    stages[0]!.compute -= secondsOf(v, stages[0]!.c);
    stages[1]!.compute += secondsOf(v, stages[1]!.c);
    stageOf[v] = to;
    for (const e of nets) count(e, 1);
    return Math.max(...stages.map((side) => combine(side.overlap, side.compute, side.receive, side.send) / side.replicas));
  });
}
