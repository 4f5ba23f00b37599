import { formatBytes, formatFlops, formatPercent, formatSeconds } from '../../src/shared/format';
import type { OperatorView } from '../../src/shared/planView';
import { iconButton } from '../ui/components';
import { pinLine } from '../edit/pinLine';
import { el } from '../ui/dom';
import { facts, linkList, operatorLink, section, stageSwatch, tensorLink, type InspectorContext } from './parts';

/** Everything known about one operator. @param explanation null while the host is thinking */
export function operatorPane(context: InspectorContext, index: number, explanation: string | null): Node[] {
  const { view } = context;
  const operator = view.operators[index]!;
  const stage = view.plan?.stages[operator.stage];
  const producers = unique(operator.inputs.map((t) => view.tensors[t]!.producer).filter((p) => p >= 0));
  const consumers = unique(operator.outputs.flatMap((t) => view.tensors[t]!.consumers));
  const why = operator.foldable ? 'Follows from weights and bound dimensions alone: it is computed beforehand, costs nothing and goes where its result is used.' : explanation;
  return [
    el('p', { class: 'kind' }, 'Operator'),
    el('h2', {}, operator.type),
    el('p', { class: 'name' }, el('span', {}, operator.name || operator.id), iconButton({ label: 'Copy the operator’s id', title: `Copy ${operator.id}`, icon: 'copy', onClick: () => context.copy(operator.id) })),
    ...(view.plan === null
      ? []
      : [
          section(
            'Placement',
            el('p', { class: 'placed' }, stageSwatch(view, operator.stage), stage === undefined ? 'In no stage: new since the plan was made' : `Stage ${stage.name} on ${stage.device}`),
            ...pinLine(context, index),
            ...(why === null ? [el('p', { class: 'quiet' }, 'Finding out why…')] : why === '' ? [] : [el('p', { class: 'why' }, why)]),
          ),
        ]),
    section(
      'Cost',
      facts([
        ['Time', operator.seconds === null ? 'unknown' : formatSeconds(operator.seconds)],
        ['Share of the stage’s load', stage === undefined || operator.seconds === null || stage.loadSeconds === 0 ? null : formatPercent(operator.seconds / stage.loadSeconds)],
        ['Work', operator.flops === null ? 'unknown' : formatFlops(operator.flops)],
        ['Read', operator.bytesRead === null ? 'unknown' : formatBytes(operator.bytesRead)],
        ['Written', operator.bytesWritten === null ? 'unknown' : formatBytes(operator.bytesWritten)],
        ['Weights', operator.weightBytes === 0 ? null : formatBytes(operator.weightBytes)],
        ['Arithmetic intensity', intensity(operator)],
      ]),
    ),
    ...(operator.inputs.length === 0 ? [] : [section('Inputs', linkList(operator.inputs, (t) => tensorLink(context, t)))]),
    section('Outputs', linkList(operator.outputs, (t) => tensorLink(context, t))),
    ...(producers.length === 0 ? [] : [section('After', linkList(producers, (o) => operatorLink(context, o)))]),
    ...(consumers.length === 0 ? [] : [section('Before', linkList(consumers, (o) => operatorLink(context, o)))]),
  ];
}

/** FLOPs for each byte moved: what decides between being bound by arithmetic and by memory. */
function intensity({ flops, bytesRead, bytesWritten }: OperatorView): string | null {
  if (flops === null || bytesRead === null || bytesWritten === null || bytesRead + bytesWritten === 0 || flops === 0) return null;
  const value = flops / (bytesRead + bytesWritten);
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} FLOP/B`;
}

const unique = (values: readonly number[]): number[] => [...new Set(values)];
