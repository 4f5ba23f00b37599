/**
 * A topological order of nodes: producers before consumers, the given order kept wherever it is free (the smallest in
 * lexicographic order of the nodes' present indices).
 * @param reads for each node the names of the tensors that it reads, captures of its bodies included
 * @param producer the index of the node that makes a tensor, for tensors that nodes make
 * @returns the order; or the indices of the nodes of one cycle, each reading what the one before it makes
 */
export function topologicalOrder(
  reads: readonly Iterable<string>[],
  producer: ReadonlyMap<string, number>,
): { readonly order: readonly number[] } | { readonly cycle: readonly number[] } {
  const count = reads.length;
  const predecessors: number[][] = reads.map((names) => {
    const found = new Set<number>();
    for (const name of names) {
      const index = producer.get(name);
      if (index !== undefined) found.add(index);
    }
    return [...found];
  });
  if (predecessors.every((list, i) => list.every((p) => p < i))) return { order: predecessors.map((_, i) => i) };

  const successors: number[][] = Array.from({ length: count }, () => []);
  const waiting = predecessors.map((list) => list.length);
  predecessors.forEach((list, i) => list.forEach((p) => successors[p]!.push(i)));
  const ready: number[] = [];
  waiting.forEach((n, i) => n === 0 && push(ready, i));
  const order: number[] = [];
  while (ready.length > 0) {
    const next = pop(ready);
    order.push(next);
    for (const s of successors[next]!) if (--waiting[s]! === 0) push(ready, s);
  }
  return order.length === count ? { order } : { cycle: findCycle(predecessors, waiting) };
}

/** Walks backwards among the nodes that never became ready: each has a predecessor there, so the walk must meet itself. */
function findCycle(predecessors: readonly (readonly number[])[], waiting: readonly number[]): number[] {
  const seen = new Map<number, number>();
  const path: number[] = [];
  let at = waiting.findIndex((n) => n > 0);
  while (!seen.has(at)) {
    seen.set(at, path.length);
    path.push(at);
    at = predecessors[at]!.find((p) => waiting[p]! > 0)!;
  }
  return path.slice(seen.get(at)).reverse();
}

/** A binary heap with the smallest on top. */
function push(heap: number[], value: number): void {
  let i = heap.length;
  heap.push(value);
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (heap[parent]! <= value) break;
    heap[i] = heap[parent]!;
    i = parent;
  }
  heap[i] = value;
}

function pop(heap: number[]): number {
  const top = heap[0]!;
  const last = heap.pop()!;
  const size = heap.length;
  if (size === 0) return top;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= size) break;
    if (child + 1 < size && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= last) break;
    heap[i] = heap[child]!;
    i = child;
  }
  heap[i] = last;
  return top;
}
