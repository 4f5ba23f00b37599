import { describe, expect, it } from 'vitest';
import { explainOperator } from '../../../src/engine/explainOperator';
import { chainOf, plannedOn, steady } from './planned';

const relus = chainOf(['Relu', 'Relu', 'Relu', 'Relu', 'Relu', 'Relu']);
const even = ['gpu:0', 'gpu:0', 'gpu:1', 'gpu:1', 'gpu:2', 'gpu:2'];

describe('explainOperator', () => {
  it('says what moving an operator at a cut would cost', () => {
    const planned = plannedOn(steady, relus, even);
    // stage 1 takes 2 + 0.2 ms; with c, stage 0 takes 3 + 0.1 ms
    expect(explainOperator(planned, 2)).toBe(
      'Stage 1; the operator reads from stage 0. Moving it to stage 0 would raise stage 0 to 3.10 ms per sample, 40.9 % more than the pipeline takes now. ' +
        'Moving it to stage 2 takes 1 operator along, which would raise stage 2 to 4.10 ms per sample, 86.4 % more than the pipeline takes now. It would leave gpu:1 without work.',
    );
  });

  it('takes along what has to move with an operator inside a stage', () => {
    const planned = plannedOn(steady, chainOf(['Relu', 'Relu', 'Relu', 'Relu', 'Relu']), ['gpu:0', 'gpu:1', 'gpu:1', 'gpu:1', 'gpu:2']);
    expect(explainOperator(planned, 2)).toBe(
      'Stage 1. Moving it to stage 0 takes 1 operator along, which would lower the time per sample to 3.10 ms. ' +
        'Moving it to stage 2 takes 1 operator along, which would lower the time per sample to 3.10 ms.',
    );
  });

  it('says that it makes no difference where it makes none', () => {
    const planned = plannedOn(steady, chainOf(['Relu', 'Relu', 'Relu', 'Relu']), ['gpu:0', 'gpu:1', 'gpu:1', 'gpu:1']);
    expect(explainOperator(planned, 0)).toMatch(/^Stage 0; the operator feeds stage 1\. Moving it to stage 1 would raise stage 1 to 4\.00 ms per sample, 29\.0 % more than the pipeline takes now\. It would leave gpu:0 without work\.$/);
    const twins = plannedOn(steady, chainOf(['Relu', 'Relu', 'Relu']), ['gpu:0', 'gpu:0', 'gpu:1']);
    expect(explainOperator(twins, 1)).toMatch(/would leave the time per sample as it is, and bring that stage to 2\.10 ms\.$/);
  });

  it('names what a device cannot run, does not run alone, or cannot hold', () => {
    const odd = plannedOn(steady, chainOf(['Relu', 'Odd', 'Relu', 'Relu']), ['gpu:0', 'cpu:0', 'gpu:1', 'gpu:1']);
    expect(explainOperator(odd, 1)).toBe(
      "Stage 1; the operator reads from stage 0 and feeds stage 2. Of this cluster's devices, only cpu runs Odd. It cannot move to stage 0: gpu does not run Odd. It cannot move to stage 2: gpu does not run Odd.",
    );
    const tight = { ...steady, devices: [{ ...steady.devices[0]!, memoryBytes: 500 }, steady.devices[1]!] };
    const heavy = relus.map((node, i) => ({ ...node, ...(i === 1 || i === 2 ? { type: 'Add', inputs: [...node.inputs, `w${i}`] } : {}) }));
    const planned = plannedOn(tight, heavy, even);
    planned.input.problem.residentBytes[1] = 400;
    planned.input.problem.residentBytes[2] = 400;
    expect(explainOperator(planned, 2)).toMatch(/Moving it to stage 0 would not fit: gpu:0 would need 928 B of 500 B\./);
  });

  it('knows pins, foldable operators, single stages and models without a plan', () => {
    expect(explainOperator(plannedOn(steady, relus, even, new Map([[2, { device: 1 }]])), 2)).toBe('Stage 1, because it is pinned to gpu:1.');
    expect(explainOperator(plannedOn(steady, relus, even, new Map([[2, { stage: 1 }]])), 2)).toBe('Stage 1, because it is pinned to stage 1.');
    expect(explainOperator(plannedOn(steady, relus, even, new Map([[2, { stage: 0 }]])), 2)).toBe('Stage 1. It is pinned to stage 0, and this plan does not keep that: solve it again with the pins.');
    expect(explainOperator(plannedOn(steady, relus, even, new Map([[1, { device: 0 }]])), 0)).toMatch(/"b", which would have to move along, is pinned/);
    const folded = [{ type: 'Constant', inputs: [], outputs: ['k'], foldable: true }, { type: 'Add', inputs: ['x', 'k'], outputs: ['y'] }];
    expect(explainOperator(plannedOn(steady, folded, ['gpu:0', 'gpu:0']), 0)).toMatch(/^Stage 0: its value follows from weights/);
    expect(explainOperator(plannedOn(steady, relus, relus.map(() => 'gpu:0')), 0)).toMatch(/^Stage 0: the whole model runs on gpu:0\./);
    expect(explainOperator(plannedOn(steady, relus, null), 0)).toBe('There is no plan yet.');
  });
});
