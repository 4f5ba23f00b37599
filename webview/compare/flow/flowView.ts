import { t } from '@vscode/l10n';
import type { PlanComparison } from '../../../src/shared/comparisonView';
import { formatBytes, formatSeconds } from '../../../src/shared/format';
import type { StageView } from '../../../src/shared/planView';
import { el, icon } from '../../ui/dom';
import { svg } from '../../ui/svg';
import { blockText, deviceOf, flowText, memoryText, wayText } from '../words';
import { bandPath, flowGeometry, labelledBands, LINE, middleOf, type FlowBand, type FlowBlock } from './geometry';
import { FLOW_KEYS, sameItem, walkFlow, type FlowItem, type FlowKey } from './walk';

/** Operators by their stage in the other plan, and in the plan on view (any if absent). */
export interface FlowMark {
  readonly from: number;
  readonly to?: number;
}

export interface FlowEvents {
  /** these operators are to be marked and the first of them shown; null: no longer */
  readonly onMark: (which: FlowMark | null) => void;
  /** a stage of the plan on view is to be shown */
  readonly onStage: (stage: number) => void;
}

export interface FlowView {
  readonly element: HTMLElement;
  /** ends what is marked, without telling anybody */
  readonly unmark: () => void;
  readonly dispose: () => void;
}

interface Drawn {
  readonly item: FlowItem;
  readonly element: SVGGElement;
  readonly text: string;
  /** middle, pixels of the picture */
  readonly y: number;
  /** sets what depends on the width */
  readonly fit: (width: number) => void;
}

/** Width of a block, and what stays free between it and the bands. */
const BLOCK = 12;
const SPACE = 2;

/**
 * Two plans side by side: stages as blocks in two columns, the operators as bands between them. Drawn as elements of the page, so that each of them can have the focus
 * and a name; one of them is in the tab order, arrow keys lead to the others.
 */
export function flowView(comparison: PlanComparison, { onMark, onStage }: FlowEvents): FlowView {
  const sides = [comparison.sides[0].stageViews, comparison.sides[1].stageViews] as const;
  const geometry = flowGeometry(sides, comparison.flows);
  const ways = [...labelledBands(geometry.bands)].map((band) => svg('text', { class: 'way', y: middleOf(band) }, wayText(sides[0][band.flow.from], sides[1][band.flow.to], ' → ')));
  let pressed: FlowItem | null = null;

  const drawn: Drawn[] = [
    ...geometry.bands.map((band, index): Drawn => ({ item: { kind: 'band', band: index }, text: flowText(comparison, band.flow), y: middleOf(band), ...bandElement(band) })),
    ...geometry.blocks.flatMap((blocks, side) =>
      blocks.map((block): Drawn => ({ item: { kind: 'block', side: block.side, stage: block.stage }, text: blockText(block.side, sides[side]!, block.stage), y: block.slot.top + block.slot.height / 2, ...blockElement(block) })),
    ),
  ];
  /** the one in the tab order: at first what moved most, which is what one looks for */
  const most = [...geometry.bands.keys()].filter((band) => geometry.bands[band]!.flow.moved).sort((a, b) => geometry.bands[b]!.flow.operators - geometry.bands[a]!.flow.operators)[0];
  let at: FlowItem = most === undefined ? { kind: 'block', side: 1, stage: 0 } : { kind: 'band', band: most };

  const picture = svg('svg', { class: 'flow-picture', height: geometry.height, role: 'group', 'aria-label': t('Operators from the stages of the other plan to the stages of the plan on view. Arrow keys lead from one to the next, Enter marks them in the graph.') }, hatches(), ...drawn.map(({ element }) => element), svg('g', { 'aria-hidden': 'true' }, ...ways));
  const card = el('div', { class: 'flow-card', 'aria-hidden': 'true' });
  card.hidden = true;
  const labels = geometry.blocks.map((blocks, side) => el('div', { class: side === 0 ? 'flow-labels before' : 'flow-labels', 'aria-hidden': 'true' }, ...blocks.map((block) => labelOf(block, sides[side]!, () => press({ kind: 'block', side: block.side, stage: block.stage })))));
  const middleBox = el('div', { class: 'flow-middle' }, picture);
  const body = el('div', { class: 'flow-body' }, labels[0]!, middleBox, labels[1]!, card);
  body.style.height = `${geometry.height}px`;
  const element = el('div', { class: 'flow' }, body, legend(geometry.oneScale, geometry.bands));

  const find = (item: FlowItem): Drawn => drawn.find((other) => sameItem(other.item, item))!;
  const tell = (of: Drawn, x: number): void => {
    card.textContent = of.text;
    card.hidden = false;
    const left = middleBox.offsetLeft + x - card.offsetWidth / 2;
    card.style.left = `${Math.max(0, Math.min(body.clientWidth - card.offsetWidth, left))}px`;
    // above what it names where there is room, so that it does not lie under the pointer
    card.style.top = `${of.y - card.offsetHeight - 14 >= 0 ? of.y - card.offsetHeight - 14 : of.y + 18}px`;
  };
  const hush = (): void => {
    card.hidden = true;
  };
  const middle = ({ item }: Drawn): number => (item.kind === 'band' ? picture.clientWidth / 2 : item.side === 0 ? 0 : picture.clientWidth);
  const render = (): void => {
    for (const { item, element: own } of drawn) {
      own.setAttribute('tabindex', sameItem(item, at) ? '0' : '-1');
      own.setAttribute('aria-pressed', String(pressed !== null && sameItem(item, pressed)));
    }
  };
  const unmark = (): void => {
    pressed = null;
    render();
  };
  const press = (item: FlowItem): void => {
    at = item;
    if (pressed !== null && sameItem(item, pressed)) {
      unmark();
      return onMark(null);
    }
    pressed = item;
    render();
    if (item.kind === 'band') onMark(geometry.bands[item.band]!.flow);
    else if (item.side === 0) onMark({ from: item.stage });
    else {
      onMark(null);
      onStage(item.stage);
    }
  };

  for (const one of drawn) {
    const { element: own, item } = one;
    own.setAttribute('aria-label', one.text);
    own.addEventListener('click', () => press(item));
    own.addEventListener('pointermove', (event) => tell(one, event.clientX - picture.getBoundingClientRect().left));
    own.addEventListener('pointerleave', hush);
    own.addEventListener('focus', () => {
      at = item;
      render();
      if (own.matches(':focus-visible')) tell(one, middle(one));
    });
    own.addEventListener('blur', hush);
  }
  picture.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (FLOW_KEYS.includes(event.key)) {
      const next = find(walkFlow(geometry, at, event.key as FlowKey));
      next.element.focus({ preventScroll: true });
      next.element.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' || event.key === ' ') press(at);
    else if (event.key === 'Escape' && pressed !== null) {
      unmark();
      onMark(null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const observer = new ResizeObserver(() => {
    const { clientWidth } = picture;
    if (clientWidth === 0) return;
    for (const { fit } of drawn) fit(clientWidth);
    for (const way of ways) {
      way.setAttribute('x', String(clientWidth / 2));
      // names of devices are longer than numbers, and the card has them as well
      way.classList.remove('too-long');
      way.classList.toggle('too-long', way.getComputedTextLength() > clientWidth - 2 * (BLOCK + SPACE) - 8);
    }
  });
  observer.observe(picture);
  render();
  return { element, unmark, dispose: () => observer.disconnect() };
}

function bandElement(band: FlowBand): Pick<Drawn, 'element' | 'fit'> {
  const { from, moved } = band.flow;
  const path = svg('path', { class: 'shape', transform: `translate(${BLOCK + SPACE} 0)` });
  return {
    element: svg('g', { class: `band ${moved ? 'moved' : 'stays'} stage-${from % 8}`, role: 'button' }, path),
    fit: (width) => path.setAttribute('d', bandPath(band, width - 2 * (BLOCK + SPACE))),
  };
}

function blockElement({ side, stage, top, height, compute, slot }: FlowBlock): Pick<Drawn, 'element' | 'fit'> {
  const parts = [
    svg('rect', { class: 'hit', y: slot.top, width: BLOCK + SPACE, height: slot.height }),
    svg('rect', { class: 'computing', y: top, width: BLOCK, height: compute }),
    svg('rect', { class: 'transfers', y: top + compute, width: BLOCK, height: Math.max(0, height - compute), fill: `url(#flow-hatch-${stage % 8})` }),
    svg('rect', { class: 'frame', x: 0, y: top, width: BLOCK, height }),
  ];
  const element = svg('g', { class: `block stage-${stage % 8}`, role: 'button' }, ...parts);
  return {
    element,
    fit: (width) => element.setAttribute('transform', `translate(${side === 0 ? 0 : width - BLOCK} 0)`),
  };
}

/** Diagonal lines in each stage's hue: transfers, as in the table of stages. */
function hatches(): SVGDefsElement {
  const pattern = (hue: number): SVGPatternElement =>
    svg('pattern', { id: `flow-hatch-${hue}`, class: `flow-hatch stage-${hue}`, patternUnits: 'userSpaceOnUse', width: 5, height: 5, patternTransform: 'rotate(45)' }, svg('rect', { class: 'ground', width: 5, height: 5 }), svg('rect', { class: 'line', width: 2, height: 5 }));
  return svg('defs', {}, ...Array.from({ length: 8 }, (_, hue) => pattern(hue)));
}

/** A line beside a block: what the eye needs of its stage. The block itself is named for everybody else. */
function labelOf({ stage: index, slot }: FlowBlock, stages: readonly StageView[], onClick: () => void): HTMLElement {
  const stage = stages[index]!;
  const element = el(
    'div', { class: 'flow-label' },
    el('span', { class: `swatch stage-${index % 8}` }, stage.name),
    el('span', { class: 'device' }, deviceOf(stage)),
    el('span', { class: 'heat' }, ...(stage.bottleneck && stages.length > 1 ? [icon('flame')] : [])),
    el('span', { class: stage.bottleneck && stages.length > 1 ? 'load most' : 'load' }, formatSeconds(stage.loadSeconds)),
    el('span', { class: 'memory long' }, memoryText(stage)),
    el('span', { class: 'memory short' }, formatBytes(stage.weightBytes + stage.activationBytes)),
  );
  element.style.top = `${slot.top + (slot.height - LINE) / 2}px`;
  element.addEventListener('click', onClick);
  return element;
}

function legend(oneScale: boolean, bands: readonly FlowBand[]): HTMLElement {
  const key = (kind: string, text: string): HTMLElement => el('li', {}, el('span', { class: `flow-key ${kind}`, 'aria-hidden': 'true' }), text);
  const flame = el('li', {}, icon('flame'), t('bottleneck'));
  return el(
    'ul', { class: 'flow-legend' },
    key('computing', oneScale ? t('Height: load per sample, computing') : t('Height: share of each plan’s own load, computing')),
    key('transfers', t('transfers')),
    flame,
    key('stays', t('operators that stay')),
    ...(bands.some(({ flow }) => flow.moved) ? [key('moved', t('operators that moved, coloured by the stage they came from'))] : []),
  );
}
