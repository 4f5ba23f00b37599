import type { Dim, OnnxGraph, OnnxModel, ValueInfo } from '../model';
import { isComplete } from './facts';
import { declaredShape, freeDimensions } from './freeDimensions';
import type { Candidate } from './freeDimensions';
import { factOfType, inferGraph, sound } from './inferGraph';
import type { Inference } from './inferGraph';
import type { FreeDimension, ShapeInference, TensorFact } from './types';

const MAX_WARNINGS = 100;
/** Free dimensions for which several values are tried; each try infers the model once. */
const MAX_TRIED = 3;
/** Visits of nodes inside bodies: enough for every real model, few enough that nested loops made to be slow are not. */
const BODY_BUDGET = 200_000;
/** Elements of values: ten thousand computations on the largest tensors that are followed at all. */
const VALUE_BUDGET = 20_000_000;

/**
 * Types and shapes of all tensors of a model, bodies of control flow included, as far as they follow from the model and the bindings.
 *
 * What is not known is null or undefined, never guessed. Integer (and scale) computations on small tensors are followed, so that shapes computed by
 * the graph itself are known. The file's own value infos only fill in what no rule knows, and not even that once one of them has been found wrong.
 *
 * Dimensions that are not bound go through the graph as symbols; a tensor with a symbol in its shape counts as unknown, since its size is.
 *
 * @param bindings sizes of the input dimensions by symbol; a dimension without a name is `<input>.<axis>`. 0 is allowed (an empty cache);
 *   what is not a whole number of at least 0, or names no dimension, is warned about and left out.
 * @throws nothing for any model that could be read: malformed nodes give warnings and unknown outputs
 */
export function inferShapes(model: OnnxModel, bindings: ReadonlyMap<string, number>): ShapeInference {
  const warnings: string[] = [];
  const bound = checkedBindings(model.graph, bindings, warnings);
  const first = inferOnce(model, bound, true);
  // One stale value info makes all of them suspect: the batch was changed, or the graph was edited.
  const inferred = first.conflicts.length === 0 ? first : inferOnce(model, bound, false);
  const all = [...warnings, ...new Set([...inferred.warnings, ...inferred.conflicts])];
  return {
    tensors: inferred.shapes.tensors,
    bodies: inferred.shapes.bodies,
    free: offered(model, bound, freeDimensions(model.graph, bound)),
    unknown: unknownOf(model.graph, inferred.shapes.tensors),
    warnings: all.slice(0, MAX_WARNINGS),
  };
}

/**
 * The free dimensions, each with the value to offer. Where several are likely (how many samples an audio model takes), it is the first that the model accepts:
 * under which all nodes agree with their inputs.
 */
function offered(model: OnnxModel, bindings: ReadonlyMap<string, number>, free: readonly Candidate[]): FreeDimension[] {
  const chosen = new Map(free.map(({ symbol, suggestion }) => [symbol, suggestion]));
  for (const { symbol, suggestions } of free.filter((dimension) => dimension.suggestions.length > 1).slice(0, MAX_TRIED)) {
    const accepted = suggestions.find((size) => !inferOnce(model, new Map([...bindings, ...chosen, [symbol, size]]), false).fails);
    chosen.set(symbol, accepted ?? suggestions[0]!);
  }
  return free.map(({ symbol, occurrences }) => ({ symbol, occurrences, suggestion: chosen.get(symbol)! }));
}

function inferOnce(model: OnnxModel, bindings: ReadonlyMap<string, number>, useHints: boolean) {
  const warnings: string[] = [];
  const conflicts: string[] = [];
  const inference: Inference = {
    opsets: model.opsetImports,
    bindings,
    useHints,
    conflicts,
    // Loops infer their bodies several times; distinct warnings are picked at the end.
    warn: (message) => {
      if (warnings.length < MAX_WARNINGS * 10) warnings.push(message);
    },
    bodyBudget: BODY_BUDGET,
    valueBudget: VALUE_BUDGET,
  };
  const inputs = model.graph.inputs.map((info) => sound(() => inputFact(info, bindings), info.name, inference));
  const { shapes, fails } = inferGraph(model.graph, inputs, undefined, inference);
  return { shapes, warnings, conflicts, fails };
}

/** A graph input under the bindings; what is not bound keeps its name. */
function inputFact(info: ValueInfo, bindings: ReadonlyMap<string, number>): TensorFact {
  const { type } = info;
  if (type.kind !== 'tensor' && type.kind !== 'sparse_tensor') return factOfType(type, (dim) => (typeof dim === 'string' ? (bindings.get(dim) ?? null) : dim));
  const shape = type.shape === undefined ? undefined : declaredShape(info.name, type.shape).map((dim): Dim => (typeof dim === 'string' ? (bindings.get(dim) ?? dim) : dim));
  return factOfType({ ...type, shape }, (dim) => dim);
}

function checkedBindings(graph: OnnxGraph, bindings: ReadonlyMap<string, number>, warnings: string[]): ReadonlyMap<string, number> {
  const symbols = new Set(freeDimensions(graph, new Map()).map(({ symbol }) => symbol));
  const checked = new Map<string, number>();
  for (const [symbol, size] of bindings) {
    if (!Number.isSafeInteger(size) || size < 0) warnings.push(`dimension ${symbol}: ${size} is no size; it stays unbound`);
    else if (!symbols.has(symbol)) warnings.push(`dimension ${symbol}: no input of the model has it`);
    else checked.set(symbol, size);
  }
  return checked;
}

/** Outputs of the main graph's operators of which something is not known, in graph order. */
function unknownOf(graph: OnnxGraph, tensors: ReadonlyMap<string, TensorFact>): string[] {
  const unknown: string[] = [];
  for (const node of graph.nodes) {
    for (const name of node.outputs) {
      const fact = tensors.get(name);
      if (name !== '' && (fact === undefined || !isComplete(fact))) unknown.push(name);
    }
  }
  return unknown;
}
