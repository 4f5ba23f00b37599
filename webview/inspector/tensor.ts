import { formatBytes, formatSeconds } from '../../src/shared/format';
import { formatShape } from '../graph/boxText';
import { iconButton } from '../ui/components';
import { el } from '../ui/dom';
import { facts, linkList, operatorLink, section, type InspectorContext } from './parts';

/** Everything known about one tensor. */
export function tensorPane(context: InspectorContext, index: number): Node[] {
  const { view } = context;
  const tensor = view.tensors[index]!;
  const cut = view.plan?.cuts.find((candidate) => candidate.tensor === index);
  const stageName = (stage: number): string => view.plan?.stages[stage]?.name ?? '?';
  const kinds = { input: 'Input of the model', weight: 'Weight', activation: tensor.isGraphOutput ? 'Output of the model' : 'Tensor' };
  return [
    el('p', { class: 'kind' }, kinds[tensor.kind]),
    el('h2', {}, formatShape(tensor.shape)),
    el('p', { class: 'name' }, el('span', {}, tensor.name), iconButton({ label: 'Copy the tensor’s name', icon: 'copy', onClick: () => context.copy(tensor.name) })),
    ...(cut === undefined
      ? []
      : [
          section(
            'Cut',
            el('p', {}, `Stage ${stageName(cut.from)} sends it to ${cut.to.length === 1 ? 'stage' : 'stages'} ${cut.to.map(stageName).join(', ')}.`),
            facts([['Transfer', formatSeconds(cut.transferSeconds)]]),
          ),
        ]),
    section('Size', facts([['Element type', tensor.elementType ?? 'unknown'], ['Bytes', tensor.bytes === null ? 'unknown' : formatBytes(tensor.bytes)]])),
    ...(tensor.producer < 0 ? [] : [section('Produced by', linkList([tensor.producer], (o) => operatorLink(context, o)))]),
    ...(tensor.consumers.length === 0 ? [] : [section('Used by', linkList([...new Set(tensor.consumers)], (o) => operatorLink(context, o)))]),
  ];
}
