import { t } from '@vscode/l10n';
import { formatBytes, formatFlops, formatPercent, formatSeconds } from '../../src/shared/format';
import type { OperatorView } from '../../src/shared/planView';
import { iconButton } from '../ui/components';
import { referenceLine } from '../compare/referenceLine';
import { pinLine } from '../edit/pinLine';
import { el } from '../ui/dom';
import { facts, linkList, operatorLink, section, stageSwatch, tensorLink, type InspectorContext } from './parts';

/** Everything known about one operator. @param explanation null while the host is thinking */
export function operatorPane(context: InspectorContext, index: number, explanation: string | null): Node[] {
  const { view } = context;
  const operator = view.operators[index]!;
  const stage = view.plan?.stages[operator.stage];
  const producers = unique(operator.inputs.map((tensor) => view.tensors[tensor]!.producer).filter((p) => p >= 0));
  const consumers = unique(operator.outputs.flatMap((tensor) => view.tensors[tensor]!.consumers));
  const why = operator.foldable ? t('Follows from weights and bound dimensions alone: it is computed beforehand, costs nothing and goes where its result is used.') : explanation;
  return [
    el('p', { class: 'kind' }, t('Operator')),
    el('h2', {}, operator.type),
    el('p', { class: 'name' }, el('span', {}, operator.name || operator.id), iconButton({ label: t('Copy the operator’s id'), title: t('Copy {0}', operator.id), icon: 'copy', onClick: () => context.copy(operator.id) })),
    ...(view.plan === null
      ? []
      : [
          section(
            t('Placement'),
            el('p', { class: 'placed' }, stageSwatch(view, operator.stage), stage === undefined ? t('In no stage: new since the plan was made') : t('Stage {0} on {1}', stage.name, stage.device)),
            ...(context.reference === null ? [] : referenceLine(context.reference, index)),
            ...pinLine(context, index),
            ...(why === null ? [el('p', { class: 'quiet' }, t('Finding out why…'))] : why === '' ? [] : [el('p', { class: 'why' }, why)]),
          ),
        ]),
    section(
      t('Cost'),
      facts([
        [t('Time'), operator.seconds === null ? t('unknown') : formatSeconds(operator.seconds)],
        [t('Share of the stage’s load'), stage === undefined || operator.seconds === null || stage.loadSeconds === 0 ? null : formatPercent(operator.seconds / stage.loadSeconds)],
        [t({ message: 'Work', comment: 'Floating-point operations' }), operator.flops === null ? t('unknown') : formatFlops(operator.flops)],
        [t({ message: 'Read', comment: 'Bytes that were read' }), operator.bytesRead === null ? t('unknown') : formatBytes(operator.bytesRead)],
        [t({ message: 'Written', comment: 'Bytes that were written' }), operator.bytesWritten === null ? t('unknown') : formatBytes(operator.bytesWritten)],
        [t('Weights'), operator.weightBytes === 0 ? null : formatBytes(operator.weightBytes)],
        [t('Arithmetic intensity'), intensity(operator)],
      ]),
    ),
    ...(operator.inputs.length === 0 ? [] : [section(t('Inputs'), linkList(operator.inputs, (tensor) => tensorLink(context, tensor)))]),
    section(t('Outputs'), linkList(operator.outputs, (tensor) => tensorLink(context, tensor))),
    ...(producers.length === 0 ? [] : [section(t({ message: 'After', comment: 'Heading: the operators that come before this one' }), linkList(producers, (o) => operatorLink(context, o)))]),
    ...(consumers.length === 0 ? [] : [section(t({ message: 'Before', comment: 'Heading: the operators that come after this one' }), linkList(consumers, (o) => operatorLink(context, o)))]),
  ];
}

/** FLOPs for each byte moved: what decides between being bound by arithmetic and by memory. */
function intensity({ flops, bytesRead, bytesWritten }: OperatorView): string | null {
  if (flops === null || bytesRead === null || bytesWritten === null || bytesRead + bytesWritten === 0 || flops === 0) return null;
  const value = flops / (bytesRead + bytesWritten);
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} FLOP/B`;
}

const unique = (values: readonly number[]): number[] => [...new Set(values)];
