import { UserError } from '../shared/userError';
import { bodiesOf, mapBodies } from './bodies';
import type { LocalFunction } from './function';
import type { ParsedGraph } from './graph';
import type { Attribute, OnnxGraph, OnnxNode, ValueInfo, ValueType } from './model';
import type { ParsedNode } from './node';
import { clip, quote } from './quote';

/** Functions that call themselves through each other grow without end, and those that call each other twice grow exponentially. */
const MOST_NODES = 500_000;
const MOST_NAMES = 5_000_000;
const MOST_NAME_CHARACTERS = 200_000_000;
const DEEPEST_CALL = 64;

interface Inlining {
  readonly subject: string;
  readonly functions: ReadonlyMap<string, LocalFunction>;
  /** every name in use anywhere in the model */
  readonly used: Set<string>;
  /** the last number given to copies of a name */
  readonly copies: Map<string, number>;
  readonly budget: { nodes: number; names: number; characters: number };
  /** value infos of inlined tensors, for the graph that is being rebuilt */
  readonly infos: Map<string, ValueInfo>;
}

/** What a name of a function's body is called where the body now stands, and what its attributes stand for. */
interface Frame {
  readonly rename: (name: string) => string;
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly prefix: string;
  readonly call: OnnxNode;
}

const keyOf = (domain: string, name: string, overload: string): string => JSON.stringify([domain, name, overload]);

/**
 * Puts the bodies of local functions in the place of their calls, inner tensors renamed so that all names stay unique
 * (ONNX IR specification, "Functions").
 * @returns the graph without calls of local functions, and the opset imports with those that only functions had
 * @throws UserError if functions call each other in a circle, or grow beyond what can be a model
 */
export function inlineFunctions(
  graph: ParsedGraph,
  functions: readonly LocalFunction[],
  opsetImports: ReadonlyMap<string, number>,
  { subject, warn }: { readonly subject: string; readonly warn: (text: string) => void },
): { readonly graph: OnnxGraph; readonly opsetImports: ReadonlyMap<string, number> } {
  const byKey = new Map<string, LocalFunction>();
  for (const f of functions) {
    const key = keyOf(f.domain, f.name, f.overload);
    if (byKey.has(key)) throw new UserError(subject, `defines the function ${quote(f.name)} of ${quote(f.domain)} twice.`, 'Export the model again.');
    byKey.set(key, f);
  }
  const used = new Set<string>();
  if (byKey.size > 0) collectNames(graph, used);
  const state: Inlining = { subject, functions: byKey, used, copies: new Map(), budget: { nodes: MOST_NODES, names: MOST_NAMES, characters: MOST_NAME_CHARACTERS }, infos: new Map() };
  const inlined = inlineGraph(state, graph, undefined, []);
  const imports = new Map(opsetImports);
  for (const f of functions) {
    for (const [domain, version] of f.opsetImports) {
      const own = imports.get(domain);
      if (own === undefined) imports.set(domain, version);
      else if (own !== version) {
        warn(`the function ${quote(f.name)} is written for version ${version} of the operators of ${quote(domain === '' ? 'ai.onnx' : domain)}, the model for ${own}; it is read as ${own}`);
      }
    }
  }
  return { graph: inlined, opsetImports: imports };
}

/** The graph with its calls inlined; `frame` if it is a body inside a function. */
function inlineGraph(state: Inlining, graph: OnnxGraph, frame: Frame | undefined, stack: readonly LocalFunction[]): OnnxGraph {
  if (state.functions.size === 0) {
    graph.nodes.forEach((node) => refuseReferences(state, node));
    return graph;
  }
  spend(state, 0, graph.initializers.size + graph.inputs.length + graph.valueInfos.size);
  const outerInfos = new Map(state.infos);
  state.infos.clear();
  const inner = frame && bodyFrame(state, graph, frame);
  const rename = inner?.rename ?? ((name: string) => name);
  const named = (info: ValueInfo): ValueInfo => (inner ? { name: rename(info.name), type: info.type } : info);
  const nodes: OnnxNode[] = [];
  for (const node of graph.nodes) inlineNode(state, node, inner, stack, nodes);
  const valueInfos = new Map<string, ValueInfo>();
  for (const info of [...graph.valueInfos.values()].map(named)) valueInfos.set(info.name, info);
  for (const info of state.infos.values()) valueInfos.set(info.name, info);
  state.infos.clear();
  outerInfos.forEach((info, name) => state.infos.set(name, info));
  return {
    name: graph.name,
    nodes,
    initializers: inner ? new Map([...graph.initializers].map(([name, tensor]) => [rename(name), { ...tensor, name: rename(name) }])) : graph.initializers,
    inputs: graph.inputs.map(named),
    outputs: graph.outputs.map(named),
    valueInfos,
  };
}

function inlineNode(state: Inlining, node: ParsedNode, frame: Frame | undefined, stack: readonly LocalFunction[], into: OnnxNode[]): void {
  spend(state, 1, node.inputs.length + node.outputs.length + node.attributes.size);
  const resolved = frame ? resolveNode(state, node, frame, stack) : withInlinedBodies(state, node, stack);
  const called = state.functions.get(keyOf(resolved.domain, resolved.opType, node.overload ?? ''));
  if (called === undefined) {
    into.push(resolved);
    return;
  }
  if (stack.includes(called)) {
    const circle = [...stack.slice(stack.indexOf(called)), called].map((f) => f.name);
    throw new UserError(state.subject, `its functions call each other in a circle: ${circle.slice(0, 6).map(clip).join(' -> ')}.`, 'Export the model again.');
  }
  if (stack.length >= DEEPEST_CALL) throw new UserError(state.subject, `its functions call each other more than ${DEEPEST_CALL} deep.`, 'Export the model with its functions inlined.');
  expand(state, resolved, called, [...stack, called], into);
}

function expand(state: Inlining, call: OnnxNode, f: LocalFunction, stack: readonly LocalFunction[], into: OnnxNode[]): void {
  spend(state, 0, f.inputs.length + f.outputs.length + f.defaults.size + f.valueInfos.length);
  const names = new Map<string, string>();
  f.inputs.forEach((formal, i) => names.set(formal, call.inputs[i] ?? ''));
  const prefix = call.name === '' ? (call.outputs.find((name) => name !== '') ?? f.name) : call.name;
  const passedOn: { from: string; to: string }[] = [];
  f.outputs.forEach((formal, i) => {
    const actual = call.outputs[i] ?? '';
    if (actual === '') return;
    // an output that is an input as well, or the same output once more, needs an operator of its own to be produced by
    if (names.has(formal)) passedOn.push({ from: names.get(formal)!, to: actual });
    else names.set(formal, actual);
  });
  const rename = (name: string): string => {
    if (name === '') return '';
    let actual = names.get(name);
    if (actual === undefined) names.set(name, (actual = freshName(state, `${prefix}/${name}`)));
    return actual;
  };
  const attributes = new Map([...f.defaults, ...call.attributes]);
  const frame: Frame = { rename, attributes, prefix, call };
  for (const node of f.nodes) inlineNode(state, node, frame, stack, into);
  for (const { from, to } of passedOn) {
    into.push({ ...call, name: '', opType: 'Identity', domain: '', inputs: [from], outputs: [to], attributes: new Map(), range: undefined });
  }
  for (const info of f.valueInfos) {
    const name = names.get(info.name);
    // a name that no node makes would state a type for nothing
    if (name !== undefined && name !== '') state.infos.set(name, { name, type: withoutSymbols(info.type) });
  }
}

/** A node of a function's body as it stands where the function is called. */
function resolveNode(state: Inlining, node: ParsedNode, frame: Frame, stack: readonly LocalFunction[]): OnnxNode {
  const attributes = new Map(node.attributes);
  for (const [own, reference] of node.references ?? []) {
    const value = frame.attributes.get(reference);
    if (value !== undefined) attributes.set(own, value);
  }
  const own = new Set(node.attributes.keys());
  const result = new Map<string, Attribute>();
  for (const [name, attribute] of attributes) {
    // what the call gave is in terms of the call's surroundings already
    result.set(name, own.has(name) && !node.references?.has(name) ? mapAttribute(attribute, (body) => inlineGraph(state, body, frame, stack)) : attribute);
  }
  return {
    name: node.name === '' ? '' : `${frame.prefix}/${node.name}`,
    opType: node.opType,
    domain: node.domain,
    inputs: trimmed(node.inputs.map(frame.rename)),
    outputs: node.outputs.map(frame.rename),
    attributes: result,
    range: undefined,
    // annotations of a call are meant for all that it does
    metadata: node.metadata.size > 0 ? node.metadata : frame.call.metadata,
    deviceConfigurations: node.deviceConfigurations.length > 0 ? node.deviceConfigurations : frame.call.deviceConfigurations,
  };
}

function withInlinedBodies(state: Inlining, node: ParsedNode, stack: readonly LocalFunction[]): OnnxNode {
  refuseReference(state, node);
  return mapBodies(node, (body) => inlineGraph(state, body, undefined, stack));
}

const mapAttribute = (attribute: Attribute, change: (body: OnnxGraph) => OnnxGraph): Attribute =>
  attribute.kind === 'graph' ? { kind: 'graph', value: change(attribute.value) }
  : attribute.kind === 'graphs' ? { kind: 'graphs', value: attribute.value.map(change) }
  : attribute;

/** The frame inside a body that stands in a function: what the body defines itself hides the function's tensors of that name. */
function bodyFrame(state: Inlining, body: OnnxGraph, frame: Frame): Frame {
  const own = new Map<string, string>();
  const define = (name: string): void => {
    if (name !== '' && !own.has(name)) own.set(name, freshName(state, `${frame.prefix}/${name}`));
  };
  body.inputs.forEach((input) => define(input.name));
  for (const name of body.initializers.keys()) define(name);
  for (const node of body.nodes) node.outputs.forEach(define);
  return { ...frame, rename: (name) => own.get(name) ?? frame.rename(name) };
}

function freshName(state: Inlining, wanted: string): string {
  state.budget.characters -= wanted.length;
  checkBudget(state);
  let name = wanted;
  for (let i = state.copies.get(wanted) ?? 1; state.used.has(name); i++) {
    name = `${wanted}_${i}`;
    state.copies.set(wanted, i + 1);
  }
  state.used.add(name);
  return name;
}

function spend(state: Inlining, nodes: number, names: number): void {
  state.budget.nodes -= nodes;
  state.budget.names -= names;
  checkBudget(state);
}

function checkBudget({ budget, subject }: Inlining): void {
  if (budget.nodes < 0 || budget.names < 0 || budget.characters < 0) {
    throw new UserError(subject, `has functions that grow to more than ${MOST_NODES} operators.`, 'Export the model again without functions that call each other so often.');
  }
}

/** Omitted inputs at the end are the same as none. */
function trimmed(names: readonly string[]): readonly string[] {
  let length = names.length;
  while (length > 0 && names[length - 1] === '') length--;
  return length === names.length ? names : names.slice(0, length);
}

/** A symbol of a function means nothing outside: two calls may have two values for it. */
function withoutSymbols(type: ValueType): ValueType {
  if (type.kind === 'tensor' || type.kind === 'sparse_tensor') {
    return { ...type, shape: type.shape?.map((dim) => (typeof dim === 'string' ? null : dim)) };
  }
  if (type.kind === 'sequence' || type.kind === 'optional') return { kind: type.kind, element: withoutSymbols(type.element) };
  if (type.kind === 'map') return { ...type, value: withoutSymbols(type.value) };
  return type;
}

function refuseReferences(state: Inlining, node: ParsedNode): void {
  refuseReference(state, node);
  for (const body of bodiesOf(node)) body.nodes.forEach((inner) => refuseReferences(state, inner));
}

function refuseReference(state: Inlining, node: ParsedNode): void {
  if (node.references === undefined) return;
  throw new UserError(state.subject, `the operator ${quote(node.name === '' ? node.opType : node.name)} refers to attributes of a function but stands in none.`, 'Export the model again.');
}

function collectNames(graph: OnnxGraph, used: Set<string>): void {
  for (const name of graph.initializers.keys()) used.add(name);
  for (const input of graph.inputs) used.add(input.name);
  for (const node of graph.nodes) {
    for (const output of node.outputs) used.add(output);
    for (const body of bodiesOf(node)) collectNames(body, used);
  }
}
