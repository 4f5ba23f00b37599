import { t } from '@vscode/l10n';
import { formatBytes, formatPercent, formatSeconds } from '../../src/shared/format';
import { deviceText } from '../stages/table';
import { el } from '../ui/dom';
import { facts, linkList, operatorLink, section, stageSwatch, tensorLink, type InspectorContext } from './parts';

/** One stage: what its load and memory consist of, and what it sends and receives. */
export function stagePane(context: InspectorContext, index: number): Node[] {
  const { view } = context;
  const plan = view.plan!;
  const stage = plan.stages[index]!;
  const own = view.operators.flatMap((operator, i) => (operator.stage === index && !operator.foldable ? [i] : []));
  const heaviest = own.sort((a, b) => (view.operators[b]!.seconds ?? 0) - (view.operators[a]!.seconds ?? 0)).slice(0, 5);
  const sent = plan.cuts.filter((cut) => cut.from === index);
  const received = plan.cuts.filter((cut) => cut.to.includes(index));
  const used = stage.weightBytes + stage.activationBytes;
  return [
    el('p', { class: 'kind' }, t('Stage')),
    el('h2', {}, stageSwatch(view, index), ` ${deviceText(stage)}`),
    ...(stage.bottleneck && plan.stages.length > 1 ? [el('p', {}, t('The bottleneck: no sample can follow another faster than this stage takes.'))] : []),
    section(
      t('Load'),
      facts([
        [t({ message: 'Compute', comment: 'Time that is computed' }), formatSeconds(stage.computeSeconds)],
        [t('Transfers'), formatSeconds(stage.communicationSeconds)],
        [t('Together'), formatSeconds(stage.loadSeconds)],
        [t({ message: 'Forward', comment: 'Time of the forward pass' }), stage.forwardSeconds === undefined ? null : formatSeconds(stage.forwardSeconds)],
        [t({ message: 'Backward', comment: 'Time of the backward pass' }), stage.backwardSeconds === undefined ? null : formatSeconds(stage.backwardSeconds)],
        [t('Micro-batches in flight'), stage.inFlight === undefined ? null : String(stage.inFlight)],
      ]),
    ),
    section(
      t('Memory'),
      facts([
        [t('Weights'), formatBytes(stage.weightBytes)],
        [t('Activations'), formatBytes(stage.activationBytes)],
        [t('Capacity'), stage.memoryCapacityBytes === null ? t('unbounded') : formatBytes(stage.memoryCapacityBytes)],
        [t({ message: 'Used', comment: 'Share of the memory that is in use' }), stage.memoryCapacityBytes === null ? null : formatPercent(used / stage.memoryCapacityBytes)],
      ]),
    ),
    ...(stage.heaviest.length === 0 ? [] : [section(t('Time by type'), facts(stage.heaviest.map((h) => [`${h.type} × ${h.count}`, formatSeconds(h.seconds)] as const)))]),
    ...(heaviest.length === 0 ? [] : [section(t('Slowest operators'), linkList(heaviest, (o) => operatorLink(context, o)))]),
    ...(received.length === 0 ? [] : [section(t({ message: 'Receives', comment: 'Heading: the tensors that a stage receives' }), linkList(received.map((cut) => cut.tensor), (tensor) => tensorLink(context, tensor)))]),
    ...(sent.length === 0 ? [] : [section(t({ message: 'Sends', comment: 'Heading: the tensors that a stage sends' }), linkList(sent.map((cut) => cut.tensor), (tensor) => tensorLink(context, tensor)))]),
  ];
}
