import { describe, expect, it } from 'vitest';
import { pinContradiction } from '../../../src/engine/pinContradiction';
import { keeps, problemWithPins, sortPins } from '../../../src/engine/pins';
import type { PinnedTo } from '../../../src/engine/pinTargets';
import { settlePins } from '../../../src/engine/settlePins';
import { chainOf, plannedOn, steady } from './planned';

const planned = plannedOn(steady, chainOf(['Relu', 'Relu', 'Relu', 'Relu']), null);
const { prepared, input } = planned;
const pins = (...of: [number, PinnedTo][]): ReadonlyMap<number, PinnedTo> => new Map(of);

describe('pins', () => {
  it('are dropped, with a word, where their operator, device or stage is gone', () => {
    const sorted = sortPins([{ operator: 'b', device: 'gpu:1' }, { operator: 'ghost', device: 'gpu:1' }, { operator: 'c', device: 'tpu:0' }, { operator: 'c', stage: 4 }, { operator: 'd', stage: 3 }], prepared.graph, input);
    expect([...sorted.pinned]).toEqual([[1, { device: 1 }], [3, { stage: 3 }]]);
    expect(sorted.kept).toEqual([{ operator: 'b', device: 'gpu:1' }, { operator: 'd', stage: 3 }]);
    expect(sorted.warnings).toEqual([
      'The pin of "ghost" is dropped: the model has no such operator any more.',
      'The pin of "c" is dropped: the cluster has no device tpu:0.',
      'The pin of "c" is dropped: the cluster has too few devices for a stage 4.',
    ]);
  });

  it('become colocation, support and required stages, and leave the original problem alone', () => {
    const problem = problemWithPins(input, pins([0, { device: 2 }], [2, { device: 2 }], [3, { device: 3 }], [1, { stage: 2 }]));
    expect(problem.colocation[0]).toBe(problem.colocation[2]);
    expect(problem.colocation[1]).toBe(-1);
    expect(problem.colocation[3]).not.toBe(problem.colocation[0]);
    expect([...problem.seconds[1]!].map(Number.isFinite)).toEqual([false, true, false, true]);
    expect([...problem.seconds[0]!].map(Number.isFinite)).toEqual([true, true, true, false]);
    expect([...problem.requiredStage!]).toEqual([-1, 2, -1, -1]);
    expect([...input.problem.colocation]).toEqual([-1, -1, -1, -1]);
    expect(input.problem.seconds[1]!.every(Number.isFinite)).toBe(true);
    expect(problemWithPins(input, pins([0, { device: 2 }])).requiredStage).toBeUndefined();
  });

  it('join a colocation class that is there already', () => {
    const colocated = { ...input, problem: { ...input.problem, colocation: Int32Array.of(5, 5, -1, -1) } };
    const { colocation } = problemWithPins(colocated, pins([0, { device: 1 }], [3, { device: 1 }]));
    expect(colocation[0]).toBe(colocation[1]);
    expect(colocation[0]).toBe(colocation[3]);
  });

  it('rename equal devices, and only those', () => {
    const placement = { assignment: Int32Array.of(0, 0, 1, 3), order: [0, 1, 3] };
    const settled = settlePins(placement, input, pins([2, { device: 0 }]));
    expect([...settled.assignment]).toEqual([1, 1, 0, 3]);
    expect(settled.order).toEqual([1, 0, 3]);
    expect(settlePins(placement, input, pins())).toBe(placement);
    expect(settlePins(placement, input, pins([2, { stage: 1 }]))).toBe(placement);
  });

  it('are kept by any device of a replicated stage, which is laid over them', () => {
    const placement = { assignment: Int32Array.of(0, 0, 2, 3), order: [0, 2, 3], replicas: [2, 1, 1] };
    expect(settlePins(placement, input, pins([0, { device: 2 }]))).toEqual({ assignment: Int32Array.of(1, 1, 0, 3), order: [1, 0, 3], replicas: [2, 1, 1] });
    // two devices of the stage may be named, if they are next to each other
    const both = settlePins(placement, input, pins([0, { device: 2 }], [1, { device: 1 }]));
    expect(both.order).toEqual([1, 0, 3]);
    expect([{ device: 1 }, { device: 2 }, { stage: 0 }].every((to) => keeps(both, 0, to))).toBe(true);
    expect(keeps(both, 0, { device: 0 }) || keeps(both, 0, { stage: 1 })).toBe(false);
    expect(() => settlePins(placement, input, pins([2, { device: 1 }]))).toThrow(/cannot be laid over devices .* Pin to stages instead/);
  });

  it('contradict a plan that puts differently pinned operators together', () => {
    const placement = { assignment: Int32Array.of(0, 0, 1, 1), order: [0, 1] };
    expect(() => settlePins(placement, input, pins([0, { device: 0 }], [1, { device: 2 }]))).toThrow(/pinned to gpu:0 and to gpu:2, but the best plan has them on one device/);
  });
});

describe('pins that no plan keeps', () => {
  const said = (of: ReadonlyMap<number, PinnedTo>, subject = planned): string | null => pinContradiction(subject, of);
  /** a to d in a chain, and apart from it e, which no gpu runs */
  const odd = plannedOn(steady, [...chainOf(['Relu', 'Relu', 'Relu', 'Relu']), { type: 'Odd', inputs: ['x'], outputs: ['e'] }], null);
  const colocated = (...colocation: number[]): typeof planned => ({ ...planned, input: { ...input, problem: { ...input.problem, colocation: Int32Array.from(colocation) } } });

  it.each<[string, ReadonlyMap<number, PinnedTo>, typeof planned, string]>([
    ['an unsupported operator', pins([4, { device: 0 }]), odd, 'gpu:0 does not support “e”.'],
    ['a stage beyond the devices', pins([1, { stage: 4 }]), planned, '“b” is pinned to stage 4, but 4 devices make stages 0 to 3 at most.'],
    ['a stage of one sample', pins([1, { stage: 1 }]), { ...planned, objective: 'latency' }, 'A plan for the latency of one sample has no fixed stages: pin “b” to a device instead.'],
    ['an earlier stage than what it depends on', pins([0, { stage: 1 }], [3, { stage: 0 }]), planned, '“d” is pinned to stage 0, but it depends on “a”, which is pinned to stage 1.'],
    ['nothing before it', pins([0, { stage: 1 }]), planned, '“a” is pinned to stage 1, but nothing can come before it: all other operators depend on it or are pinned behind it.'],
    ['colocated apart', pins([0, { device: 0 }], [2, { device: 1 }]), colocated(3, -1, 3, -1), '“a” is pinned to gpu:0 and “c” to gpu:1, but they must share a device.'],
    ['colocated in two stages', pins([0, { stage: 0 }], [2, { stage: 1 }]), colocated(3, -1, 3, -1), '“a” is pinned to stage 0 and “c” to stage 1, but they must share a device.'],
    ['one between two of another', pins([0, { device: 0 }], [1, { device: 1 }], [2, { device: 0 }]), planned, 'What is pinned to gpu:0 and what is pinned to gpu:1 depend on each other in a circle, so they cannot be apart: “a” and “b” are among them.'],
    ['two stages of what one device ties together', pins([0, { device: 0 }], [3, { device: 0 }], [1, { stage: 0 }], [2, { stage: 1 }]), planned, 'What is pinned to stage 0 and what is pinned to stage 1 depend on each other in a circle, so they cannot be apart: “b” and “c” are among them.'],
    ['what no device runs together', pins([1, { stage: 0 }], [4, { stage: 0 }]), { ...odd, input: { ...odd.input, problem: { ...odd.input.problem, seconds: odd.input.problem.seconds.map((of, c) => (c === 1 ? of.map((s, v) => (v === 1 ? Infinity : s)) : of)) } } }, 'No device supports all that would have to be in stage 0 with “b”.'],
  ])('%s', (_, of, subject, sentence) => {
    expect(said(of, subject)).toBe(sentence);
  });

  it('are none where a plan keeps them', () => {
    expect(said(pins())).toBeNull();
    expect(said(pins([0, { stage: 0 }], [1, { stage: 1 }], [2, { stage: 2 }], [3, { stage: 3 }]))).toBeNull();
    expect(said(pins([0, { device: 2 }], [1, { stage: 0 }], [3, { device: 3 }]))).toBeNull();
  });
});
