import type { Net, Overlap, PlacementProblem } from '../../../src/placement/problem';

/** A generator of uniform numbers in [0, 1) from a seed (mulberry32). */
export function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const overlaps: readonly Overlap[] = ['none', 'compute', 'duplex', 'full'];

/** A small problem with a bit of everything: several classes, memory, shared weights, workspace, colocation, a backward pass, gaps in support. */
export function randomProblem(seed: number, most = 6): PlacementProblem {
  const next = random(seed);
  const below = (k: number): number => Math.floor(next() * k);
  const chance = (p: number): boolean => next() < p;
  const n = 1 + below(most);
  const classCount = 1 + below(3);
  const limited = chance(0.5);
  const plain = chance(0.4);
  let devices = 0;
  const classes = Array.from({ length: classCount }, (_, c) => {
    const count = Math.min(c === 0 ? 1 + below(3) : below(3), 4 - devices);
    devices += count;
    return { name: `class${c}`, count, memoryBytes: limited && chance(0.8) ? 4 + below(14) : Infinity, overlap: plain ? ('none' as const) : overlaps[below(4)]! };
  });
  const training = chance(0.4);
  const backward = Uint8Array.from({ length: n }, (_, v) => (training && v >= n / 2 ? 1 : 0));
  const colocated = chance(0.5);
  const nets: Net[] = [];
  for (let u = 0; u < n; u++) {
    const consumers: number[] = [];
    // backward operators are behind forward ones, so that edges lead from forward to backward only
    for (let v = u + 1; v < n; v++) if (chance(0.4)) consumers.push(v);
    if (consumers.length === 0) continue;
    nets.push({ producer: u, consumers, transferSeconds: classes.map((_, c) => (c === 1 && plain ? 0 : below(4) / 2)) });
    if (chance(0.2)) nets.push({ producer: u, consumers: consumers.slice(0, 1), transferSeconds: classes.map(() => below(3)) });
  }
  const shared: { bytes: number; operators: number[] }[] = [];
  while (n > 1 && limited && chance(0.4)) {
    const operators = [...new Set([below(n), below(n), below(n)])].sort((a, b) => a - b);
    if (operators.length > 1) shared.push({ bytes: 1 + below(5), operators });
  }
  return {
    labels: Array.from({ length: n }, (_, v) => `op${v}`),
    classes,
    seconds: classes.map(() => Float64Array.from({ length: n }, () => (chance(0.08) ? Infinity : chance(0.2) ? 0 : 1 + below(20) / 3))),
    residentBytes: Float64Array.from({ length: n }, () => (limited ? below(6) : 0)),
    workspaceBytes: Float64Array.from({ length: n }, () => (limited && chance(0.5) ? below(5) : 0)),
    sharedMemory: shared,
    nets,
    colocation: Int32Array.from({ length: n }, (_, v) => (training && chance(0.7) ? v % Math.ceil(n / 2) : colocated && chance(0.4) ? 10 + below(2) : -1)),
    backward,
  };
}
