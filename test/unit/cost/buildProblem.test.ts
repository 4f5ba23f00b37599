import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildProblem, expandPlacement } from '../../../src/cost/buildProblem';
import type { ClusterFile, ClusterLink } from '../../../src/cost/clusterFile';
import { liveBytes } from '../../../src/cost/liveness';
import { operatorCosts } from '../../../src/cost/operatorCost';
import { weightUsers } from '../../../src/cost/weights';
import type { OperatorGraph } from '../../../src/graph/operatorGraph';
import { sketchOperators, type OperatorSketch, type TensorSketch } from '../../fixtures/operatorGraphs';

const cluster: ClusterFile = {
  version: 1,
  name: 'test',
  devices: [
    { class: 'gpu', count: 2, memoryBytes: 1e9, peakFlops: { float32: 1e12 }, memoryBytesPerSecond: 1e12, unsupported: ['Erf'] },
    { class: 'npu', count: 1, memoryBytes: 2e9, peakFlops: { float32: 1e12 }, memoryBytesPerSecond: 1e12 },
    { class: 'cpu', count: 1, host: true, peakFlops: { float32: 1e11 }, memoryBytesPerSecond: 1e11 },
  ],
  links: [
    { between: ['gpu', 'gpu'], bytesPerSecond: 1e6, latencySeconds: 1, path: 'peer', overlap: 'full' },
    { between: ['gpu', 'cpu'], bytesPerSecond: 1e3, path: 'host' },
    { between: ['cpu', 'npu'], bytesPerSecond: 2e3, path: 'host', overlap: 'duplex' },
  ],
};
const problemOf = (graph: OperatorGraph, on = cluster) => buildProblem(graph, operatorCosts(graph), on);

const kilobyte: TensorSketch = { shape: [250] };
/** x → a → b, x → a → c; a weight of both b and c, one of c alone; a shape of a that c reads */
const small = sketchOperators(
  [
    { type: 'Relu', reads: ['x'], writes: ['a'] },
    { type: 'Shape', reads: ['a'], writes: ['shape'], foldable: true },
    { type: 'Mul', reads: ['a', 'wBoth'], writes: ['b'] },
    { type: 'Erf', reads: ['x', 'shape', 'wBoth', 'wOne'], writes: ['c', 'unused'], name: 'named' },
  ],
  { x: kilobyte, a: kilobyte, b: kilobyte, c: kilobyte, unused: kilobyte, wBoth: { shape: [1000] }, wOne: { shape: [10] }, shape: { shape: [1], type: 'int64', value: [250] } },
  ['b', 'c'],
);

describe('the problem of a small graph', () => {
  const input = problemOf(small);
  const { problem } = input;

  it('has a node for every operator that is not foldable', () => {
    expect([...input.nodes]).toEqual([0, 2, 3]);
    expect([...input.nodeOf]).toEqual([0, -1, 1, 2]);
    expect(problem.labels).toEqual(['a', 'b', 'named']);
  });
  it('names devices by class', () => {
    expect(input.devices).toEqual([{ name: 'gpu:0', class: 0 }, { name: 'gpu:1', class: 0 }, { name: 'npu:0', class: 1 }, { name: 'cpu:0', class: 2 }]);
    expect(problem.classes.map(({ memoryBytes, overlap }) => [memoryBytes, overlap])).toEqual([[1e9, 'full'], [2e9, 'duplex'], [Infinity, 'none']]);
  });
  it('charges each class at its own link, and the host nothing', () => {
    expect(problem.nets[input.netOfTensor[small.tensors.find((t) => t.name === 'a')!.index]!]).toEqual({ producer: 0, consumers: [1], transferSeconds: [1 + 1e-3, 0.5, 0] });
  });
  it('orders the readers of a shape after the operator whose shape it is, at no cost', () => {
    expect(problem.nets).toHaveLength(2);
    expect(problem.nets[1]).toEqual({ producer: 0, consumers: [2], transferSeconds: [0, 0, 0] });
  });
  it('has no nets for weights, inputs, outputs that nobody reads, or foldable values', () => {
    const travelling = small.tensors.filter((t) => input.netOfTensor[t.index]! >= 0).map((t) => t.name);
    expect(travelling).toEqual(['a']);
  });
  it('keeps a weight of one operator with it, and shares that of two', () => {
    expect([...problem.residentBytes]).toEqual([0, 0, 40]);
    expect(problem.sharedMemory).toEqual([{ bytes: 4000, operators: [1, 2] }]);
  });
  it('knows what is alive', () => {
    // x and a; then x, a and b; then x, b, c and unused, since b is a graph output
    expect([...problem.workspaceBytes]).toEqual([2000, 3000, 4000]);
  });
  it('has infinite times where a class does not support an operator', () => {
    expect(problem.seconds.map((times) => Number.isFinite(times[2]!))).toEqual([false, true, true]);
  });
});

describe('links', () => {
  const pair = (links: ClusterLink[]): number[] => {
    const on: ClusterFile = { ...cluster, devices: cluster.devices.slice(0, 2).map((device) => ({ ...device, count: 1 })), links };
    return [...problemOf(small, on).problem.nets[0]!.transferSeconds];
  };
  it('between two classes that have neither a host nor links of their own are what both pay for', () => {
    expect(pair([{ between: ['gpu', 'npu'], bytesPerSecond: 1e4, path: 'peer' }])).toEqual([0.1, 0.1]);
  });
});

describe('weights', () => {
  it('behind foldable operators belong to who reads the result', () => {
    const graph = sketchOperators(
      [
        { type: 'Transpose', reads: ['wTable'], writes: ['turned'], foldable: true },
        { type: 'Gather', reads: ['wTable', 'ids'], writes: ['x'] },
        { type: 'MatMul', reads: ['x', 'turned'], writes: ['y'] },
        { type: 'DequantizeLinear', reads: ['wSmall', 'wScale'], writes: ['large'], foldable: true },
        { type: 'Add', reads: ['y', 'large'], writes: ['z'] },
        { type: 'Sub', reads: ['z', 'large'], writes: ['out'] },
      ],
      { wTable: { shape: [100, 8] }, turned: { shape: [8, 100] }, wSmall: { shape: [3000], type: 'int8' }, wScale: { shape: [1] }, large: { shape: [3000] } },
    );
    const { problem } = problemOf(graph);
    // table, its transposition, and the quantised weight; its scale is too small to be worth sharing
    expect([...problem.residentBytes]).toEqual([3200, 3200, 4, 4]);
    expect(problem.sharedMemory).toEqual([{ bytes: 3000, operators: [2, 3] }]);
  });
  it('in the bodies of control flow belong to their operator', () => {
    const body = sketchOperators([{ type: 'Mul', reads: ['in', 'wBody'], writes: ['out'] }], { in: kilobyte, wBody: kilobyte, out: kilobyte }, ['out']);
    const graph = sketchOperators([{ type: 'If', reads: ['condition'], captures: ['x'], writes: ['y'], bodies: [body] }], { x: kilobyte, y: kilobyte });
    const { problem } = problemOf(graph);
    expect(problem.residentBytes[0]).toBe(1000);
    // the condition, x and y; inside, another input and output
    expect(problem.workspaceBytes[0]).toBe(4 + 2000 + 2000);
  });
});

/** Random graphs: every operator reads up to three earlier tensors (or inputs, or weights); foldable ones make their values from anything. */
const graphs = fc
  .array(fc.record({ reads: fc.array(fc.nat(), { maxLength: 3 }), size: fc.integer({ min: 1, max: 1000 }), foldable: fc.boolean(), outputs: fc.integer({ min: 1, max: 2 }) }), { minLength: 1, maxLength: 14 })
  .map((records) => {
    const names = ['x0', 'x1', 'w0', 'w1', 'w2'];
    const tensors: Record<string, TensorSketch> = Object.fromEntries(names.map((name, i) => [name, { shape: [500 * (i + 1)] }]));
    const operators = records.map(({ reads, size, foldable, outputs }, i): OperatorSketch => {
      const sketch = { type: 'Foo', reads: reads.map((r) => names[r % names.length]!), writes: Array.from({ length: outputs }, (_, j) => `t${i}.${j}`), foldable };
      for (const name of sketch.writes) {
        tensors[name] = { shape: [size] };
        names.push(name);
      }
      return sketch;
    });
    return sketchOperators(operators, tensors, [names.at(-1)!]);
  });

/** Whether there is a path of tensors from one operator to another. */
function reaches(graph: OperatorGraph, from: number, to: number): boolean {
  const seen = new Set([from]);
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === to) return true;
    for (const t of graph.operators[at]!.outputs) for (const next of graph.tensors[t]!.consumers) if (!seen.has(next)) open.push((seen.add(next), next));
  }
  return false;
}

describe('laws', () => {
  it('nets order nodes exactly as the graph does', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { problem, nodes } = problemOf(graph);
        const after = nodes.reduce((sets, _, v) => sets.set(v, new Set([v])), new Map<number, Set<number>>());
        // nodes are in topological order, so one pass from the last to the first closes the relation
        for (let v = nodes.length - 1; v >= 0; v--) {
          for (const net of problem.nets.filter((n) => n.producer === v)) for (const c of net.consumers) for (const further of after.get(c)!) after.get(v)!.add(further);
        }
        for (let u = 0; u < nodes.length; u++) for (let v = 0; v < nodes.length; v++) expect(after.get(u)!.has(v)).toBe(reaches(graph, nodes[u]!, nodes[v]!));
        for (const net of problem.nets) {
          expect(net.consumers).toEqual([...new Set(net.consumers)].sort((a, b) => a - b));
          expect(net.consumers.length).toBeGreaterThan(0);
          expect(net.consumers[0]).toBeGreaterThan(net.producer);
        }
      }),
    );
  });

  it('all weights that are used lie somewhere, on one device each once', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { problem, nodeOf } = problemOf(graph);
        const uses = weightUsers(graph, nodeOf);
        const small = uses.filter(({ bytes, users }) => bytes <= 1024 && users.length > 1).reduce((sum, { bytes, users }) => sum + bytes * (users.length - 1), 0);
        const lying = problem.residentBytes.reduce((a, b) => a + b, 0) + problem.sharedMemory.reduce((sum, { bytes }) => sum + bytes, 0);
        expect(lying).toBe(uses.reduce((sum, { bytes }) => sum + bytes, 0) + small);
        for (const { operators } of problem.sharedMemory) expect(operators.length).toBeGreaterThan(1);
      }),
    );
  });

  it('the living bytes are those of all tensors written and still to be read', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const live = liveBytes(graph);
        for (const { index, foldable } of graph.operators) {
          const alive = graph.tensors.filter(
            (t) =>
              t.kind !== 'weight' &&
              !(t.producer >= 0 && graph.operators[t.producer]!.foldable) &&
              t.producer <= index &&
              (t.producer === index || t.isGraphOutput || t.consumers.some((reader) => reader >= index)),
          );
          expect(live[index]).toBe(foldable ? 0 : alive.reduce((sum, t) => sum + t.bytes!, 0));
        }
      }),
    );
  });

  it('foldable operators stand in the earliest stage that uses them, and never before what they depend on', () => {
    fc.assert(
      fc.property(graphs, fc.array(fc.nat(), { minLength: 1, maxLength: 2 }), (graph, cuts) => {
        const input = problemOf(graph);
        const n = input.nodes.length;
        const bounds = cuts.map((cut) => cut % (n + 1)).sort((a, b) => a - b);
        const order = [1, 3, 0].slice(0, bounds.length + 1);
        const stage = (v: number): number => bounds.filter((bound) => bound <= v).length;
        const assignment = Int32Array.from({ length: n }, (_, v) => order[stage(v)]!);
        const devices = expandPlacement(graph, input, { assignment, order }).map((stage) => order[stage] ?? 0);
        const stageOf = (operator: number): number => order.indexOf(devices[operator]!);
        for (const operator of graph.operators) {
          const node = input.nodeOf[operator.index]!;
          if (node >= 0) expect(devices[operator.index]).toBe(assignment[node]);
          const readers = operator.outputs.flatMap((t) => graph.tensors[t]!.consumers);
          const used = readers.filter((reader) => reaches(graph, reader, reader) && graph.operators.some((o) => !o.foldable && reaches(graph, reader, o.index)));
          if (node < 0 && used.length > 0) expect(stageOf(operator.index)).toBe(Math.min(...used.map(stageOf)));
          if (node < 0 && used.length === 0) expect(stageOf(operator.index)).toBe(0);
        }
        // what a foldable operator reads of real ones is written in its stage or before, if anything uses it
        for (const { index, foldable, inputs, outputs } of graph.operators) {
          if (!foldable || !outputs.some((t) => graph.tensors[t]!.consumers.length > 0)) continue;
          const usedByReal = graph.operators.some((o) => !o.foldable && reaches(graph, index, o.index));
          if (!usedByReal) continue;
          for (const t of inputs) {
            const { producer } = graph.tensors[t]!;
            if (producer >= 0 && input.nodeOf[producer]! >= 0) expect(stageOf(producer)).toBeLessThanOrEqual(stageOf(index));
          }
        }
      }),
    );
  });
});

it('a graph of 60,000 operators is a problem before the test is over', () => {
  const operators = Array.from({ length: 60_000 }, (_, i): OperatorSketch => ({ type: 'Add', reads: i === 0 ? ['x', 'w0'] : [`t${i - 1}`, `w${i % 100}`], writes: [`t${i}`] }));
  const graph = sketchOperators(operators);
  const { problem } = problemOf(graph);
  expect(problem.nets).toHaveLength(59_999);
});
