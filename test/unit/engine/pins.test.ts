import { describe, expect, it } from 'vitest';
import { problemWithPins, settlePins, sortPins } from '../../../src/engine/pins';
import { chainOf, plannedOn, steady } from './planned';

const { prepared, input } = plannedOn(steady, chainOf(['Relu', 'Relu', 'Relu', 'Relu']), null);

describe('pins', () => {
  it('are dropped, with a word, where their operator or device is gone', () => {
    const sorted = sortPins([{ operator: 'b', device: 'gpu:1' }, { operator: 'ghost', device: 'gpu:1' }, { operator: 'c', device: 'tpu:0' }], prepared.graph, input);
    expect([...sorted.pinned]).toEqual([[1, 1]]);
    expect(sorted.kept).toEqual([{ operator: 'b', device: 'gpu:1' }]);
    expect(sorted.warnings).toEqual([
      'The pin of "ghost" is dropped: the model has no such operator any more.',
      'The pin of "c" is dropped: the cluster has no device tpu:0.',
    ]);
  });

  it('become colocation and support, and leave the original problem alone', () => {
    const problem = problemWithPins(input, new Map([[0, 2], [2, 2], [3, 3]]));
    expect(problem.colocation[0]).toBe(problem.colocation[2]);
    expect(problem.colocation[1]).toBe(-1);
    expect(problem.colocation[3]).not.toBe(problem.colocation[0]);
    expect([...problem.seconds[1]!].map(Number.isFinite)).toEqual([false, true, false, true]);
    expect([...problem.seconds[0]!].map(Number.isFinite)).toEqual([true, true, true, false]);
    expect([...input.problem.colocation]).toEqual([-1, -1, -1, -1]);
    expect(input.problem.seconds[1]!.every(Number.isFinite)).toBe(true);
  });

  it('join a colocation class that is there already', () => {
    const colocated = { ...input, problem: { ...input.problem, colocation: Int32Array.of(5, 5, -1, -1) } };
    const { colocation } = problemWithPins(colocated, new Map([[0, 1], [3, 1]]));
    expect(colocation[0]).toBe(colocation[1]);
    expect(colocation[0]).toBe(colocation[3]);
  });

  it('rename equal devices, and only those', () => {
    const placement = { assignment: Int32Array.of(0, 0, 1, 3), order: [0, 1, 3] };
    const settled = settlePins(placement, input, new Map([[2, 0]]));
    expect([...settled.assignment]).toEqual([1, 1, 0, 3]);
    expect(settled.order).toEqual([1, 0, 3]);
    expect(settlePins(placement, input, new Map())).toBe(placement);
  });

  it('contradict a plan that puts differently pinned operators together', () => {
    const placement = { assignment: Int32Array.of(0, 0, 1, 1), order: [0, 1] };
    expect(() => settlePins(placement, input, new Map([[0, 0], [1, 2]]))).toThrow(/pinned to gpu:0 and to gpu:2, but the best plan has them on one device/);
  });
});
