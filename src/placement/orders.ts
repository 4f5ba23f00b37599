import { workMeasure } from './capacity';
import type { Contraction } from './contract';
import { depthFirstOrder, reversed, type Digraph } from './digraph';

/** Longest path from each unit to an end, in seconds of the shortest times. */
function tails(problem: Contraction): Float64Array {
  const n = problem.size;
  const { starts, targets } = problem.order;
  const tail = new Float64Array(n);
  for (let u = n - 1; u >= 0; u--) {
    let longest = 0;
    for (let e = starts[u]!; e < starts[u + 1]!; e++) longest = Math.max(longest, tail[targets[e]!]!);
    let own = Infinity;
    for (const seconds of problem.seconds) own = Math.min(own, seconds[u]!);
    tail[u] = longest + (Number.isFinite(own) ? own : 0);
  }
  return tail;
}

/**
 * Several topological orders of the units, each made when asked for: depth first from the front with different branches first, and from
 * the back, which leaves what is needed late until late. Units that must be in a stage are put where that stage can be.
 */
export function* topologicalOrders(problem: Contraction): Generator<Int32Array> {
  const pinned = [...(problem.requiredStage ?? [])].flatMap((stage, unit) => (stage < 0 ? [] : [{ unit, stage }])).sort((a, b) => a.stage - b.stage);
  if (pinned.length === 0) yield* plainOrders(problem);
  else for (const order of plainOrders(problem)) yield aroundPinned(problem, order, pinned);
}

/**
 * The order given, changed so that before each pinned unit lies the share of the work that the stages before its own have when all are alike, and at least one
 * unit for each of them: what need not come after it is taken first, then what must come before it.
 */
function aroundPinned(problem: Contraction, order: Int32Array, pinned: readonly { readonly unit: number; readonly stage: number }[]): Int32Array {
  const { work, total } = workMeasure(problem);
  const devices = problem.classes.reduce((sum, { count }) => sum + count, 0);
  const back = reversed(problem.order);
  const placed = new Uint8Array(problem.size);
  const result: number[] = [];
  let done = 0;
  const place = (u: number): void => {
    placed[u] = 1;
    result.push(u);
    done += work[u]!;
  };
  let before = -1;
  for (const { unit, stage } of pinned) {
    const after = reachable(problem.order, unit);
    const needed = result.length + stage - before - 1;
    for (const u of order) {
      if (done >= (total * stage) / devices && result.length >= needed) break;
      if (placed[u] === 0 && after[u] === 0) place(u);
    }
    const ahead = reachable(back, unit);
    for (const u of order) if (placed[u] === 0 && ahead[u] === 1) place(u);
    before = stage;
  }
  for (const u of order) if (placed[u] === 0) place(u);
  return Int32Array.from(result);
}

/** What a walk from a unit meets, itself included. */
function reachable({ size, starts, targets }: Digraph, from: number): Uint8Array {
  const met = new Uint8Array(size);
  met[from] = 1;
  for (const stack = [from]; stack.length > 0; ) {
    const u = stack.pop()!;
    for (let e = starts[u]!; e < starts[u + 1]!; e++) {
      const v = targets[e]!;
      if (met[v] === 1) continue;
      met[v] = 1;
      stack.push(v);
    }
  }
  return met;
}

function* plainOrders(problem: Contraction): Generator<Int32Array> {
  const back = reversed(problem.order);
  yield depthFirstOrder(back, (u) => -u).reverse();
  yield depthFirstOrder(problem.order, (u) => u);
  const tail = tails(problem);
  yield depthFirstOrder(problem.order, (u) => tail[u]!);
  yield depthFirstOrder(problem.order, (u) => -tail[u]!);
  yield depthFirstOrder(back, (u) => u).reverse();
  yield depthFirstOrder(back, (u) => tail[u]!).reverse();
  yield Int32Array.from({ length: problem.size }, (_, u) => u);
}
