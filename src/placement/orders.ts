import type { Contraction } from './contract';
import { depthFirstOrder, reversed } from './digraph';

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
 * the back, which leaves what is needed late until late.
 */
export function* topologicalOrders(problem: Contraction): Generator<Int32Array> {
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
