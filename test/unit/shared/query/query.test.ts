import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findOperators } from '../../../../src/shared/query/findOperators';
import { formatMetric, metricOf, METRICS } from '../../../../src/shared/query/metrics';
import { FLAGS, parseQuery, STAGE_FIELDS, TEXT_FIELDS, type Term } from '../../../../src/shared/query/parseQuery';
import { cnnView } from '../../../fixtures/planViews';

const view = cnnView(120, 3);
const terms = (query: string): readonly Term[] => {
  const parsed = parseQuery(query);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.terms;
};
const find = (query: string): number[] => findOperators(view, terms(query));
const problem = (query: string): string => {
  const parsed = parseQuery(query);
  return 'problem' in parsed ? parsed.problem : '';
};

describe('a search', () => {
  it('of words finds them in type, name or id, all of them', () => {
    const found = find('conv');
    expect(found.length).toBeGreaterThan(0);
    for (const v of found) expect(`${view.operators[v]!.type} ${view.operators[v]!.name} ${view.operators[v]!.id}`.toLowerCase()).toContain('conv');
    expect(find('conv nothing-of-the-kind')).toEqual([]);
    expect(find('')).toEqual([]);
  });

  it('of fields compares with units', () => {
    const seconds = metricOf(view, 'time');
    const middle = [...seconds].sort((a, b) => a - b)[60]!;
    expect(find(`time>${middle * 1e6}us`)).toEqual([...seconds.keys()].filter((v) => seconds[v]! > Number(String(middle * 1e6)) * 1e-6));
    expect(find('time>1ms')).toEqual(find('time>0.001'));
    expect(find('bytes>=1MB')).toEqual(find('bytes>=1000kB'));
    expect(find('memory>1MiB')).toEqual(find('memory>1.048576MB'));
    expect(find('stage:1').every((v) => view.operators[v]!.stage === 1)).toBe(true);
    expect(find('stage<2').length + find('stage>=2').length).toBe(view.operators.filter(({ stage }) => stage >= 0).length);
    expect(find('type:conv')).toEqual(view.operators.flatMap(({ type }, v) => (type.toLowerCase().includes('conv') ? [v] : [])));
    expect(find(`device:${view.plan!.stages[2]!.device}`)).toEqual(find('stage:2'));
    expect(find('cut:yes')).toEqual(find('transfer>0'));
    expect(find('foldable:no').length + find('foldable:yes').length).toBe(view.operators.length);
  });

  it('knows the plan that the one on view is compared with, and finds nothing of it where there is none', () => {
    const stageOf = view.operators.map(({ stage, foldable }) => (foldable ? -1 : Math.min(1, stage)));
    const moved = new Set(view.operators.flatMap(({ stage, foldable }, v) => (!foldable && stage === 2 ? [v] : [])));
    const compared = (query: string): number[] => findOperators(view, terms(query), { name: 'other', stages: view.plan!.stages.slice(0, 2), stageOf, moved });
    expect(compared('moved:yes')).toEqual([...moved]);
    expect(compared('from:1')).toEqual([...stageOf.keys()].filter((v) => stageOf[v] === 1));
    expect(compared('from:1 moved:no')).toEqual(find('stage:1 foldable:no'));
    expect(compared('from<1').length + compared('from>=1').length).toBe(find('foldable:no').length);
    expect([find('moved:yes'), find('moved:no'), find('from:1')]).toEqual([[], [], []]);
    expect(problem('from:a100')).toBe('write from:2, with the number of a stage');
  });

  it('takes terms together, turns them round, and keeps quoted blanks', () => {
    expect(find('type:Conv -stage:0')).toEqual(find('type:Conv').filter((v) => view.operators[v]!.stage !== 0));
    expect(terms('name:"a b" "c d"')).toEqual([{ kind: 'contains', field: 'name', text: 'a b', negated: false }, { kind: 'text', text: 'c d', negated: false }]);
    expect(terms('model/conv:0')).toEqual([{ kind: 'text', text: 'model/conv:0', negated: false }]);
  });

  it('says what is wrong with a term', () => {
    expect(problem('time>fast')).toMatch(/^write time>1ms, with ns, µs, us, ms, s$/);
    expect(problem('bytes>1ms')).toMatch(/with b, kb, mb/);
    expect(problem('type>Conv')).toBe('"type" is text: write type:word');
    expect(problem('foldable:perhaps')).toBe('write foldable:yes or foldable:no');
    expect(problem('stage:last')).toMatch(/write stage:2/);
    expect(problem('speed>1')).toMatch(/"speed" is nothing that can be compared: time, flops/);
  });

  it('never throws, whatever is typed', () => {
    const piece = fc.oneof(fc.constantFrom(...TEXT_FIELDS, ...FLAGS, ...METRICS, ...STAGE_FIELDS, ':', '<', '>=', '"', '-', ' ', '1', 'ms', 'GB', '.', 'e9'), fc.string());
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const parsed = parseQuery(pieces.join(''));
        if ('problem' in parsed) expect(parsed.problem.length).toBeGreaterThan(0);
        else for (const v of findOperators(view, parsed.terms)) expect(view.operators[v]).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });

  it('a term and its opposite share nothing and leave nothing out', () => {
    const term = fc.constantFrom('time>10us', 'type:Conv', 'stage:1', 'cut:yes', 'relu', 'intensity<10', 'memory>0');
    fc.assert(
      fc.property(term, (text) => {
        expect([...find(text), ...find(`-${text}`)].sort((a, b) => a - b)).toEqual([...view.operators.keys()]);
      }),
    );
  });
});

it('metrics are those of the view, with units', () => {
  for (const metric of METRICS) expect(metricOf(view, metric)).toHaveLength(view.operators.length);
  expect([formatMetric('time', 1e-3), formatMetric('bytes', 1e6), formatMetric('intensity', 12.345), formatMetric('flops', NaN)]).toEqual(['1.00 ms', '1.00 MB', '12.3 FLOP/B', '?']);
});
