import { t } from '@vscode/l10n';
import { formatWhole } from '../../src/shared/format';
import { metricLabel, METRICS, type Metric } from '../../src/shared/query/metrics';
import type { Reference } from '../../src/shared/reference';
import type { PlanView } from '../../src/shared/planView';
import { readPalette } from '../graph/palette';
import type { State } from '../state';
import { dropdown } from '../ui/components';
import { el } from '../ui/dom';
import { makeBins, type Bins } from './bins';
import { referenceBins, stageBins } from './stageBins';

export interface OverlayBar {
  readonly element: HTMLElement;
  readonly update: (state: State) => void;
  readonly themeChanged: () => void;
}

export interface OverlayEvents {
  /** null: boxes have the colours of their stages */
  readonly onColour: (bins: Bins | null) => void;
  /** operators of the steps that are chosen; null if none is */
  readonly onFilter: (operators: ReadonlySet<number> | null) => void;
}

const BY_STAGE = 'stage';
const BY_REFERENCE = 'reference';
/** Measured times are there only once somebody measured. */
const choicesFor = (view: PlanView | null, reference: Reference | null): { id: string; label: string }[] => [
  { id: BY_STAGE, label: t('Stage') },
  ...(reference === null ? [] : [{ id: BY_REFERENCE, label: t('Stage in the other plan') }]),
  ...METRICS.filter((id) => id !== 'measured' || view?.operators.some(({ measuredRatio }) => measuredRatio !== undefined)).map((id) => ({ id, label: metricLabel(id) })),
];

/** What the boxes' colours mean, and a legend whose steps mark their operators in the graph. */
export function overlayBar(events: OverlayEvents): OverlayBar {
  let metric: Metric | typeof BY_REFERENCE | null = null;
  let view: PlanView | null = null;
  let reference: Reference | null = null;
  let bins: Bins | null = null;
  const chosen = new Set<number>();
  const legend = el('div', { class: 'legend', role: 'group', 'aria-label': t('Steps of the colour') });
  const colour = dropdown({
    label: t('Colour by'), choices: choicesFor(null, null), position: 'below',
    onChange: (id) => {
      metric = id === BY_REFERENCE ? id : (METRICS.find((known) => known === id) ?? null);
      renew();
    },
  });
  const element = el('div', { class: 'overlay-bar' }, el('span', { class: 'what', 'aria-hidden': 'true' }, t('Colour by')), colour.element, legend);

  const filter = (): void => {
    const steps = bins?.stepOf;
    events.onFilter(steps === undefined || chosen.size === 0 ? null : new Set(Array.from(steps.keys()).filter((operator) => chosen.has(steps[operator]!))));
  };
  const toggle = (step: number): void => {
    if (!chosen.delete(step)) chosen.add(step);
    render();
    filter();
  };
  const render = (): void => {
    if (bins === null) return legend.replaceChildren();
    const { legend: steps, kind, unknown } = bins;
    const palette = readPalette();
    legend.replaceChildren(
      ...steps.flatMap(({ label, count }, step) => {
        if (count === 0) return [];
        const swatch = el('span', { class: 'ramp', 'aria-hidden': 'true' });
        swatch.style.background = kind === 'stages' ? palette.stages(step).strong : palette.ramp[step]!;
        const button = el('button', { type: 'button', class: 'step', 'aria-pressed': String(chosen.has(step)), title: count === 1 ? t('Mark this operator') : t('Mark these {0} operators', formatWhole(count)) }, swatch, label, el('span', { class: 'count' }, formatWhole(count)));
        button.addEventListener('click', () => {
          toggle(step);
          legend.querySelectorAll('button')[[...steps.keys()].filter((s) => steps[s]!.count > 0).indexOf(step)]?.focus();
        });
        return [button];
      }),
      ...(unknown > 0 ? [el('span', { class: 'quiet' }, t('{0} unknown', unknown))] : []),
    );
  };
  const renew = (): void => {
    chosen.clear();
    // the legend of stages changes no colour: while nobody sees it, it need not be known
    bins = view && (metric === null ? (element.hidden ? null : stageBins(view)) : metric !== BY_REFERENCE ? makeBins(view, metric) : reference && referenceBins(reference));
    render();
    events.onColour(metric === null ? null : bins);
    filter();
  };
  return {
    element,
    update: (state) => {
      element.hidden = !state.searchOpen || state.screen !== 'ready';
      if (state.view === view && state.reference === reference) {
        // it was not made while nobody saw it
        if (!element.hidden && metric === null && bins === null && view?.plan) renew();
        return;
      }
      // another plan to compare with changes nothing of a metric, nor of the steps that are chosen
      const other = state.view !== view || metric === BY_REFERENCE;
      view = state.view;
      reference = state.reference;
      const choices = choicesFor(view, reference);
      if (!choices.some(({ id }) => id === metric)) metric = null;
      colour.offer(choices);
      colour.set(metric ?? BY_STAGE);
      if (other) renew();
    },
    themeChanged: render,
  };
}
