import { t } from '@vscode/l10n';
import { formatBytes, formatSeconds } from '../../src/shared/format';
import { formatShape } from '../graph/boxText';
import { iconButton } from '../ui/components';
import { el } from '../ui/dom';
import { facts, linkList, menuLink, operatorLink, section, type InspectorContext } from './parts';

/** Everything known about one tensor. */
export function tensorPane(context: InspectorContext, index: number): Node[] {
  const { view } = context;
  const tensor = view.tensors[index]!;
  const cut = view.plan?.cuts.find((candidate) => candidate.tensor === index);
  const stageName = (stage: number): string => view.plan?.stages[stage]?.name ?? '?';
  const kinds = { input: t('Input of the model'), weight: t('Weight'), activation: tensor.isGraphOutput ? t('Output of the model') : t('Tensor') };
  return [
    el('p', { class: 'kind' }, kinds[tensor.kind]),
    el('h2', {}, formatShape(tensor.shape)),
    el('p', { class: 'name' }, el('span', {}, tensor.name), iconButton({ label: t('Copy the tensor’s name'), icon: 'copy', onClick: () => context.copy(tensor.name) })),
    ...(cut === undefined
      ? []
      : [
          section(
            t({ message: 'Cut', comment: 'Heading: a tensor that crosses from stage to stage' }),
            el('p', {}, sendsText(stageName(cut.from), cut.to.map(stageName))),
            facts([[t({ message: 'Transfer', comment: 'Time that a tensor takes from stage to stage' }), formatSeconds(cut.transferSeconds)]]),
            ...(view.plan?.stale === null ? [menuLink(context, t('Move the cut…'), t('Move the cut between these stages (M)'), { kind: 'cut', tensors: [index] })] : []),
          ),
        ]),
    section(t('Size'), facts([[t('Element type'), tensor.elementType ?? t('unknown')], [t('Bytes'), tensor.bytes === null ? t('unknown') : formatBytes(tensor.bytes)]])),
    ...(tensor.producer < 0 ? [] : [section(t({ message: 'Produced by', comment: 'Heading: the operator that gives a tensor' }), linkList([tensor.producer], (o) => operatorLink(context, o)))]),
    ...(tensor.consumers.length === 0 ? [] : [section(t({ message: 'Used by', comment: 'Heading: the operators that read a tensor' }), linkList([...new Set(tensor.consumers)], (o) => operatorLink(context, o)))]),
  ];
}

const sendsText = (from: string, to: readonly string[]): string =>
  to.length === 1 ? t('Stage {0} sends it to stage {1}.', from, to[0]!) : t('Stage {0} sends it to stages {1}.', from, to.join(', '));
