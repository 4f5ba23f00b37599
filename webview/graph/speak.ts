import { t } from '@vscode/l10n';
import { formatBytes, formatSeconds } from '../../src/shared/format';
import type { GroupView } from '../../src/shared/layoutView';
import type { Reference } from '../../src/shared/reference';
import type { PlanView } from '../../src/shared/planView';
import { spokenPin } from '../edit/pinText';
import type { Selection } from '../state';
import { shortName } from './boxText';
import { groupCountText, groupTitle } from './groups';

/** What a screen reader says of a selection: "MatMul /layers.3/attn/q_proj, stage 1, 2.1 µs". */
export function spoken(view: PlanView | null, selection: Selection, groups: readonly GroupView[] = [], reference: Reference | null = null): string {
  if (view === null || selection === null) return '';
  if (selection.kind === 'stage') {
    const stage = view.plan?.stages[selection.index];
    return stage === undefined ? '' : [t('Stage {0} on {1}', stage.name, stage.device), formatSeconds(stage.loadSeconds), ...(stage.bottleneck ? [t('bottleneck')] : [])].join(', ');
  }
  if (selection.kind === 'group') {
    const group = groups[selection.index];
    if (group === undefined) return '';
    const of = view.plan?.stages[group.stage];
    return [groupTitle(group), groupCountText(group), ...(of === undefined ? [] : [t('stage {0}', of.name)]), formatSeconds(group.seconds), group.expanded ? t({ message: 'expanded', comment: 'A group of operators' }) : t({ message: 'collapsed', comment: 'A group of operators' })].join(', ');
  }
  if (selection.kind === 'tensor') return spokenTensor(view, selection.index);
  const operator = view.operators[selection.index];
  if (operator === undefined) return '';
  const stage = view.plan?.stages[operator.stage];
  const pin = view.plan?.pins?.find((other) => other.operator === selection.index);
  return [
    `${operator.type} ${shortName(operator.name, operator.type) || operator.id}`,
    ...(stage === undefined ? [] : [t('stage {0}', stage.name)]),
    ...(reference?.moved.has(selection.index) === true ? [t('stage {0} in the other plan', reference.stages[reference.stageOf[selection.index]!]?.name ?? '–')] : []),
    ...(pin === undefined ? [] : [spokenPin(pin)]),
    operator.foldable ? t('computed beforehand') : operator.seconds === null ? t('time unknown') : formatSeconds(operator.seconds),
  ].join(', ');
}

/** A tensor, and the cut that it crosses. */
function spokenTensor({ plan, tensors }: PlanView, index: number): string {
  const name = tensors[index]?.name ?? '';
  const cut = plan?.cuts.find(({ tensor }) => tensor === index);
  if (!plan || !cut) return t('Tensor {0}', name);
  const { bytes = null } = tensors[index] ?? {};
  const [from, to] = [plan.stages[cut.from]?.name ?? '', cut.to.map((stage) => plan.stages[stage]?.name ?? '').join(', ')];
  const size = bytes === null ? t('size unknown') : formatBytes(bytes);
  return t('Cut between stages {0} and {1}: tensor {2}, {3}, transfer {4}', from, to, name, size, formatSeconds(cut.transferSeconds));
}
