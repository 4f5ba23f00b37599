import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutPlan } from '../../../src/layout/layoutPlan';
import type { PlanComparison } from '../../../src/shared/comparisonView';
import { membersOfFlow, referenceOf } from '../../../src/shared/reference';
import { differenceText, figuresOf, isBetter } from '../../../webview/compare/figures';
import { bandPath, flowGeometry, labelledBands, LINE, middleOf, thickness, type FlowGeometry } from '../../../webview/compare/flow/geometry';
import { FLOW_KEYS, sameItem, walkFlow, type FlowItem, type FlowKey } from '../../../webview/compare/flow/walk';
import { movedMarksOf } from '../../../webview/compare/movedMarks';
import { blockText, flowText, headline, movedText, wayText } from '../../../webview/compare/words';
import { makeScene } from '../../../webview/graph/scene';
import { UNKNOWN } from '../../../webview/overlay/bins';
import { paintOf } from '../../../webview/overlay/paint';
import { referenceBins } from '../../../webview/overlay/stageBins';
import { comparisonOfViews } from '../../fixtures/planComparisons';
import { cnnView, replanned, transformerView } from '../../fixtures/planViews';

const view = cnnView(180, 4);
const other = replanned(view, 4, 0.3);
const comparison = comparisonOfViews(other, view);
const geometryOf = ({ sides: [a, b], flows }: PlanComparison): FlowGeometry => flowGeometry([a.stageViews, b.stageViews], flows);

/** Two plans of one model with 1 to 64 stages each, borders anywhere. */
const anyPair = fc.record({ before: fc.integer({ min: 1, max: 64 }), after: fc.integer({ min: 1, max: 64 }), shift: fc.double({ min: -0.5, max: 0.5, noNaN: true }) });
const decoder = transformerView(600, 4);
const compared = ({ before, after, shift }: { before: number; after: number; shift: number }): PlanComparison => comparisonOfViews(replanned(decoder, before, shift), replanned(decoder, after));

describe('the picture of two plans side by side', () => {
  it('has blocks as high as the loads, on one scale, computing before transfers, none over another', () => {
    fc.assert(
      fc.property(anyPair, (pair) => {
        const both = compared(pair);
        const { sides } = both;
        const { blocks, height, oneScale } = geometryOf(both);
        expect(oneScale).toBe(true);
        blocks.forEach((own, side) => {
          expect(own.map(({ stage }) => stage)).toEqual(sides[side]!.stageViews.map((_, stage) => stage));
          own.forEach(({ top, height: high, compute, slot }, i) => {
            expect(slot.height).toBeGreaterThanOrEqual(LINE);
            expect(top).toBeGreaterThanOrEqual(slot.top - 1e-9);
            expect(top + high).toBeLessThanOrEqual(slot.top + slot.height + 1e-9);
            expect(compute).toBeLessThanOrEqual(high + 1e-9);
            if (i > 0) expect(slot.top).toBeGreaterThanOrEqual(own[i - 1]!.slot.top + own[i - 1]!.slot.height);
            expect(slot.top + slot.height).toBeLessThanOrEqual(height + 1e-9);
          });
        });
        const perSecond = [0, 1].flatMap((side) => blocks[side as 0 | 1].flatMap(({ stage, height: high }) => (high > 2.01 ? [high / sides[side]!.stageViews[stage]!.loadSeconds] : [])));
        for (const scale of perSecond) expect(scale).toBeCloseTo(perSecond[0]!, 6);
      }),
      { numRuns: 25 },
    );
  });

  it('has bands that share out what each stage computes, in the order of the stages at their other ends', () => {
    fc.assert(
      fc.property(anyPair, (pair) => {
        const { blocks, bands } = geometryOf(compared(pair));
        for (const side of [0, 1] as const) {
          for (const { stage, top, compute } of blocks[side]) {
            const own = bands.filter(({ flow }) => (side === 0 ? flow.from : flow.to) === stage).sort((a, b) => a.ends[side].top - b.ends[side].top);
            const far = own.map(({ flow }) => (side === 0 ? flow.to : flow.from));
            expect(far).toEqual([...far].sort((a, b) => a - b));
            expect(own.reduce((sum, { ends }) => sum + ends[side].height, 0)).toBeCloseTo(own.length === 0 ? 0 : compute, 6);
            let at = top;
            for (const { ends } of own) {
              expect(ends[side].top).toBeCloseTo(at, 6);
              at += ends[side].height;
            }
          }
        }
        const middles = bands.map(middleOf);
        expect(middles).toEqual([...middles].sort((a, b) => a - b));
      }),
      { numRuns: 25 },
    );
  });

  it('fills itself with each side alone where one plan takes many times as long, and stands for empty stages too', () => {
    const slow = other.plan!.stages.map((stage) => ({ ...stage, loadSeconds: stage.loadSeconds * 50, computeSeconds: stage.computeSeconds * 50 }));
    const { oneScale, blocks } = flowGeometry([slow, view.plan!.stages], comparison.flows);
    expect(oneScale).toBe(false);
    const sums = blocks.map((own) => own.reduce((sum, { height }) => sum + height, 0));
    expect(sums[0]).toBeCloseTo(sums[1]!, 6);
    const idle = view.plan!.stages.map((stage) => ({ ...stage, loadSeconds: 0, computeSeconds: 0 }));
    for (const { height, compute } of flowGeometry([idle, idle], comparison.flows).blocks.flat()) expect([height > 0, Number.isFinite(compute)]).toEqual([true, true]);
  });

  it('labels only what moved and has room, and no label over another', () => {
    for (const pair of [{ before: 4, after: 4, shift: 0.3 }, { before: 48, after: 64, shift: 0.4 }]) {
      const { bands } = geometryOf(compared(pair));
      const labelled = [...labelledBands(bands)];
      expect(labelled.length).toBeGreaterThan(0);
      for (const band of labelled) expect([band.flow.moved, thickness(band) >= 9]).toEqual([true, true]);
      const middles = labelled.map(middleOf).sort((a, b) => a - b);
      middles.slice(1).forEach((y, i) => expect(y - middles[i]!).toBeGreaterThanOrEqual(15));
    }
  });

  it('draws a band from edge to edge', () => {
    const flow = comparison.flows[0]!;
    expect(bandPath({ flow, ends: [{ top: 0, height: 10 }, { top: 20, height: 5 }] }, 100)).toBe('M0 0C50 0 50 20 100 20L100 25C50 25 50 10 0 10Z');
  });
});

describe('walking the picture by keyboard', () => {
  const geometry = geometryOf(comparison);
  const go = (at: FlowItem, ...keys: FlowKey[]): FlowItem => keys.reduce((item, key) => walkFlow(geometry, item, key), at);

  it('goes down a column, along what moved to the other plan, and back', () => {
    const first: FlowItem = { kind: 'block', side: 0, stage: 0 };
    expect(go(first, 'ArrowDown', 'ArrowDown')).toEqual({ kind: 'block', side: 0, stage: 2 });
    expect(go(first, 'ArrowUp')).toEqual(first);
    expect(go(first, 'End')).toEqual({ kind: 'block', side: 0, stage: 3 });
    const band = go(first, 'ArrowRight');
    expect(band.kind === 'band' && geometry.bands[band.band]!.flow).toMatchObject({ from: 0, to: 1, moved: true });
    expect(go(band, 'ArrowRight')).toEqual({ kind: 'block', side: 1, stage: 1 });
    expect(go(band, 'ArrowLeft')).toEqual(first);
    expect(go({ kind: 'block', side: 1, stage: 3 }, 'ArrowRight')).toEqual({ kind: 'block', side: 1, stage: 3 });
  });

  it('reaches everything from anywhere, and never leaves the picture', () => {
    const all: FlowItem[] = [...geometry.bands.keys()].map((band): FlowItem => ({ kind: 'band', band })).concat(geometry.blocks.flat().map(({ side, stage }): FlowItem => ({ kind: 'block', side, stage })));
    const reached: FlowItem[] = [all[0]!];
    for (const item of reached) {
      for (const key of FLOW_KEYS) {
        const next = walkFlow(geometry, item, key as FlowKey);
        expect(all.some((known) => sameItem(known, next))).toBe(true);
        if (!reached.some((known) => sameItem(known, next))) reached.push(next);
      }
    }
    expect(reached).toHaveLength(all.length);
  });
});

describe('what is said of two plans', () => {
  const [a, b] = comparison.sides;
  const said = (change: Partial<PlanComparison>): string => headline({ ...comparison, ...change });
  const sides = (change: Partial<typeof b>): Partial<PlanComparison> => ({ sides: [{ ...a, value: 2e-3 }, { ...b, value: 1e-3, ...change }] });

  it.each([
    ['faster', sides({}), 'The plan on view takes 50.0 % less time per sample than pipedream: 1.00 ms against 2.00 ms.'],
    ['slower', sides({ value: 3e-3 }), 'The plan on view takes 50.0 % more time per sample than pipedream: 3.00 ms against 2.00 ms.'],
    ['as fast', sides({ value: 2e-3 }), 'The plan on view takes as long per sample as pipedream: 2.00 ms.'],
    ['on another cluster', { ...sides({ cluster: 'small' }), differs: ['cluster' as const], secondOnFirst: 5e-4 }, `The plan on view takes 50.0 % less time per sample on small than pipedream on ${a.cluster}: 1.00 ms against 2.00 ms. On ${a.cluster} it would take 500 µs.`],
    ['on a cluster where it cannot be', { ...sides({ cluster: 'small' }), differs: ['cluster' as const], secondOnFirst: null }, `The plan on view takes 50.0 % less time per sample on small than pipedream on ${a.cluster}: 1.00 ms against 2.00 ms.`],
    ['for something else', { ...sides({ objective: 'latency' }), differs: ['objective' as const], secondOnFirst: 3e-3 }, 'The two are made for different things: the plan on view for latency, pipedream for throughput. For throughput the plan on view takes 3.00 ms per sample, pipedream takes 2.00 ms.'],
    ['for other sizes', { ...sides({}), differs: ['dimensions' as const], secondOnFirst: null }, 'The two are made for different sizes of the model.'],
  ])('%s', (_, change, text) => {
    expect(said(change)).toBe(text);
  });

  it('names bands and blocks', () => {
    const moved = comparison.flows.find((flow) => flow.moved)!;
    expect(flowText(comparison, { ...moved, operators: 42, scope: '/model/layers.3' })).toBe('42 operators /model/layers.3 … from stage 0 (a100:0) to stage 1 (a100:1)');
    expect(flowText(comparison, { ...moved, operators: 1, scope: '' })).toBe('1 operator from stage 0 (a100:0) to stage 1 (a100:1)');
    expect(flowText(comparison, { ...moved, to: 0, moved: false, operators: 2, scope: '' })).toBe('2 operators stay in stage 0 (a100:0)');
    expect(wayText(a.stageViews[1], b.stageViews[0], '→')).toBe('1→0');
    expect(wayText({ ...a.stageViews[0]!, device: 'cpu:0' }, b.stageViews[0], ' → ')).toBe('cpu:0 → a100:0');
    expect(blockText(0, a.stageViews, a.stageViews.findIndex(({ bottleneck }) => bottleneck))).toMatch(/^Other plan, stage \d on a100:\d; .+ per sample: computing .+, transfers .+; .+ of .+; \d+ operators; the bottleneck$/);
    expect(movedText(comparison)).toBe(`${comparison.moved.length} of 180 operators moved.`);
    expect(movedText({ ...comparison, sameCluster: false, movedBy: 'stage' })).toMatch(/Stages are compared by number/);
  });

  it('gives the difference of each figure, and says which plan is better only where less is better', () => {
    const figures = figuresOf({ ...comparison, sides: [{ ...a, value: 2, maxLoadSeconds: 2, stages: 3, tensorsCut: 5, bytesCut: 100, fullest: { ...a.fullest, bytes: 1000 } }, { ...b, value: 1, maxLoadSeconds: 1, stages: 4, tensorsCut: 5, bytesCut: null, fullest: { ...b.fullest, bytes: 1500 } }] });
    expect(figures.map((figure) => [figure.label, differenceText(figure), isBetter(figure)])).toEqual([
      ['Per sample (max-load)', '−50.0 %', true], ['Stages', '+1', null], ['Cut tensors', 'same', null], ['Bytes cut', '', null], ['Fullest memory', '+50.0 %', false],
    ]);
    expect(figuresOf({ ...comparison, sides: [{ ...a, value: 1, maxLoadSeconds: 2 }, b] }).map(({ label }) => label)).toContain('Max-load');
  });
});

describe('the other plan in the graph', () => {
  const reference = referenceOf(view, comparison)!;

  it('says of each operator where it was; of another model nothing', () => {
    expect([...reference.moved].map((v) => view.operators[v]!.id)).toEqual(comparison.moved);
    for (const [v, operator] of view.operators.entries()) expect(reference.moved.has(v)).toBe(!operator.foldable && reference.stageOf[v] !== operator.stage);
    expect(referenceOf({ ...view, operators: view.operators.slice(1) }, comparison)).toBeNull();
    for (const flow of comparison.flows) expect(membersOfFlow(view, comparison.stageBefore, flow)).toHaveLength(flow.operators);
  });

  it('marks the operators that moved, and counts them on collapsed groups', async () => {
    const layout = await layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 20_000 });
    const marks = movedMarksOf(makeScene(view, layout), reference);
    expect(marks.operators).toHaveLength(comparison.moved.length);
    expect(new Set(marks.operators.map(({ text }) => text))).toEqual(new Set(comparison.flows.filter(({ moved }) => moved).map(({ from, to }) => `${from}→${to}`)));
    const large = replanned(transformerView(2000, 4), 4);
    const grouped = await layoutPlan(large, { showFoldable: false, deadlineMilliseconds: 20_000 });
    const scene = makeScene(large, grouped);
    expect(scene.closedGroups.length).toBeGreaterThan(0);
    const of = referenceOf(large, comparisonOfViews(replanned(large, 4, 0.3), large))!;
    const onGroups = movedMarksOf(scene, of);
    const counts = onGroups.groups.map(({ text }) => /^(\d+) of (\d+) moved$/.exec(text)!.slice(1).map(Number) as [number, number]);
    for (const [some, all] of counts) expect(some).toBeLessThanOrEqual(all);
    expect(counts.reduce((sum, [some]) => sum + some, 0) + onGroups.operators.length).toBe(of.moved.size);
  });

  it('colours operators by their stage there, a collapsed group by the stage that most of it has', async () => {
    const bins = referenceBins(reference);
    expect(bins.legend.map(({ count }) => count)).toEqual([0, 1, 2, 3].map((stage) => reference.stageOf.filter((of) => of === stage).length));
    expect(view.operators.map((_, v) => (bins.stepOf[v] === UNKNOWN ? -1 : bins.stepOf[v]))).toEqual(reference.stageOf);
    const scene = makeScene(view, await layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 20_000 }));
    const paint = paintOf(scene, bins);
    expect(paint.kind).toBe('stages');
    scene.layout.operators.forEach((operator, box) => expect(paint.step[box]).toBe(reference.stageOf[operator]));
  });
});
