import type { Dim, OnnxGraph, OnnxNode, ValueInfo, ValueType } from '../model';
import type { BodyFacts, Context } from './context';
import { factOfTensor } from './context';
import { Inconsistent, UNKNOWN, isComplete, tensor, withoutValue } from './facts';
import { ruleFor } from './registry';
import type { InferredShapes, TensorFact } from './types';

/** What one inference shares over all graphs of the model. */
export interface Inference {
  readonly opsets: ReadonlyMap<string, number>;
  readonly bindings: ReadonlyMap<string, number>;
  /** whether the file's value infos may stand in where rules know nothing */
  readonly useHints: boolean;
  /** value infos that contradict what was inferred */
  readonly conflicts: string[];
  readonly warn: (message: string) => void;
  /** visits of nodes and constants left for bodies, which loops infer again and again */
  bodyBudget: number;
  /** elements of values that may still be computed with; a file made to be slow runs out of it, and then has shapes alone */
  valueBudget: number;
}

const MAX_CONFLICTS = 1000;

/** Tensors by name, in a graph and in those around it. */
interface Scope {
  readonly tensors: Map<string, TensorFact>;
  readonly outer: Scope | undefined;
}

function lookUp(scope: Scope, name: string): TensorFact {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const fact = at.tensors.get(name);
    if (fact !== undefined) return fact;
  }
  return UNKNOWN;
}

/** The fact that a declared type states; a name is replaced by what it is bound to, and otherwise kept or not as `keep` says. */
export function factOfType(type: ValueType, dimOf: (dim: Dim, axis: number) => Dim): TensorFact {
  switch (type.kind) {
    case 'tensor':
    case 'sparse_tensor':
      return tensor(type.elementType, type.shape?.map(dimOf));
    case 'sequence':
    case 'optional': {
      const element = factOfType(type.element, dimOf);
      return { kind: type.kind, elementType: element.elementType, shape: element.shape };
    }
    case 'map':
      return { kind: 'map', elementType: undefined, shape: undefined };
    default:
      return UNKNOWN;
  }
}

/** A dimension that the file states of an intermediate tensor: a number, or a name that is bound; other names may mean anything. */
const hinted =
  (bindings: ReadonlyMap<string, number>) =>
  (dim: Dim): Dim =>
    typeof dim === 'string' ? (bindings.get(dim) ?? null) : typeof dim === 'number' && dim > 0 && Number.isSafeInteger(dim) ? dim : null;

const show = (fact: TensorFact): string => `${fact.elementType ?? '?'}[${fact.shape?.map((dim) => dim ?? '?').join(', ') ?? '...'}]`;

/** True if the declaration states something that the fact excludes. */
function contradicts(declared: TensorFact, fact: TensorFact): boolean {
  if (declared.elementType !== undefined && fact.elementType !== undefined && declared.elementType !== fact.elementType) return true;
  const [a, b] = [declared.shape, fact.shape];
  if (a === undefined || b === undefined) return false;
  return a.length !== b.length || a.some((dim, i) => typeof dim === 'number' && typeof b[i] === 'number' && dim !== b[i]);
}

/** What the rule left open, from the declaration; what it found out stands. */
function filled(fact: TensorFact, declared: TensorFact): TensorFact {
  const kind = fact.elementType === undefined && fact.shape === undefined ? declared.kind : fact.kind;
  const elementType = fact.elementType ?? declared.elementType;
  const shape = fact.shape === undefined ? declared.shape : fact.shape.length === declared.shape?.length ? fact.shape.map((dim, i) => dim ?? declared.shape![i]!) : fact.shape;
  return kind === 'tensor' ? tensor(elementType, shape, fact.value) : { kind, elementType, shape };
}

function checkedAgainst(fact: TensorFact, declaration: ValueInfo | undefined, inference: Inference): TensorFact {
  if (declaration === undefined) return fact;
  const declared = sound(() => factOfType(declaration.type, hinted(inference.bindings)), declaration.name, inference);
  if (contradicts(declared, fact)) {
    if (inference.conflicts.length < MAX_CONFLICTS) inference.conflicts.push(`tensor ${declaration.name}: the file says ${show(declared)}, inferred ${show(fact)}`);
    return fact;
  }
  if (!inference.useHints || isComplete(fact)) return fact.elementType === undefined && declared.elementType !== undefined ? filled(fact, { ...declared, shape: undefined }) : fact;
  return filled(fact, declared);
}

const named = (node: OnnxNode): string => `${node.domain === '' ? '' : `${node.domain}:`}${node.opType} ${node.outputs.find((name) => name !== '') ?? node.name}`;

/** Facts of a node's outputs by its rule; nothing where there is none, or where the node is malformed. */
function outputsOf(context: Context, inference: Inference): { readonly facts: readonly (TensorFact | undefined)[]; readonly fails: boolean } {
  const { node } = context;
  const rule = ruleFor(node.domain, node.opType);
  if (rule === undefined) {
    for (const attribute of node.attributes.values()) {
      if (attribute.kind === 'graph') context.inferBody(attribute.value, []);
      else if (attribute.kind === 'graphs') for (const body of attribute.value) context.inferBody(body, []);
    }
    inference.warn(`${named(node)}: the operator is not known; the shapes of its outputs are not inferred`);
    return { facts: [], fails: false };
  }
  try {
    return { facts: rule(context), fails: false };
  } catch (error) {
    // A rule trips over a malformed node in whatever way; its outputs are then unknown, and that is all.
    inference.warn(`${named(node)}: ${error instanceof Error ? error.message : String(error)}`);
    return { facts: [], fails: error instanceof Inconsistent };
  }
}

/**
 * Infers one graph from facts of its inputs, in order; an input without a fact takes its declared type.
 * Nodes are visited once, producers before consumers.
 */
export function inferGraph(graph: OnnxGraph, seeds: readonly TensorFact[], outer: Scope | undefined, inference: Inference): BodyFacts & { readonly shapes: InferredShapes } {
  const tensors = new Map<string, TensorFact>();
  const bodies = new Map<OnnxGraph, InferredShapes>();
  const scope: Scope = { tensors, outer };
  if (outer !== undefined) inference.bodyBudget -= graph.initializers.size + graph.inputs.length;
  if (inference.bodyBudget < 0) return { shapes: { tensors, bodies }, outputs: graph.outputs.map(() => UNKNOWN), fails: false };
  for (const [name, ref] of graph.initializers) tensors.set(name, sound(() => factOfTensor(ref), name, inference));
  for (const [i, info] of graph.inputs.entries()) {
    const seed = seeds[i];
    // An input with an initializer has that as its default.
    if (outer === undefined && graph.initializers.has(info.name)) continue;
    tensors.set(info.name, seed === undefined ? sound(() => factOfType(info.type, hinted(inference.bindings)), info.name, inference) : checkedAgainst(seed, info, inference));
  }
  let anyFails = false;
  const declaredOutputs = new Map(graph.outputs.map((info) => [info.name, info]));
  for (const node of graph.nodes) {
    if (outer !== undefined && --inference.bodyBudget < 0) {
      for (const name of node.outputs) if (name !== '') tensors.set(name, UNKNOWN);
      continue;
    }
    const context: Context = {
      node,
      opset: inference.opsets.get(node.domain) ?? 1,
      inputs: node.inputs.map((name) => (name === '' ? undefined : affordable(lookUp(scope, name), inference))),
      inferBody: (body, inputs) => {
        const inferred = inferGraph(body, inputs, scope, inference);
        bodies.set(body, inferred.shapes);
        return inferred;
      },
      warn: inference.warn,
    };
    const { facts, fails } = outputsOf(context, inference);
    anyFails ||= fails;
    for (const [i, name] of node.outputs.entries()) {
      if (name === '') continue;
      tensors.set(name, checkedAgainst(affordable(facts[i] ?? UNKNOWN, inference), graph.valueInfos.get(name) ?? declaredOutputs.get(name), inference));
    }
  }
  return { shapes: { tensors, bodies }, outputs: graph.outputs.map((info) => lookUp(scope, info.name)), fails: anyFails };
}

/** What the file declares may be malformed (of absurd rank): then nothing is known, and the user is told. */
export function sound(fact: () => TensorFact, name: string, inference: Pick<Inference, 'warn'>): TensorFact {
  try {
    return fact();
  } catch (error) {
    inference.warn(`tensor ${name}: ${error instanceof Error ? error.message : String(error)}`);
    return UNKNOWN;
  }
}

/** The fact, without its value once too many elements have been computed with. */
function affordable(fact: TensorFact, inference: Inference): TensorFact {
  if (fact.value === undefined) return fact;
  inference.valueBudget -= fact.value.length;
  return inference.valueBudget < 0 ? withoutValue(fact) : fact;
}
