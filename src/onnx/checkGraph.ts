import { UserError } from '../shared/userError';
import { bodiesOf, mapBodies } from './bodies';
import { duplicateTensor } from './graph';
import type { OnnxGraph, OnnxNode } from './model';
import { topologicalOrder } from './sort';
import { clip, quote } from './quote';

/** Names of tensors that a body may read: those of its own graph, then of the graphs around it. */
interface Scope {
  readonly names: ReadonlyMap<string, number>;
  readonly outer: Scope | undefined;
}

export interface CheckOptions {
  /** what errors call the model */
  readonly subject: string;
  /** before version 4 every initializer had to be repeated as a graph input */
  readonly irVersion: number;
  readonly warn: (text: string) => void;
}

/** What the main graph starts with, and not made by a node */
const GIVEN = -1;

/**
 * Checks a graph as read from a file, bodies included, and sorts its nodes topologically.
 * @returns the graph with its nodes sorted, without inputs that only repeat an initializer
 * @throws UserError on a tensor defined twice, a tensor that is read and nobody makes, or a cycle
 */
export const checkGraph = (graph: OnnxGraph, options: CheckOptions): OnnxGraph => check(graph, options, undefined, '').graph;

function check(graph: OnnxGraph, options: CheckOptions, outer: Scope | undefined, where: string): { graph: OnnxGraph; captured: Set<string> } {
  const { subject } = options;
  const nodes = graph.nodes.filter((node) => hasOutput(node, options));
  const producer = new Map<string, number>();
  const define = (name: string, index: number): void => {
    if (producer.has(name)) throw duplicateTensor(subject, name);
    producer.set(name, index);
  };
  for (const input of graph.inputs) define(input.name, GIVEN);
  for (const name of graph.initializers.keys()) producer.set(name, GIVEN);
  nodes.forEach((node, index) => {
    for (const name of node.outputs) if (name !== '') define(name, index);
  });

  const scope: Scope = { names: producer, outer };
  const captured = new Set<string>();
  const use = (name: string, complaint: () => string): void => {
    if (name === '' || producer.has(name)) return;
    if (!isKnown(outer, name)) throw new UserError(subject, complaint(), 'Export the model again.');
    captured.add(name);
  };
  const reads: Iterable<string>[] = [];
  const checked = nodes.map((node) => {
    for (const name of node.inputs) use(name, () => `${describe(node)}${where} reads the tensor ${quote(name)}, which nothing produces.`);
    if (bodiesOf(node).length === 0) {
      reads.push(node.inputs);
      return node;
    }
    const all = new Set(node.inputs);
    const result = mapBodies(node, (body) => {
      const inner = check(body, options, scope, ` in the body of ${describe(node)}`);
      for (const name of inner.captured) {
        all.add(name);
        if (!producer.has(name)) captured.add(name);
      }
      return inner.graph;
    });
    reads.push(all);
    return result;
  });
  for (const output of graph.outputs) use(output.name, () => `the output ${quote(output.name)} of the graph${where} is produced by nothing.`);

  const sorted = topologicalOrder(reads, producerIndices(producer));
  if ('cycle' in sorted) {
    const some = sorted.cycle.slice(0, 5).map((i) => describe(nodes[i]!));
    const rest = sorted.cycle.length - some.length;
    throw new UserError(subject, `its operators form a cycle${where}: ${some.join(' -> ')}${rest > 0 ? ` -> ${rest} more` : ''} -> ${some[0]}.`, 'Export the model again.');
  }
  // IR 4 made an input that repeats an initializer a default that a caller may override; to a plan it is a weight like any other.
  // The inputs of a Loop's or Scan's body are told by position, though, so there only the old repetition is dropped.
  const dropRepeated = outer === undefined || options.irVersion < 4;
  return {
    graph: {
      ...graph,
      nodes: sorted.order.map((i) => checked[i]!),
      inputs: dropRepeated ? graph.inputs.filter((input) => !graph.initializers.has(input.name)) : graph.inputs,
    },
    captured,
  };
}

function producerIndices(producer: ReadonlyMap<string, number>): Map<string, number> {
  const indices = new Map<string, number>();
  for (const [name, index] of producer) if (index !== GIVEN) indices.set(name, index);
  return indices;
}

function isKnown(scope: Scope | undefined, name: string): boolean {
  for (let s = scope; s; s = s.outer) if (s.names.has(name)) return true;
  return false;
}

/** An operator without outputs computes nothing that a plan could place, and has nothing to be called by. */
function hasOutput(node: OnnxNode, options: CheckOptions): boolean {
  if (node.outputs.some((name) => name !== '')) return true;
  options.warn(`${describe(node)} has no outputs and is left out`);
  return false;
}

/** "MatMul /layers.0/q (q_out)" */
export function describe(node: OnnxNode): string {
  const output = node.outputs.find((name) => name !== '');
  const type = node.domain === '' ? node.opType : `${node.domain}:${node.opType}`;
  return `${clip(type)}${node.name === '' ? '' : ` ${clip(node.name)}`}${output === undefined ? '' : ` (${clip(output)})`}`;
}
