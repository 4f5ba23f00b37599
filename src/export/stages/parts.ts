import type { Operator, OperatorGraph } from '../../graph/operatorGraph';
import type { OnnxModel } from '../../onnx/model';
import type { StagePlan } from '../exportPlan';

/** Operators of one stage that run together as one model. A contiguous stage is one part; another may be several, between which others run. */
export interface StagePart {
  readonly stage: number;
  /** 0, 1, … among the parts of its stage */
  readonly part: number;
  /** operator indices, ascending; those that only hold weights stand in every part that reads them */
  readonly operators: readonly number[];
  /** tensors of other parts or of the model's inputs that it reads */
  readonly inputs: readonly string[];
  /** tensors that other parts read, or that the model gives */
  readonly outputs: readonly string[];
  /** the model's initializers that it reads or gives */
  readonly weights: readonly string[];
}

/**
 * The models that a plan is run as, in an order in which each finds its inputs made. Parts are as few as a greedy choice makes them: a stage whose
 * rest can run goes first, otherwise the one that can run most.
 *
 * What nobody reads is left out.
 */
export function stageParts({ graph, model, stageOf, stages }: StagePlan): StagePart[] {
  const constant = constantOperators(graph);
  const runs = orderedRuns(graph, stageOf, stages.length, constant);
  const given = new Set(model.graph.outputs.map(({ name }) => name));
  const runOf = new Int32Array(graph.operators.length).fill(-1);
  runs.forEach(({ operators }, run) => operators.forEach((v) => (runOf[v] = run)));

  const parts = runs.map(({ stage, operators }, run): StagePart => {
    const members = new Set(operators);
    const weights = new Set<string>();
    const inputs = new Set<string>();
    // the set grows by the constants that its members read, and is walked to its end
    for (const v of members) {
      for (const t of reads(graph.operators[v]!)) {
        const { name, kind, producer } = graph.tensors[t]!;
        if (kind === 'weight') weights.add(name);
        else if (producer >= 0 && constant[producer] === 1) members.add(producer);
        else if (producer < 0 || runOf[producer] !== run) inputs.add(name);
      }
    }
    const outputs = operators.flatMap((v) => written(graph, v).filter((t) => given.has(graph.tensors[t]!.name) || graph.tensors[t]!.consumers.some((u) => runOf[u] !== run)));
    return { stage, part: 0, operators: [...members].sort((a, b) => a - b), inputs: [...inputs], outputs: outputs.map((t) => graph.tensors[t]!.name), weights: [...weights] };
  });
  return numbered(withGivenConstants(parts, graph, model, constant).filter(({ outputs }) => outputs.length > 0));
}

/** What the model gives although it follows from weights alone is given by the first part, to which it costs nothing. */
function withGivenConstants(parts: readonly StagePart[], graph: OperatorGraph, model: OnnxModel, constant: Uint8Array): StagePart[] {
  const producerOf = new Map(graph.operators.flatMap((operator) => written(graph, operator.index).map((t) => [graph.tensors[t]!.name, operator.index] as const)));
  const [first = { stage: 0, part: 0, operators: [], inputs: [], outputs: [], weights: [] }, ...rest] = parts;
  const operators = new Set(first.operators), weights = new Set(first.weights), outputs = [...first.outputs];
  for (const { name } of model.graph.outputs) {
    const producer = producerOf.get(name);
    if (producer === undefined ? !model.graph.initializers.has(name) : constant[producer] === 0) continue;
    outputs.push(name);
    if (producer === undefined) weights.add(name);
    for (let stack = producer === undefined ? [] : [producer]; stack.length > 0; ) {
      const v = stack.pop()!;
      operators.add(v);
      for (const t of reads(graph.operators[v]!)) {
        const tensor = graph.tensors[t]!;
        if (tensor.producer >= 0) stack.push(tensor.producer);
        else weights.add(tensor.name);
      }
    }
  }
  return [{ ...first, operators: [...operators].sort((a, b) => a - b), weights: [...weights], outputs }, ...rest];
}

function numbered(parts: readonly StagePart[]): StagePart[] {
  const seen = new Map<number, number>();
  return parts.map((part) => {
    const number = seen.get(part.stage) ?? 0;
    seen.set(part.stage, number + 1);
    return { ...part, part: number };
  });
}

const reads = ({ inputs, captures }: Operator): number[] => [...inputs.filter((t) => t >= 0), ...captures];
const written = (graph: OperatorGraph, v: number): number[] => graph.operators[v]!.outputs.filter((t) => t >= 0);

/** Operators whose outputs follow from weights alone, so that every part can have its own copy. */
function constantOperators(graph: OperatorGraph): Uint8Array {
  const constant = new Uint8Array(graph.operators.length);
  for (const operator of graph.operators) {
    const known = reads(operator).every((t) => graph.tensors[t]!.kind === 'weight' || constant[graph.tensors[t]!.producer] === 1);
    if (operator.foldable && known) constant[operator.index] = 1;
  }
  return constant;
}

interface Run {
  readonly stage: number;
  readonly operators: readonly number[];
}

/** The operators in runs of one stage each, every one after those that it needs. */
function orderedRuns(graph: OperatorGraph, stageOf: Int32Array, stages: number, constant: Uint8Array): Run[] {
  const count = graph.operators.length;
  const needs = graph.operators.map((operator) => [...new Set(reads(operator).map((t) => graph.tensors[t]!.producer).filter((u) => u >= 0 && constant[u] === 0))]);
  const done = new Uint8Array(count);
  const left = Array.from({ length: stages }, (): number[] => []);
  for (let v = 0; v < count; v++) if (constant[v] === 0) left[stageOf[v]!]!.push(v);
  const runs: Run[] = [];
  /** what of a stage can run now, in topological order */
  const runnable = (stage: number): number[] => {
    const within = new Set<number>();
    for (const v of left[stage]!) if (needs[v]!.every((u) => done[u] === 1 || within.has(u))) within.add(v);
    return [...within];
  };
  while (left.some((of) => of.length > 0)) {
    let best: Run = { stage: -1, operators: [] };
    for (let stage = 0; stage < stages; stage++) {
      if (left[stage]!.length === 0) continue;
      const operators = runnable(stage);
      const whole = operators.length === left[stage]!.length;
      if (whole || operators.length > best.operators.length) best = { stage, operators };
      if (whole) break;
    }
    if (best.operators.length === 0) throw new Error('the operators have no order');
    for (const v of best.operators) done[v] = 1;
    left[best.stage] = left[best.stage]!.filter((v) => done[v] === 0);
    runs.push(best);
  }
  return runs;
}
