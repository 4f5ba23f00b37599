import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawnOperators } from '../../../src/layout/drawnOperators';
import { groupOperators } from '../../../src/layout/groups';
import { MOST_CHILDREN } from '../../../src/layout/parts';
import { scopesOf } from '../../../src/layout/scopes';
import type { PlanView } from '../../../src/shared/planView';
import { tinyView, transformerView } from '../../fixtures/planViews';

describe('scopesOf', () => {
  it.each([
    ['/model/layers.3/attn/MatMul', ['model', 'layers.3', 'attn']],
    ['model.layers.3.attn.matmul', ['model', 'layers.3', 'attn']],
    ['/layers.12.attn.c_attn/matmul', ['layers.12', 'attn', 'c_attn']],
    ['/layers/3/Add', ['layers', '3']],
    ['//a//Add', ['a']],
    ['Conv_17', []],
    ['17', []],
    ['', []],
    ['/', []],
  ])('of %s are %j', (name, scopes) => expect(scopesOf(name)).toEqual(scopes));

  it('are never more than can be drawn in each other', () => {
    fc.assert(fc.property(fc.string(), (name) => scopesOf(name).length <= 12));
    expect(scopesOf('/a'.repeat(100_000)).length).toBe(12);
  });
});

/** Operators with these names in a chain, all in one stage. */
function named(names: readonly string[], type = (i: number): string => `T${i % 4}`): PlanView {
  const template = tinyView(1);
  return {
    ...template,
    operators: names.map((name, i) => ({ ...template.operators[0]!, id: `t${i}`, name, type: type(i), inputs: [], outputs: [i], stage: 0 })),
    tensors: names.map((_, i) => ({ ...template.tensors[0]!, name: `t${i}`, kind: 'activation' as const, producer: i, consumers: i + 1 < names.length ? [i + 1] : [] })),
  };
}

const grouped = (view: PlanView) => groupOperators(view, drawnOperators(view, true));

describe('groupOperators', () => {
  const layers = (count: number): string[] => Array.from({ length: count }, (_, l) => Array.from({ length: 4 }, (_, i) => `/model/layers.${l}/op${i}`)).flat();

  it('folds layers that are alike into one box with a count', () => {
    const { groups } = grouped(named(['/in', '/in2', '/in3', ...layers(32), '/out']));
    expect(groups[0]).toMatchObject({ label: 'layers.0–31', kind: 'alike', alike: 32, operatorCount: 128, parent: -1 });
    expect(groups.slice(1).map(({ label, parent }) => [label, parent])).toEqual(Array.from({ length: 32 }, (_, l) => [`layers.${l}`, 0]));
  });

  it('keeps a layer that differs apart', () => {
    const { groups } = grouped(named(layers(12), (i) => (i === 21 ? 'Other' : `T${i % 4}`)));
    expect(groups.filter(({ parent }) => parent < 0).map(({ label, alike }) => [label, alike])).toEqual([['layers.0–4', 5], ['layers.5', 0], ['layers.6–11', 6]]);
  });

  it('splits what names do not structure into parts of the order', () => {
    const { groups, groupOf } = grouped(named(Array.from({ length: 5000 }, (_, i) => String(i))));
    expect(groups.every(({ kind }) => kind === 'part')).toBe(true);
    expect(groups[0]!.label).toBe('1–71');
    expect(groups.reduce((sum, { operatorCount }) => sum + operatorCount, 0)).toBe(5000);
    expect(groups.length).toBeLessThan(MOST_CHILDREN);
    expect([...groupOf]).toEqual([...groupOf].sort((a, b) => a - b));
  });

  it('never crosses stages, and sums what is in a group', () => {
    const view = transformerView(2000, 4);
    const { groups, groupOf } = grouped(view);
    groupOf.forEach((g, o) => g >= 0 && expect(groups[g]!.stage).toBe(view.operators[o]!.stage));
    for (const [g, { operatorCount, seconds }] of groups.entries()) {
      const own = view.operators.filter((_, o) => {
        for (let at = groupOf[o]!; at >= 0; at = groups[at]!.parent) if (at === g) return true;
        return false;
      });
      expect(own.length).toBe(operatorCount);
      expect(seconds).toBeCloseTo(own.reduce((sum, { seconds: s }) => sum + (s ?? 0), 0), 9);
    }
  });

  it('gives every group a key of its own, outer before inner, whatever the names', () => {
    const part = fc.constantFrom('a', 'b', 'c.0', 'c.1', '0', '1');
    fc.assert(
      fc.property(fc.array(fc.array(part, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`), { maxLength: 400 }), (names) => {
        const { groups, groupOf } = grouped(named(names));
        expect(new Set(groups.map(({ key }) => key)).size).toBe(groups.length);
        groups.forEach(({ parent }, g) => expect(parent).toBeLessThan(g));
        const children = new Map<number, number>();
        for (const parent of [...groups.map(({ parent: p }) => p), ...groupOf]) children.set(parent, (children.get(parent) ?? 0) + 1);
        for (const count of children.values()) expect(count).toBeLessThanOrEqual(MOST_CHILDREN);
      }),
      { numRuns: 60 },
    );
  });
});
