import { describe, expect, it } from 'vitest';
import { modelView, planView } from '../../../src/engine/planView';
import { chainOf, judgedAnew, plannedOn, steady } from './planned';

const certificate = { value: 2.2e-3, lowerBound: 2e-3, optimal: false, method: 'linearized' };
const cluster = { name: 'steady', from: 'steady.cluster.json' };

describe('planView', () => {
  const planned = plannedOn(steady, chainOf(['Relu', 'Relu', 'Tanh', 'Relu', 'Relu']), ['gpu:0', 'gpu:0', 'gpu:2', 'gpu:2', 'gpu:1']);
  const view = planView(planned, certificate, cluster, ['first']);
  const plan = view.plan!;

  it('orders stages by the pipeline, whatever the numbers of their devices, and computes their loads', () => {
    expect(plan.stages.map((stage) => [stage.name, stage.device, stage.operatorCount, stage.bottleneck])).toEqual([
      ['0', 'gpu:0', 2, false],
      ['1', 'gpu:2', 2, true],
      ['2', 'gpu:1', 1, false],
    ]);
    expect(plan.stages.map((stage) => stage.loadSeconds)).toEqual([2.1e-3, 2.2e-3, 1.1e-3].map((x) => expect.closeTo(x, 9) as number));
    for (const stage of plan.stages) expect(stage.computeSeconds + stage.communicationSeconds).toBeCloseTo(stage.loadSeconds, 12);
    expect(plan.stages[1]!.heaviest.map(({ type, count }) => [type, count])).toEqual([['Relu', 1], ['Tanh', 1]]);
  });

  it('gives every operator its stage and the time on its device', () => {
    expect(view.operators.map((operator) => operator.stage)).toEqual([0, 0, 1, 1, 2]);
    for (const operator of view.operators) expect(operator.seconds).toBeCloseTo(1e-3, 9);
  });

  it('names the cuts with the time that they cost, be it at the receiving end alone', () => {
    expect(plan.cuts.map((cut) => [view.tensors[cut.tensor]!.name, cut.from, cut.to])).toEqual([['b', 0, [1]], ['d', 1, [2]]]);
    for (const cut of plan.cuts) expect(cut.transferSeconds).toBeCloseTo(1e-4, 9);
    const fromHost = planView(plannedOn(steady, chainOf(['Relu', 'Relu']), ['cpu:0', 'gpu:1']), certificate, cluster, []).plan!;
    expect(fromHost.stages.map((stage) => stage.communicationSeconds)).toEqual([0, expect.closeTo(1e-4, 9)]);
    expect(fromHost.cuts[0]!.transferSeconds).toBeCloseTo(1e-4, 9);
  });

  it('says in one sentence how good the plan is', () => {
    expect(plan.certificate.sentence).toBe('within 10.0 % of the best possible');
    const best = planView(planned, { ...certificate, value: 2e-3, optimal: true }, cluster, []);
    expect(best.plan!.certificate.sentence).toBe('optimal: no contiguous split of this graph is faster');
    const pinned = plannedOn(steady, chainOf(['Relu', 'Relu']), ['gpu:0', 'gpu:1'], new Map([[0, { device: 0 }]]));
    expect(planView(pinned, { ...certificate, optimal: true }, cluster, []).plan!.certificate.sentence).toBe('optimal: no contiguous split of this graph that keeps the pin is faster');
    expect(planView(planned, { ...certificate, lowerBound: 0 }, cluster, []).plan!.certificate.sentence).toMatch(/^not proven/);
  });

  it('warns of memory that is nearly full', () => {
    const tight = plannedOn(steady, chainOf(['Relu', 'Relu']), ['gpu:0', 'gpu:1']);
    tight.input.problem.residentBytes[1] = 0.95e6;
    const { warnings } = planView(judgedAnew(tight), certificate, cluster, ['first']);
    expect(warnings).toEqual(['first', expect.stringMatching(/^The memory of gpu:1 is nearly full: 950 kB of 1\.00 MB \(95\.\d %\)\.$/) as string]);
    expect(view.warnings).toEqual(['first']);
  });

  it('is plain data', () => {
    expect(structuredClone(view)).toEqual(view);
    expect(JSON.parse(JSON.stringify(view))).toEqual(view);
  });
});

describe('modelView', () => {
  it('shows times of the fastest class, and what costs nothing', () => {
    const nodes = [{ type: 'Constant', inputs: [], outputs: ['k'], foldable: true }, { type: 'Odd', inputs: ['x', 'k'], outputs: ['y'] }, { type: 'Relu', inputs: ['y'], outputs: ['z'] }];
    const view = modelView(plannedOn(steady, nodes, null));
    expect(view.plan).toBeNull();
    expect(view.operators.map(({ foldable, stage }) => [foldable, stage])).toEqual([[true, -1], [false, -1], [false, -1]]);
    expect(view.operators[0]!.seconds).toBe(0);
    // no formula for Odd: its time is not known, and that is said
    expect(view.operators[1]!.seconds).toBeNull();
    expect(view.operators[2]!.seconds).toBeCloseTo(1e-3, 9);
    expect(view.warnings).toEqual([expect.stringMatching(/^The cost of 1 operator is not fully known and counts too low: there is no formula for Odd\.$/) as string]);
  });
});
