import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editOf } from '../../../src/extension/editChoice';
import { editedView, editsOf, isHistory, startHistory, stepped, withStep, type EditHistory, type EditStep } from '../../../src/extension/editHistory';
import { validateMessage } from '../../../src/extension/validateMessage';
import { costOfEdits } from '../../../src/shared/planEdits';
import { transformerView } from '../../fixtures/planViews';

const reference = { value: 1.37e-3, optimal: true };
const moving = (operator: string): EditStep => ({ said: `Moved ${operator}.`, edit: { kind: 'move', operators: [operator], stage: 1, along: false } });
const solving = (text: string): EditStep => ({ said: 'Solved.', solved: text });
const operatorsIn = (history: EditHistory): string[] => editsOf(history).edits.flatMap(({ operators }) => operators);

describe('the history of a plan', () => {
  it('goes back and forth as far as there are steps, whatever they are', () => {
    const step = fc.oneof(fc.string().map(moving), fc.string().map(solving));
    fc.assert(
      fc.property(fc.array(fc.oneof(step.map((taken) => ({ taken })), fc.constantFrom(-1 as const, 1 as const))), (actions) => {
        let history = startHistory('base', reference);
        const done: EditStep[] = [];
        let undone: EditStep[] = [];
        for (const action of actions) {
          if (typeof action === 'object') {
            history = withStep(history, action.taken);
            done.push(action.taken);
            undone = [];
          } else {
            history = stepped(history, action);
            const [from, to] = action < 0 ? [done, undone] : [undone, done];
            const moved = from.pop();
            if (moved) to.push(moved);
          }
          const lastSolved = done.findLastIndex((taken) => 'solved' in taken);
          const solved = done[lastSolved];
          expect(editsOf(history)).toEqual({
            text: solved && 'solved' in solved ? solved.solved : 'base',
            edits: done.slice(lastSolved + 1).flatMap((taken) => ('edit' in taken ? [taken.edit] : [])),
          });
          expect(editedView(history) ?? { canUndo: false, canRedo: false }).toMatchObject({ canUndo: done.length > 0, canRedo: undone.length > 0 });
          expect(isHistory(JSON.parse(JSON.stringify(history)))).toBe(true);
        }
      }),
    );
  });

  it('says what was undone', () => {
    const two = withStep(withStep(startHistory('base', reference), moving('a')), moving('b'));
    const one = stepped(two, -1);
    expect(one.said).toBe('Undone: Moved b.');
    expect(operatorsIn(one)).toEqual(['a']);
    expect(stepped(one, 1)).toMatchObject({ said: 'Done again: Moved b.', at: 2 });
    expect(stepped(two, 1)).toBe(two);
  });

  it.each([null, 3, {}, { ...startHistory('b', reference), at: 1 }, { ...startHistory('b', reference), steps: [{ said: 'x' }] }, { ...startHistory('b', reference), reference: {} }, { ...withStep(startHistory('b', reference), { said: '', edit: { kind: 'move', operators: ['a'], stage: -1, along: true } }) }])(
    'is not taken from the disk as %j',
    (value) => {
      expect(isHistory(value)).toBe(false);
    },
  );

  it.each([
    [{ device: 'a100:0' }, true],
    [{ stage: 2 }, true],
    [{ device: 'a100:0', stage: 2 }, false],
    [{ stage: 'x' }, false],
    [{}, false],
  ])('has pins to %j: %j', (to, taken) => {
    const history = JSON.parse(JSON.stringify(startHistory('b', reference))) as object;
    expect(isHistory({ ...history, steps: [{ said: '', edit: { kind: 'pin', operators: ['a'], ...to } }] })).toBe(taken);
  });
});

describe('what the panel asks for', () => {
  const view = transformerView(100, 3);
  const operator = view.operators.findIndex(({ name, foldable }) => !foldable && name.startsWith('/layers.0/'));
  const { id, name } = view.operators[operator]!;

  it('becomes an edit by ids and devices', () => {
    const other = view.operators.findLastIndex(({ foldable }) => !foldable);
    expect(editOf(view, { kind: 'move', operators: [operator, other], stage: 2, along: true })).toEqual({ edit: { kind: 'move', operators: [id, view.operators[other]!.id], stage: 2, along: true } });
    expect(editOf(view, { kind: 'cut', from: 0, to: 1, step: 'best' })).toEqual({ cut: { from: 0, to: 1, step: 'best' } });
    expect(editOf(view, { kind: 'pin', operator, scope: '', to: { device: 'a100:2' } })).toEqual({ edit: { kind: 'pin', operators: [id], device: 'a100:2' } });
    expect(editOf(view, { kind: 'pin', operator, scope: '', to: { stage: 1 } })).toEqual({ edit: { kind: 'pin', operators: [id], stage: 1 } });
    expect(editOf(view, { kind: 'unpin', operator, scope: '' })).toEqual({ edit: { kind: 'unpin', operators: [id] } });
    const scope = name.slice(0, name.indexOf('/', 1));
    const asked = editOf(view, { kind: 'pin', operator, scope, to: { stage: 2 } });
    const pinned = asked && 'edit' in asked ? asked.edit : undefined;
    expect(pinned?.operators).toEqual(view.operators.filter((one) => !one.foldable && one.name.startsWith(`${scope}/`)).map((one) => one.id));
    expect(pinned?.operators.length).toBeGreaterThan(1);
  });

  it('is nothing where the plan has no such operator, stage or scope', () => {
    expect(editOf(view, { kind: 'move', operators: [operator, view.operators.length], stage: 0, along: false })).toBeUndefined();
    expect(editOf(view, { kind: 'move', operators: [operator], stage: 3, along: false })).toBeUndefined();
    expect(editOf(view, { kind: 'cut', from: 1, to: 3, step: 'later' })).toBeUndefined();
    expect(editOf(view, { kind: 'cut', from: 1, to: 1, step: 'later' })).toBeUndefined();
    expect(editOf(view, { kind: 'pin', operator, scope: '/elsewhere', to: { stage: 0 } })).toBeUndefined();
    expect(editOf({ ...view, plan: null }, { kind: 'pin', operator, scope: '', to: { stage: 0 } })).toBeUndefined();
    expect(editOf({ ...view, plan: null }, { kind: 'cut', from: 0, to: 1, step: 'best' })).toBeUndefined();
  });

  it.each([
    { type: 'edit', choice: { kind: 'move', operators: [1, 7], stage: 0, along: false } },
    { type: 'edit', choice: { kind: 'cut', from: 0, to: 1, step: 'earlier' } },
    { type: 'edit', choice: { kind: 'pin', operator: 1, scope: '/layers.0', to: { device: 'a100:1' } } },
    { type: 'edit', choice: { kind: 'pin', operator: 1, scope: '', to: { stage: 3 } } },
    { type: 'pinOptions', operator: 3, scope: '/layers.0' },
    { type: 'edit', choice: { kind: 'unpin', operator: 1, scope: '' } },
    { type: 'moveOptions', question: 1, operators: [3] },
    { type: 'previewMove', question: 2, move: { operators: [3], stage: 1, along: true } },
    { type: 'timelineShown', shown: false },
    { type: 'undoEdit' },
    { type: 'redoEdit' },
    { type: 'resolveWithPins' },
  ])('%j is taken', (message) => {
    expect(validateMessage({ ...message, more: 1 })).toEqual(message);
  });

  it.each([
    { type: 'edit' },
    { type: 'edit', choice: null },
    { type: 'edit', choice: { kind: 'move', operators: [1], stage: -1, along: false } },
    { type: 'edit', choice: { kind: 'move', operators: [1.5], stage: 0, along: false } },
    { type: 'edit', choice: { kind: 'move', operators: [1], stage: 0 } },
    { type: 'edit', choice: { kind: 'move', operators: [], stage: 0, along: false } },
    { type: 'edit', choice: { kind: 'move', operators: 1, stage: 0, along: false } },
    { type: 'edit', choice: { kind: 'move', operators: [2, 1], stage: 0, along: false } },
    { type: 'edit', choice: { kind: 'move', operators: [1, 1], stage: 0, along: false } },
    { type: 'edit', choice: { kind: 'cut', from: 0, to: 1, step: 'away' } },
    { type: 'edit', choice: { kind: 'cut', from: 0, step: 'best' } },
    { type: 'edit', choice: { kind: 'pin', operator: 1, to: { stage: 1 } } },
    { type: 'edit', choice: { kind: 'pin', operator: 1, scope: 3, to: { stage: 1 } } },
    { type: 'edit', choice: { kind: 'pin', operator: 1, scope: '' } },
    { type: 'edit', choice: { kind: 'pin', operator: 1, scope: '', to: {} } },
    { type: 'edit', choice: { kind: 'pin', operator: 1, scope: '', to: { stage: -1 } } },
    { type: 'edit', choice: { kind: 'pin', operator: 1, scope: '', to: { device: 1 } } },
    { type: 'edit', choice: { kind: 'pin', operator: 1, scope: '', to: { device: 'a100:1', stage: 1 } } },
    { type: 'edit', choice: { kind: 'pin', operator: 1, scope: '', to: { stage: 1, operators: ['x'] } } },
    { type: 'pinOptions', operator: 3 },
    { type: 'edit', choice: { kind: 'remove', operator: 1, scope: '' } },
    { type: 'moveOptions' },
    { type: 'moveOptions', question: 1, operators: ['3'] },
    { type: 'previewMove', question: 1, move: { operators: [3], stage: 1 } },
    { type: 'previewMove', move: { operators: [3], stage: 1, along: true } },
    { type: 'timelineShown', shown: 1 },
  ])('%j is refused', (message) => {
    expect(validateMessage(message)).toBeUndefined();
  });
});

describe('what a change costs', () => {
  it.each([
    [1.41e-3, reference, '+2.92 % against the optimal plan (1.41 ms vs 1.37 ms)'],
    [1.37e-3, reference, 'As fast as the optimal plan (1.37 ms)'],
    [1.3703e-3, reference, '+0.0219 % against the optimal plan (+300 ns at 1.37 ms)'],
    [1.3e-3, { value: 1.37e-3, optimal: false }, '−5.11 % against the plan before the edits (1.30 ms vs 1.37 ms)'],
  ])('%d against %j is said as "%s"', (value, before, text) => {
    expect(costOfEdits(value, before)).toBe(text);
  });
});
