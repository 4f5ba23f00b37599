import { formatBytes, formatFlops, formatPercent, formatSeconds } from '../../src/shared/format';
import { measuredSentence } from '../../src/shared/measured';
import { el, icon } from '../ui/dom';
import { facts, section, type InspectorContext } from './parts';

/** What is shown while nothing is selected: the model and the plan as a whole. */
export function summaryPane({ view }: InspectorContext): Node[] {
  const { plan, totals } = view;
  const real = view.operators.filter((operator) => !operator.foldable).length;
  const dimensions: [string, string][] = [...Object.entries(plan?.bound ?? {}).map(([name, value]): [string, string] => [name, String(value)])];
  return [
    el('p', { class: 'kind' }, 'Model'),
    el('h2', {}, view.modelName),
    facts([
      ['Operators', String(real)],
      ['Computed beforehand', real === view.operators.length ? null : String(view.operators.length - real)],
      ['Work per sample', formatFlops(totals.flops)],
      ['Weights', formatBytes(totals.weightBytes)],
      ['Times', view.measured === undefined ? null : measuredSentence(view.measured)],
      ['Tensors of unknown shape', totals.unknownTensors === 0 ? null : String(totals.unknownTensors)],
    ]),
    ...(view.warnings.length === 0
      ? []
      : [section('Warnings', el('ul', { class: 'warning-list' }, ...view.warnings.map((warning) => el('li', {}, icon('warning'), el('span', {}, warning)))))]),
    ...(dimensions.length === 0 ? [] : [section('Bound dimensions', facts(dimensions))]),
    ...(plan === null && view.free.length > 0
      ? [section('Free dimensions', el('p', { class: 'quiet' }, 'Asked for when the model is partitioned; suggested:'), facts(view.free.map((f) => [f.symbol, String(f.suggestion)] as const)))]
      : []),
    ...(plan === null
      ? []
      : [
          section(
            'Plan',
            facts([
              ['Cluster', plan.cluster.name],
              ['Objective', plan.objective],
              ['Stages', String(plan.stages.length)],
              ['Per sample', formatSeconds(plan.certificate.value)],
              ['Samples per second', plan.certificate.value > 0 ? rate(1 / plan.certificate.value) : null],
              ['Tensors cut', String(plan.cuts.length)],
            ]),
          ),
          section(
            'Certificate',
            el('p', {}, `${plan.certificate.sentence.charAt(0).toUpperCase()}${plan.certificate.sentence.slice(1)}.`),
            facts([
              ['Lower bound', formatSeconds(plan.certificate.lowerBound)],
              ['Gap', plan.certificate.optimal ? null : formatPercent(Math.max(0, plan.certificate.value / Math.max(1e-30, plan.certificate.lowerBound) - 1))],
              ['Method', plan.certificate.method],
            ]),
          ),
        ]),
  ];
}

/** Three significant digits without an exponent. */
const rate = (perSecond: number): string => (perSecond >= 100 ? String(Number(perSecond.toPrecision(3))) : perSecond.toPrecision(3));
