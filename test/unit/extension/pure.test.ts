import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBindings, offeredBindings, parseBindings } from '../../../src/extension/bindings';
import { progressText } from '../../../src/extension/progressText';
import { USUAL_PLANNING } from '../../../src/shared/planning';
import { validateMessage } from '../../../src/extension/validateMessage';

const dimensions = (...symbols: string[]) => symbols.map((symbol, i) => ({ symbol, value: i + 1, occurrences: [`x[${i}]`] }));

describe('the sizes of free dimensions', () => {
  it('are read as they are written', () => {
    const symbol = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !/[,;\n]/.test(text) && text !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(symbol, fc.nat(), { minKeys: 1, noNullPrototype: true }), (bindings) => {
        expect(parseBindings(formatBindings(bindings), dimensions(...Object.keys(bindings)))).toEqual(bindings);
      }),
    );
  });

  it.each([
    ['', 'Still to be given: batch=…, seq=…'],
    ['batch=1', 'Still to be given: seq=…'],
    ['batch=1, seq', '“seq” is not of the form name=number.'],
    ['batch=1, sequence=2', 'no dimension “sequence”'],
    ['batch=1, batch=2', '“batch” is given twice.'],
    ['batch=1.5, seq=1', '“batch” must be a whole number, not “1.5”.'],
    ['batch=-1, seq=1', '“batch” must be a whole number, not “-1”.'],
    ['batch=, seq=1', '“batch” must be a whole number, not “”.'],
    ['batch=9999999999999999, seq=1', '“batch” must be a whole number'],
  ])('in "%s" are not taken', (text, problem) => {
    expect(parseBindings(text, dimensions('batch', 'seq'))).toContain(problem);
  });

  it('may have blanks and a last comma', () => {
    expect(parseBindings(' batch = 1 ;seq=128,', dimensions('batch', 'seq'))).toEqual({ batch: 1, seq: 128 });
  });

  it('are offered as they were given last, and never from the prototype', () => {
    expect(offeredBindings(dimensions('batch', 'seq', 'toString'), { seq: 77, other: 5 })).toEqual({ batch: 1, seq: 77, toString: 3 });
  });
});

describe('progress', () => {
  it.each([
    [{ phase: 'reading' }, 'reading'],
    [{ phase: 'laying out', fraction: 0.499 }, 'laying out, 49 %'],
    [{ phase: 'searching', incumbent: Infinity }, 'searching'],
    [{ phase: 'searching', incumbent: 0.00137 }, 'searching · best so far 1.37 ms'],
    [{ phase: 'searching', incumbent: 0.00102, lowerBound: 0.001 }, 'searching · best so far 1.02 ms, within 2.00 % of the best possible'],
    [{ phase: 'searching', incumbent: 0.001, lowerBound: 0 }, 'searching · best so far 1.00 ms'],
  ])('%j is said as "%s"', (progress, text) => {
    expect(progressText(progress)).toBe(text);
  });
});

describe('messages of the view', () => {
  it.each([
    { type: 'ready' },
    { type: 'partition', planning: null },
    { type: 'partition', planning: USUAL_PLANNING },
    { type: 'partition', planning: { ...USUAL_PLANNING, objective: 'gpipe', replicas: 4, microBatches: 32, optimizer: 'sgd' } },
    { type: 'partition', planning: { ...USUAL_PLANNING, objective: 'latency', slots: 2, method: 'linearized' } },
    { type: 'save' },
    { type: 'layout', showFoldable: true, grouped: false, expanded: ['0:/layers.1'] },
    { type: 'explain', operator: 12 },
    { type: 'compareMethods' },
    { type: 'comparePlan', method: null },
    { type: 'comparePlan', method: 'pipedream' },
    { type: 'comparePlan', method: 'ordered-integer' },
    { type: 'endComparison' },
    { type: 'explainPlan' },
    { type: 'timeline', choice: { schedule: null, microBatches: null } },
    { type: 'exportTrace', choice: { schedule: 'interleaved', microBatches: 8 } },
    { type: 'openSidecar' },
    { type: 'copy', text: 'Conv' },
  ])('%j is taken', (message) => {
    expect(validateMessage({ ...message, more: 'than asked' })).toEqual(message);
  });

  it.each([
    null,
    undefined,
    'ready',
    [],
    {},
    { type: 'toString' },
    { type: '__proto__' },
    { type: 'layout' },
    { type: 'layout', showFoldable: true, grouped: false, expanded: [7] },
    { type: 'layout', showFoldable: true, grouped: false, expanded: 'all' },
    { type: 'layout', showFoldable: true, grouped: 1, expanded: [] },
    { type: 'layout', showFoldable: true, expanded: [] },
    { type: 'partition' },
    { type: 'partition', planning: { ...USUAL_PLANNING, objective: 'fun' } },
    { type: 'partition', planning: { ...USUAL_PLANNING, objective: 'latency', method: 'coarsened' } },
    { type: 'partition', planning: { ...USUAL_PLANNING, replicas: 0 } },
    { type: 'partition', planning: { ...USUAL_PLANNING, microBatches: 1.5 } },
    { type: 'layout', showFoldable: 'yes', grouped: false, expanded: [] },
    { type: 'timeline', choice: null },
    { type: 'timeline', choice: { schedule: 'waltz', microBatches: null } },
    { type: 'exportTrace', choice: { schedule: 'gpipe', microBatches: 0 } },
    { type: 'comparePlan' },
    { type: 'comparePlan', method: 'magic' },
    { type: 'comparePlan', method: 'local-search' },
    { type: 'explain', operator: -1 },
    { type: 'explain', operator: 0.5 },
    { type: 'explain', operator: '1' },
    { type: 'copy', text: 'x'.repeat((1 << 20) + 1) },
    Object.create({ type: 'ready' }) as unknown,
  ])('%j is refused', (message) => {
    expect(validateMessage(message)).toBeUndefined();
  });

  it('never make it throw', () => {
    fc.assert(fc.property(fc.anything(), (value) => void validateMessage(value)));
  });
});
