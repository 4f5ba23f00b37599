import type { PlanFlow } from '../../../src/shared/comparisonView';
import type { StageView } from '../../../src/shared/planView';

/** Lengths in CSS pixels, y downwards. */
export interface Span {
  readonly top: number;
  readonly height: number;
}

/** A stage of one of the two plans: as high as its load. */
export interface FlowBlock extends Span {
  readonly side: 0 | 1;
  readonly stage: number;
  /** how much of the height, from the top, is computing; transfers take the rest */
  readonly compute: number;
  /** room that the block has to itself, its label included; the block stands in the middle of it */
  readonly slot: Span;
}

/** The operators of one flow, from the block of the first plan to that of the second. */
export interface FlowBand {
  readonly flow: PlanFlow;
  /** its part of the left block, and of the right one */
  readonly ends: readonly [Span, Span];
}

export interface FlowGeometry {
  readonly height: number;
  readonly blocks: readonly [readonly FlowBlock[], readonly FlowBlock[]];
  /** from top to bottom, by where they are in the middle */
  readonly bands: readonly FlowBand[];
  /** heights of both sides mean the same time; otherwise each side fills the picture by itself, because one plan takes many times as long */
  readonly oneScale: boolean;
}

/** The least that a stage's slot takes: one line of text. */
export const LINE = 20;
const GAP = 4;
/** A stage that does next to nothing is still seen. */
const LEAST_BLOCK = 2;
/** Height of the loads of one side together. */
const LEAST_PICTURE = 168;
const ROOM_FOR_EACH = 26;
/** From this ratio of the two sums of loads on, one scale would leave nothing of the smaller side. */
const MOST_UNEQUAL = 6;

/** Puts the stages of two plans in two columns, and the operators between them in bands. */
export function flowGeometry(sides: readonly [readonly StageView[], readonly StageView[]], flows: readonly PlanFlow[]): FlowGeometry {
  const sums = sides.map((stages) => stages.reduce((sum, { loadSeconds }) => sum + loadSeconds, 0)) as [number, number];
  const most = Math.max(...sums);
  const oneScale = most <= MOST_UNEQUAL * Math.min(...sums);
  const room = Math.max(LEAST_PICTURE, ROOM_FOR_EACH * Math.max(...sides.map(({ length }) => length)));
  const blocks = sides.map((stages, side) => column(stages, side as 0 | 1, room / Math.max(1e-30, oneScale ? most : sums[side]!))) as [FlowBlock[], FlowBlock[]];
  const ends = [endsOf(blocks[0], flows, 0), endsOf(blocks[1], flows, 1)] as const;
  const bands = flows.map((flow, i): FlowBand => ({ flow, ends: [ends[0][i]!, ends[1][i]!] }));
  return {
    height: Math.max(...blocks.map((own) => (own.length === 0 ? 0 : own.at(-1)!.slot.top + own.at(-1)!.slot.height))),
    blocks,
    bands: bands.sort((a, b) => middleOf(a) - middleOf(b) || a.flow.from - b.flow.from || a.flow.to - b.flow.to),
    oneScale,
  };
}

function column(stages: readonly StageView[], side: 0 | 1, perSecond: number): FlowBlock[] {
  let at = 0;
  return stages.map(({ loadSeconds, computeSeconds }, stage): FlowBlock => {
    const height = Math.max(LEAST_BLOCK, loadSeconds * perSecond);
    const slot = { top: at, height: Math.max(LINE, height) };
    at += slot.height + GAP;
    const compute = loadSeconds > 0 ? height * Math.min(1, computeSeconds / loadSeconds) : height;
    return { side, stage, top: slot.top + (slot.height - height) / 2, height, compute, slot };
  });
}

/** The computing part of each block, shared out among the flows that leave or enter it, in the order of the blocks at their other ends: so the fewest bands cross. */
function endsOf(blocks: readonly FlowBlock[], flows: readonly PlanFlow[], side: 0 | 1): Span[] {
  const own = (flow: PlanFlow): number => (side === 0 ? flow.from : flow.to);
  const other = (flow: PlanFlow): number => (side === 0 ? flow.to : flow.from);
  const ends: Span[] = [];
  for (const { stage, top, compute } of blocks) {
    const mine = flows.flatMap((flow, i) => (own(flow) === stage ? [i] : [])).sort((a, b) => other(flows[a]!) - other(flows[b]!));
    const known = mine.some((i) => flows[i]!.seconds[side] > 0);
    const weight = (i: number): number => (known ? flows[i]!.seconds[side] : flows[i]!.operators);
    const all = mine.reduce((sum, i) => sum + weight(i), 0);
    let at = top;
    for (const i of mine) {
      const height = (compute * weight(i)) / Math.max(1e-30, all);
      ends[i] = { top: at, height };
      at += height;
    }
  }
  // an operator that the plan has in no stage: its band is nothing
  return flows.map((_, i) => ends[i] ?? { top: 0, height: 0 });
}

export const middleOf = ({ ends: [a, b] }: FlowBand): number => (a.top + a.height / 2 + b.top + b.height / 2) / 2;

/** How thick a band is in the middle. */
export const thickness = ({ ends: [a, b] }: FlowBand): number => (a.height + b.height) / 2;

/** A band's outline between two columns that are `width` apart, as the data of an SVG path. */
export function bandPath({ ends: [a, b] }: FlowBand, width: number): string {
  const middle = width / 2;
  const n = (x: number): string => String(Math.round(x * 100) / 100);
  const curve = (from: number, to: number, back: boolean): string => `C${n(middle)} ${n(from)} ${n(middle)} ${n(to)} ${back ? '0' : n(width)} ${n(to)}`;
  return `M0 ${n(a.top)}${curve(a.top, b.top, false)}L${n(width)} ${n(b.top + b.height)}${curve(b.top + b.height, a.top + a.height, true)}Z`;
}

const LABEL_HEIGHT = 15;
/** A thinner band would show through on both sides of its label. */
const LEAST_LABELLED = 9;

/** The bands that moved and have room for a label in their middle, the thickest first; no two labels overlap. */
export function labelledBands(bands: readonly FlowBand[]): ReadonlySet<FlowBand> {
  const taken: number[] = [];
  const chosen = bands
    .filter((band) => band.flow.moved && thickness(band) >= LEAST_LABELLED)
    .sort((a, b) => thickness(b) - thickness(a))
    .filter((band) => {
      const y = middleOf(band);
      if (taken.some((other) => Math.abs(other - y) < LABEL_HEIGHT)) return false;
      taken.push(y);
      return true;
    });
  return new Set(chosen);
}
