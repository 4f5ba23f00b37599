import { describe, expect, it } from 'vitest';
import { joinNames } from '../../../../src/profile/import/joinNames';
import { sketchOperators } from '../../../fixtures/operatorGraphs';

const body = sketchOperators([{ type: 'Exp', name: 'inner', reads: ['y'], writes: ['z'] }]);
const graph = sketchOperators([
  { type: 'MatMul', name: '/l/MatMul', reads: ['x'], writes: ['a'] },
  { type: 'Add', name: '/l/MatMul_1', reads: ['a'], writes: ['b'] },
  { type: 'Relu', name: 'twice', reads: ['b'], writes: ['c'] },
  { type: 'Relu', name: 'twice', reads: ['c'], writes: ['d'] },
  { type: 'If', name: 'd', reads: ['d'], writes: ['e'], bodies: [body] },
  { type: 'Constant', name: 'const', writes: ['k'], foldable: true },
]);
const join = (named: Readonly<Record<string, number>>, first: 'nodes' | 'operators' = 'nodes', nodeNames?: readonly string[]) =>
  joinNames(graph, new Map(Object.entries(named)), first, (operator) => (operator === 1 ? 3 : 1), nodeNames);

describe('names of measurements', () => {
  it('are those of nodes or of first outputs, in the order asked for', () => {
    expect([...join({ '/l/MatMul': 1, b: 2 }).values]).toEqual([[0, 1], [1, 2]]);
    expect([...join({ d: 5 }, 'nodes').values]).toEqual([[4, 5]]);
    expect([...join({ d: 5 }, 'operators').values]).toEqual([[3, 5]]);
    expect([...join({ 'n:2': 5 }, 'nodes', ['n:0', 'n:1', 'n:2', 'n:3', 'n:4', 'n:5']).values]).toEqual([[2, 5]]);
  });

  it('that several nodes have, or none, say nothing; those inside bodies and of what is computed beforehand are left out', () => {
    const { values, unknown, fused } = join({ twice: 1, stranger: 2, '': 3, inner: 4, const: 5 });
    expect([[...values], unknown, fused]).toEqual([[], ['twice', 'stranger', ''], []]);
  });

  it('of fused operators are shared among those that they name, by their work', () => {
    const { values, fused, unknown } = join({ 'fused(/l/MatMul,/l/MatMul_1)': 8, '/l/MatMul_1_quant': 2, '/l/MatMul_10': 1 });
    // the longest name at each place; a name that goes on with a digit or a letter is another one
    expect(fused).toEqual([
      { name: 'fused(/l/MatMul,/l/MatMul_1)', operators: [0, 1] },
      { name: '/l/MatMul_1_quant', operators: [1] },
      { name: '/l/MatMul_10', operators: [0] },
    ]);
    expect(unknown).toEqual([]);
    expect(values.get(0)).toBeCloseTo(3);
    expect(values.get(1)).toBeCloseTo(8);
  });

  it('that are very long cost nothing', () => {
    expect(join({ ['/a'.repeat(1e6)]: 1, ['.-'.repeat(2000)]: 1 }).unknown.length).toBe(2);
  });
});
