import { UserError } from '../shared/userError';
import type { Net, PlacementProblem } from './problem';

/** A problem read from a reference-format file, with the names the file uses. */
export interface Instance {
  readonly problem: PlacementProblem;
  /** operator index -> id in the file */
  readonly ids: readonly number[];
}

type Json = Record<string, unknown>;

/** Relative difference up to which the costs out of one node count as equal. */
const COST_TOLERANCE = 1e-6;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads one key as a finite number that is not negative. */
function amount(from: Json, key: string, subject: string, where: string, absent?: number): number {
  const value = from[key];
  if (value === undefined && absent !== undefined) return absent;
  if (value === undefined) throw new UserError(subject, `${where} has no '${key}'.`, `Add a number.`);
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new UserError(subject, `${where}: '${key}' must be a number, got ${JSON.stringify(value)}.`);
  }
  if (value < 0) throw new UserError(subject, `${where}: '${key}' must not be negative, got ${value}.`);
  return value;
}

/** Reads an id: any finite number. */
function identity(from: Json, key: string, subject: string, where: string): number {
  const value = from[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new UserError(subject, `${where}: '${key}' must be a number, got ${JSON.stringify(value) ?? 'nothing'}.`);
  }
  return value;
}

function flag(from: Json, key: string, subject: string, where: string): boolean {
  const value = from[key];
  if (value === true || value === 1) return true;
  if (value === false || value === 0) return false;
  throw new UserError(subject, `${where}: '${key}' must be true or false, got ${JSON.stringify(value) ?? 'nothing'}.`);
}

function count(from: Json, key: string, subject: string): number {
  const value = amount(from, key, subject, 'the instance');
  if (!Number.isInteger(value)) throw new UserError(subject, `'${key}' must be a whole number, got ${value}.`);
  return value;
}

function list(from: Json, key: string, subject: string): Json[] {
  const value = from[key];
  if (!Array.isArray(value)) throw new UserError(subject, `'${key}' must be a list.`, 'A placement instance has nodes and edges.');
  value.forEach((entry: unknown, i) => {
    if (!isObject(entry)) throw new UserError(subject, `${key}[${i}] must be an object, got ${JSON.stringify(entry)}.`);
  });
  return value as Json[];
}

/** One operator of a cycle along the nets, or -1. */
function onCycle(n: number, nets: readonly Net[]): number {
  const waiting = new Int32Array(n);
  const out: number[][] = Array.from({ length: n }, () => []);
  for (const net of nets) {
    for (const v of net.consumers) {
      waiting[v]!++;
      out[net.producer]!.push(v);
    }
  }
  const queue: number[] = [];
  for (let v = 0; v < n; v++) if (waiting[v] === 0) queue.push(v);
  for (let head = 0; head < queue.length; head++) for (const v of out[queue[head]!]!) if (--waiting[v]! === 0) queue.push(v);
  return queue.length === n ? -1 : waiting.findIndex((left) => left > 0);
}

/**
 * Reads an instance in the format of the reference program of Tarnawski et al. (NeurIPS 2020). Class 0 is the accelerator ("FPGA" in the
 * format), class 1 the CPU, which has no memory limit and pays nothing for transfers. The instance's own time unit is taken as seconds.
 *
 * @param subject what is read, for messages
 * @throws UserError if the text is not such an instance
 */
export function readInstance(text: string, subject: string): Instance {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    throw new UserError(subject, `not valid JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (!isObject(root)) throw new UserError(subject, 'a placement instance must be a JSON object.');
  const accelerators = count(root, 'maxFPGAs', subject);
  const cpus = count(root, 'maxCPUs', subject);
  const memory = amount(root, 'maxSizePerFPGA', subject, 'the instance');

  const nodes = list(root, 'nodes', subject);
  const n = nodes.length;
  const indexOf = new Map<number, number>();
  const ids: number[] = [];
  const labels: string[] = [];
  const accelerator = new Float64Array(n);
  const cpu = new Float64Array(n);
  const residentBytes = new Float64Array(n);
  const backward = new Uint8Array(n);
  const colocation = new Int32Array(n).fill(-1);
  const groups = new Map<number, number>();
  nodes.forEach((node, v) => {
    const id = identity(node, 'id', subject, `nodes[${v}]`);
    const where = `node ${id}`;
    if (indexOf.has(id)) throw new UserError(subject, `${where} occurs twice.`, 'Ids must be unique.');
    indexOf.set(id, v);
    ids.push(id);
    labels.push(typeof node['name'] === 'string' && node['name'] !== '' ? node['name'] : String(id));
    const supported = flag(node, 'supportedOnFpga', subject, where);
    cpu[v] = amount(node, 'cpuLatency', subject, where);
    accelerator[v] = supported ? amount(node, 'fpgaLatency', subject, where) : Infinity;
    residentBytes[v] = amount(node, 'size', subject, where, 0);
    backward[v] = flag(node, 'isBackwardNode', subject, where) ? 1 : 0;
    if (node['colorClass'] !== undefined && node['colorClass'] !== null) {
      const color = identity(node, 'colorClass', subject, where);
      if (!groups.has(color)) groups.set(color, groups.size);
      colocation[v] = groups.get(color)!;
    }
  });

  const consumers: Set<number>[] = Array.from({ length: n }, () => new Set());
  const cost = new Float64Array(n).fill(NaN);
  list(root, 'edges', subject).forEach((edge, e) => {
    const [from, to] = (['sourceId', 'destId'] as const).map((key) => {
      const id = identity(edge, key, subject, `edges[${e}]`);
      const v = indexOf.get(id);
      if (v === undefined) throw new UserError(subject, `edges[${e}] names node ${id}, which does not exist.`);
      return v;
    }) as [number, number];
    const value = amount(edge, 'cost', subject, `edges[${e}]`);
    if (from === to) throw new UserError(subject, `node ${ids[from]} has an edge to itself.`, 'The graph must be acyclic.');
    const known = cost[from]!;
    if (Number.isNaN(known)) cost[from] = value;
    else if (Math.abs(known - value) > COST_TOLERANCE * Math.max(1, Math.abs(known))) {
      throw new UserError(subject, `edges out of node ${ids[from]} have different costs, ${known} and ${value}.`, 'All edges out of one node carry the same tensor.');
    }
    consumers[from]!.add(to);
  });
  const nets: Net[] = [];
  for (let v = 0; v < n; v++) {
    if (consumers[v]!.size === 0) continue;
    nets.push({ producer: v, consumers: [...consumers[v]!].sort((a, b) => a - b), transferSeconds: [cost[v]!, 0] });
  }
  const cyclic = onCycle(n, nets);
  if (cyclic >= 0) throw new UserError(subject, `the graph has a cycle through node ${ids[cyclic]}.`, 'The graph must be acyclic.');

  return {
    ids,
    problem: {
      labels,
      classes: [
        { name: 'accelerator', count: accelerators, memoryBytes: memory, overlap: 'none' },
        { name: 'cpu', count: cpus, memoryBytes: Infinity, overlap: 'none' },
      ],
      seconds: [accelerator, cpu],
      residentBytes,
      workspaceBytes: new Float64Array(n),
      sharedMemory: [],
      nets,
      colocation,
      backward,
    },
  };
}
