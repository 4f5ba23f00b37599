import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeBetween, changeTo, withChange, type PlanState } from '../../../src/shared/planChange';
import type { PlanView } from '../../../src/shared/planView';
import { transformerView } from '../../fixtures/planViews';

const view = transformerView(100, 3);

/** A plan of the same model in which some operators are elsewhere, and take another time or an unknown one. */
const states = fc.array(fc.record({ operator: fc.nat(view.operators.length - 1), stage: fc.nat(2), seconds: fc.option(fc.double({ min: 0, max: 1, noNaN: true })) })).map((changes): PlanState => {
  const stages = Int32Array.from(view.operators, ({ stage }) => stage);
  const seconds = Float64Array.from(view.operators, (operator) => operator.seconds ?? NaN);
  for (const { operator, stage, seconds: time } of changes) [stages[operator], seconds[operator]] = [stage, time ?? NaN];
  return { stages, seconds, plan: { ...view.plan!, objective: `after ${changes.length}` }, warnings: [`${changes.length} changes`] };
});

describe('a change of a plan', () => {
  it('leads from any view of a model to a state of it, and back, and names only what differs', () => {
    fc.assert(
      fc.property(states, states, (first, second) => {
        let shown: PlanView = view;
        for (const state of [first, second]) {
          const change = changeTo(shown, state);
          expect(change.operators.every((i) => shown.operators[i]!.stage !== state.stages[i] || !Object.is(shown.operators[i]!.seconds ?? NaN, state.seconds[i]))).toBe(true);
          const next = withChange(shown, change);
          expect(next.operators.map(({ stage }) => stage)).toEqual([...state.stages]);
          expect(next.operators.map(({ seconds }) => seconds ?? NaN)).toEqual([...state.seconds]);
          expect(next).toMatchObject({ plan: state.plan, warnings: state.warnings });
          const back = changeBetween(next, shown);
          expect(withChange(next, back!)).toEqual(shown);
          shown = next;
        }
        expect(view).toEqual(transformerView(100, 3));
      }),
    );
  });

  it('does not lead to a view of another reading of the model, or to no plan', () => {
    expect(changeBetween(view, transformerView(100, 3))).toBeNull();
    expect(changeBetween(view, { ...view, plan: null })).toBeNull();
    expect(changeBetween(view, view)).toMatchObject({ operators: [] });
  });
});
