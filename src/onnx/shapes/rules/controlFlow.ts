import type { Dim, OnnxGraph } from '../../model';
import { graphAttribute, has, input, ints, numberOf, requiredInt } from '../context';
import type { Rule, Rules } from '../context';
import { Inconsistent, UNKNOWN, agree, axisOf, eitherFact, tensor, withoutValue } from '../facts';
import type { TensorFact } from '../types';

/**
 * Both branches are inferred, so that both bodies have facts. What holds outside is the branch taken, where that is known or where the other one cannot run
 * on inputs of these sizes (models for several sampling rates have one branch for each); otherwise what they have in common.
 */
const ifRule: Rule = (c) => {
  const condition = numberOf(c, 0);
  const then = c.inferBody(graphAttribute(c, 'then_branch'), []);
  const otherwise = c.inferBody(graphAttribute(c, 'else_branch'), []);
  const taken = condition !== undefined ? (condition !== 0 ? then : otherwise) : then.fails ? otherwise : otherwise.fails ? then : undefined;
  if (taken?.fails === true) throw new Inconsistent('no branch runs on inputs of these sizes');
  return taken?.outputs ?? c.node.outputs.map((_, i) => eitherFact(then.outputs[i] ?? UNKNOWN, otherwise.outputs[i] ?? UNKNOWN));
};

/** So often are carried tensors joined before those that still change are given up. Joining only ever loses knowledge, so this ends sooner. */
const MAX_ROUNDS = 8;

/** Facts of the carried tensors that hold at the start of every round, and the body's outputs under them. */
function fixedPoint(initial: readonly TensorFact[], round: (carried: readonly TensorFact[]) => readonly TensorFact[]): { carried: readonly TensorFact[]; outputs: readonly TensorFact[] } {
  let carried = initial;
  for (let i = 0; i < MAX_ROUNDS; i++) {
    const outputs = round(carried);
    const joined = carried.map((fact, k) => eitherFact(fact, outputs[k] ?? UNKNOWN));
    if (joined.every((fact, k) => sameFact(fact, carried[k]!))) return { carried, outputs };
    // After a few rounds only the shapes are worth waiting for.
    carried = i < 3 ? joined : joined.map(withoutValue);
  }
  carried = carried.map(() => UNKNOWN);
  return { carried, outputs: round(carried) };
}

const sameDims = (a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.length === b.length && a.every((dim, i) => dim === b[i]));

const sameFact = (a: TensorFact, b: TensorFact): boolean =>
  a === b || (a.kind === b.kind && a.elementType === b.elementType && sameDims(a.shape, b.shape) && sameDims(a.value, b.value));

/** The shape that the body declares for a scalar input: some exporters make it a vector of one. */
const counterShape = (body: OnnxGraph, i: number): readonly Dim[] => {
  const type = body.inputs[i]?.type;
  return type?.kind === 'tensor' && type.shape?.length === 1 ? [1] : [];
};

/** Loops that certainly run this often at most are followed round by round. */
const MAX_UNROLLED = 16;

const loop: Rule = (c) => {
  const body = graphAttribute(c, 'body');
  const states = c.inputs.length - 2;
  if (states < 0 || body.outputs.length < states + 1) throw new Inconsistent(`a body of ${body.outputs.length} outputs for ${states} carried tensors`);
  const initial = Array.from({ length: states }, (_, i) => input(c, i + 2));
  const trips = has(c, 0) ? numberOf(c, 0) : Infinity;
  const starts = has(c, 1) ? numberOf(c, 1) : 1;
  const counter = tensor('int64', counterShape(body, 0));
  const condition = tensor('bool', counterShape(body, 1));
  const { carried, outputs } = fixedPoint(initial, (facts) => c.inferBody(body, [counter, condition, ...facts]).outputs.slice(1, states + 1));
  const all = c.inferBody(body, [counter, condition, ...carried]).outputs;
  const never = trips === 0 || starts === 0;
  const goesOn = all[0]?.value?.[0];
  // The number of rounds is certain only if the condition holds whatever happens.
  const rounds = never ? 0 : starts === 1 && goesOn === 1 && trips !== undefined && Number.isFinite(trips) ? Math.max(0, trips) : null;
  let ends: readonly TensorFact[] = never ? initial : (trips !== undefined && trips > 0 && starts === 1 ? outputs : carried);
  let collected = all.slice(states + 1);
  if (rounds !== null && rounds > 0 && rounds <= MAX_UNROLLED && carried.some((fact) => fact.shape === undefined || fact.shape.includes(null))) {
    let facts: readonly TensorFact[] = initial;
    for (let i = 0; i < rounds; i++) {
      const round = c.inferBody(body, [tensor('int64', counter.shape, [i]), condition, ...facts]).outputs;
      facts = round.slice(1, states + 1);
      collected = i === 0 ? round.slice(states + 1) : collected.map((fact, k) => eitherFact(fact, round[states + 1 + k] ?? UNKNOWN));
    }
    ends = facts;
    // Leave the body with the facts that hold in every round.
    c.inferBody(body, [counter, condition, ...carried]);
  }
  return [
    ...ends,
    ...collected.map((fact) => tensor(fact.elementType, fact.shape === undefined ? undefined : [rounds, ...fact.shape])),
  ];
};

/** Version 9 and later: scan inputs are cut along an axis, scan outputs stacked along one. */
const scan: Rule = (c) => {
  const body = graphAttribute(c, 'body');
  const scanned = requiredInt(c, 'num_scan_inputs');
  if (c.opset < 9) {
    // Version 8 had a batch axis and lengths before all else; it is not met any more.
    c.inferBody(body, body.inputs.map(() => UNKNOWN));
    return [];
  }
  const states = c.inputs.length - scanned;
  if (scanned < 1 || states < 0 || body.outputs.length < states) throw new Inconsistent(`${scanned} scan inputs of ${c.inputs.length}`);
  const inputAxes = ints(c, 'scan_input_axes') ?? [];
  const outputAxes = ints(c, 'scan_output_axes') ?? [];
  let length: Dim = null;
  const slices = Array.from({ length: scanned }, (_, i) => {
    const fact = input(c, states + i);
    if (fact.shape === undefined) return tensor(fact.elementType, undefined);
    const axis = axisOf(inputAxes[i] ?? 0, fact.shape.length);
    length = agree(length, fact.shape[axis]!, 'length of the scan');
    return tensor(fact.elementType, fact.shape.filter((_dim, a) => a !== axis));
  });
  const initial = Array.from({ length: states }, (_, i) => withoutValue(input(c, i)));
  const { carried } = fixedPoint(initial, (facts) => c.inferBody(body, [...facts, ...slices]).outputs.slice(0, states));
  const all = c.inferBody(body, [...carried, ...slices]).outputs;
  return [
    ...carried.map(withoutValue),
    ...all.slice(states).map((fact, i) => {
      if (fact.shape === undefined) return tensor(fact.elementType, undefined);
      const axis = axisOf(outputAxes[i] ?? 0, fact.shape.length + 1);
      return tensor(fact.elementType, [...fact.shape.slice(0, axis), length, ...fact.shape.slice(axis)]);
    }),
  ];
};

/** The body applied to each element of the sequences; tensors beside them are the same for all. */
const sequenceMap: Rule = (c) => {
  const body = graphAttribute(c, 'body');
  const elements = c.inputs.map((fact) => (fact?.kind === 'sequence' ? tensor(fact.elementType, fact.shape) : (fact ?? UNKNOWN)));
  return c.inferBody(body, elements).outputs.map((fact) => ({ kind: 'sequence', elementType: fact.elementType, shape: fact.shape }));
};

export const controlFlow: Rules = { If: ifRule, Loop: loop, Scan: scan, SequenceMap: sequenceMap };

