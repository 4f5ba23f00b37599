import { formatSeconds } from '../../src/shared/format';
import type { GroupView } from '../../src/shared/layoutView';
import type { PlanView } from '../../src/shared/planView';
import type { Selection } from '../state';
import { shortName } from './boxText';
import { groupCountText, groupTitle } from './groups';

/** What a screen reader says of a selection: "MatMul /layers.3/attn/q_proj, stage 1, 2.1 µs". */
export function spoken(view: PlanView | null, selection: Selection, groups: readonly GroupView[] = []): string {
  if (view === null || selection === null) return '';
  if (selection.kind === 'stage') {
    const stage = view.plan?.stages[selection.index];
    return stage === undefined ? '' : `Stage ${stage.name} on ${stage.device}, ${formatSeconds(stage.loadSeconds)}${stage.bottleneck ? ', bottleneck' : ''}`;
  }
  if (selection.kind === 'group') {
    const group = groups[selection.index];
    if (group === undefined) return '';
    const of = view.plan?.stages[group.stage];
    return [groupTitle(group), groupCountText(group), ...(of === undefined ? [] : [`stage ${of.name}`]), formatSeconds(group.seconds), group.expanded ? 'expanded' : 'collapsed'].join(', ');
  }
  if (selection.kind === 'tensor') return `Tensor ${view.tensors[selection.index]?.name ?? ''}`;
  const operator = view.operators[selection.index];
  if (operator === undefined) return '';
  const stage = view.plan?.stages[operator.stage];
  return [
    `${operator.type} ${shortName(operator.name, operator.type) || operator.id}`,
    ...(stage === undefined ? [] : [`stage ${stage.name}`]),
    ...(view.plan?.pins?.some((pin) => pin.operator === selection.index) === true ? ['pinned'] : []),
    operator.foldable ? 'computed beforehand' : operator.seconds === null ? 'time unknown' : formatSeconds(operator.seconds),
  ].join(', ');
}
