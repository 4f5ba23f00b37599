import { t } from '@vscode/l10n';
import { formatBytes, formatFlops, formatPercent, formatSeconds, formatWhole } from '../../src/shared/format';
import { measuredSentence } from '../../src/shared/measured';
import { objectiveName } from '../../src/shared/planning';
import { el, icon } from '../ui/dom';
import { facts, section, type InspectorContext } from './parts';

/** What is shown while nothing is selected: the model and the plan as a whole. */
export function summaryPane({ view }: InspectorContext): Node[] {
  const { plan, totals } = view;
  const real = view.operators.filter((operator) => !operator.foldable).length;
  const dimensions: [string, string][] = [...Object.entries(plan?.bound ?? {}).map(([name, value]): [string, string] => [name, String(value)])];
  return [
    el('p', { class: 'kind' }, t('Model')),
    el('h2', {}, view.modelName),
    facts([
      [t('Operators'), formatWhole(real)],
      [t('Computed beforehand'), real === view.operators.length ? null : formatWhole(view.operators.length - real)],
      [t('Work per sample'), formatFlops(totals.flops)],
      [t('Weights'), formatBytes(totals.weightBytes)],
      [t({ message: 'Times', comment: 'Where the times of operators come from' }), view.measured === undefined ? null : measuredSentence(view.measured)],
      [t('Tensors of unknown shape'), totals.unknownTensors === 0 ? null : formatWhole(totals.unknownTensors)],
    ]),
    ...(view.warnings.length === 0
      ? []
      : [section(t('Warnings'), el('ul', { class: 'warning-list' }, ...view.warnings.map((warning) => el('li', {}, icon('warning'), el('span', {}, warning)))))]),
    ...(dimensions.length === 0 ? [] : [section(t('Bound dimensions'), facts(dimensions))]),
    ...(plan === null && view.free.length > 0
      ? [section(t('Free dimensions'), el('p', { class: 'quiet' }, t('Asked for when the model is partitioned; suggested:')), facts(view.free.map((f) => [f.symbol, String(f.suggestion)] as const)))]
      : []),
    ...(plan === null
      ? []
      : [
          section(
            t('Plan'),
            facts([
              [t('Cluster'), plan.cluster.name],
              [t('Objective'), objectiveName(plan.objective)],
              [t('Stages'), String(plan.stages.length)],
              [t('Per sample'), formatSeconds(plan.certificate.value)],
              [t('Samples per second'), plan.certificate.value > 0 ? rate(1 / plan.certificate.value) : null],
              [t('Tensors cut'), formatWhole(plan.cuts.length)],
            ]),
          ),
          section(
            t('Certificate'),
            el('p', {}, `${plan.certificate.sentence.charAt(0).toUpperCase()}${plan.certificate.sentence.slice(1)}.`),
            facts([
              [t('Lower bound'), formatSeconds(plan.certificate.lowerBound)],
              [t({ message: 'Gap', comment: 'How far the plan is above the lower bound at most' }), plan.certificate.optimal ? null : formatPercent(Math.max(0, plan.certificate.value / Math.max(1e-30, plan.certificate.lowerBound) - 1))],
              [t('Method'), plan.certificate.method],
            ]),
          ),
        ]),
  ];
}

/** Three significant digits without an exponent. */
const rate = (perSecond: number): string => (perSecond >= 100 ? formatWhole(Number(perSecond.toPrecision(3))) : perSecond.toPrecision(3));
