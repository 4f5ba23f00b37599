import { buildProblem } from '../../../src/cost/buildProblem';
import type { ClusterFile } from '../../../src/cost/clusterFile';
import { operatorCosts } from '../../../src/cost/operatorCost';
import { problemWithPins } from '../../../src/engine/pins';
import type { PinnedTo } from '../../../src/engine/pinTargets';
import { withPlacement, type Planned } from '../../../src/engine/planned';
import { evaluate } from '../../../src/placement/evaluate';
import type { OnnxModel } from '../../../src/onnx/model';
import { sketchGraph, type NodeSketch } from '../sidecar/samples';

/** Every operator takes a millisecond, every transfer a tenth of one at each end. */
export const steady: ClusterFile = {
  version: 1,
  name: 'steady',
  devices: [
    { class: 'gpu', count: 3, memoryBytes: 1e6, peakFlops: { float32: 1e18 }, memoryBytesPerSecond: 1e18, operatorOverheadSeconds: 1e-3, unsupported: ['Odd'] },
    { class: 'cpu', count: 1, host: true, peakFlops: { float32: 1e18 }, memoryBytesPerSecond: 1e18, operatorOverheadSeconds: 5e-3 },
  ],
  links: [
    { between: ['gpu', 'gpu'], bytesPerSecond: 1e18, latencySeconds: 1e-4, path: 'peer' },
    { between: ['gpu', 'cpu'], bytesPerSecond: 1e18, latencySeconds: 1e-4, path: 'host' },
  ],
};

/** A chain of operators of the given types, named by letters; it reads x. */
export const chainOf = (types: readonly string[]): readonly NodeSketch[] =>
  types.map((type, i) => ({ type, inputs: [i === 0 ? 'x' : String.fromCharCode(96 + i)], outputs: [String.fromCharCode(97 + i)] }));

/**
 * A model with a placement.
 *
 * @param devices name of each operator's device; null for a model without a plan
 */
export function plannedOn(cluster: ClusterFile, nodes: readonly NodeSketch[], devices: readonly string[] | null, pinned: ReadonlyMap<number, PinnedTo> = new Map()): Planned {
  const graph = sketchGraph(nodes);
  const costs = operatorCosts(graph);
  const input = buildProblem(graph, costs, cluster);
  const model = { path: '/somewhere/net.onnx', warnings: [], graph: { inputs: [] } } as unknown as OnnxModel;
  const shapes = { tensors: new Map(), bodies: new Map(), free: [], unknown: [], warnings: [] };
  const base: Planned = {
    prepared: { model, shapes, graph, costs, bound: {}, assumed: [] },
    cluster,
    input,
    problem: problemWithPins(input, pinned),
    pinned,
    objective: 'throughput',
    planning: {},
    placement: null,
    devices: null,
    stages: null,
    loads: null,
  };
  if (devices === null) return base;
  const number = new Map(input.devices.map((device, i) => [device.name, i]));
  const assignment = Int32Array.from(input.nodes, (operator) => number.get(devices[operator]!)!);
  const { order } = evaluate(input.problem, assignment);
  const placement = { assignment, order };
  return withPlacement(base, placement);
}

/** The same placement where something else about the plan is another one, judged anew. */
export const judgedAnew = (planned: Planned, change: Partial<Planned> = {}): Planned => withPlacement({ ...planned, ...change }, planned.placement!);
