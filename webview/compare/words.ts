import { t } from '@vscode/l10n';
import type { PlanComparison, PlanFlow } from '../../src/shared/comparisonView';
import { formatBytes, formatPercent, formatSeconds, formatWhole, operatorsText } from '../../src/shared/format';
import { objectiveName } from '../../src/shared/planning';
import type { StageView } from '../../src/shared/planView';

/** Relative difference of times up to which two plans take the same. */
export const SAME = 1e-6;

export const isSame = (a: number, b: number): boolean => Math.abs(a - b) <= SAME * Math.max(Math.abs(a), Math.abs(b));

/** What the plan on view gains over the other one, in a sentence or two. */
export function headline(comparison: PlanComparison): string {
  const { sides: [other, view], differs, secondOnFirst } = comparison;
  const [before, now] = [formatSeconds(other.value), formatSeconds(view.value)];
  const there = secondOnFirst === null ? '' : formatSeconds(secondOnFirst);
  if (differs.includes('objective')) {
    const said = t('The two are made for different things: the plan on view for {0}, {1} for {2}.', objectiveName(view.objective), other.name, objectiveName(other.objective));
    return there === '' ? said : `${said} ${t('For {0} the plan on view takes {1} per sample, {2} takes {3}.', objectiveName(other.objective), there, other.name, before)}`;
  }
  if (differs.includes('dimensions')) {
    const said = t('The two are made for different sizes of the model.');
    return there === '' ? said : `${said} ${t('For the sizes of {0} the plan on view takes {1} per sample, {0} takes {2}.', other.name, there, before)}`;
  }
  if (!differs.includes('cluster')) {
    if (isSame(view.value, other.value)) return t('The plan on view takes as long per sample as {0}: {1}.', other.name, now);
    const share = formatPercent(Math.abs(view.value / other.value - 1));
    return view.value < other.value
      ? t('The plan on view takes {0} less time per sample than {1}: {2} against {3}.', share, other.name, now, before)
      : t('The plan on view takes {0} more time per sample than {1}: {2} against {3}.', share, other.name, now, before);
  }
  const share = formatPercent(Math.abs(view.value / other.value - 1));
  const said = isSame(view.value, other.value)
    ? t('The plan on view takes as long per sample on {0} as {1} on {2}: {3}.', view.cluster, other.name, other.cluster, now)
    : view.value < other.value
      ? t('The plan on view takes {0} less time per sample on {1} than {2} on {3}: {4} against {5}.', share, view.cluster, other.name, other.cluster, now, before)
      : t('The plan on view takes {0} more time per sample on {1} than {2} on {3}: {4} against {5}.', share, view.cluster, other.name, other.cluster, now, before);
  return there === '' || isSame(secondOnFirst!, view.value) ? said : `${said} ${t('On {0} it would take {1}.', other.cluster, there)}`;
}

/** How many operators moved, of all that have a place. */
export function movedText({ moved, stageBefore, movedBy, sameCluster }: PlanComparison): string {
  const all = stageBefore.filter((stage) => stage >= 0).length;
  if (moved.length === 0) return t('No operator moved.');
  const said = moved.length === 1 ? t('1 of {0} operators moved.', formatWhole(all)) : t('{0} of {1} operators moved.', formatWhole(moved.length), formatWhole(all));
  if (sameCluster) return said;
  return `${said} ${movedBy === 'device' ? t('Devices are compared by class and position, as the clusters differ.') : t('Stages are compared by number, as the clusters have other devices.')}`;
}

/** "stage 1 (a100:1)" */
export const stageText = (stages: readonly StageView[], stage: number): string => t('stage {0} ({1})', stages[stage]?.name ?? '–', stages[stage]?.device ?? '–');

/** "1 → 0"; by the devices where the numbers of the stages say nothing: "cpu:0 → a100:0". */
export function wayText(before: StageView | undefined, now: StageView | undefined, arrow: string): string {
  const [from, to] = [before?.name ?? '–', now?.name ?? '–'];
  return from === to ? `${before?.device ?? '–'}${arrow}${now?.device ?? '–'}` : `${from}${arrow}${to}`;
}

/** "42 operators /model/layers.3 … from stage 1 (a100:1) to stage 0 (a100:0)" */
export function flowText({ sides: [other, view] }: PlanComparison, { from, to, operators, moved, scope }: PlanFlow): string {
  const what = scope === '' ? operatorsText(operators) : operators === 1 ? t('1 operator {0} …', scope) : t('{0} operators {1} …', formatWhole(operators), scope);
  const [before, now] = [stageText(other.stageViews, from), stageText(view.stageViews, to)];
  if (moved) return t('{0} from {1} to {2}', what, before, now);
  return from === to ? t('{0} stay in {1}', what, now) : t('{0} stay on their device: {1} is {2} here', what, before, now);
}

/** "Plan on view, stage 1 on a100:1; 1.37 ms per sample: computing 1.20 ms, transfers 170 µs; 3.20 GB of 80.0 GB; 59 operators; the bottleneck" */
export function blockText(side: 0 | 1, stages: readonly StageView[], index: number): string {
  const stage = stages[index]!;
  const where = side === 0 ? t('Other plan, stage {0} on {1}', stage.name, deviceOf(stage)) : t('Plan on view, stage {0} on {1}', stage.name, deviceOf(stage));
  const load = t('{0} per sample: computing {1}, transfers {2}', formatSeconds(stage.loadSeconds), formatSeconds(stage.computeSeconds), formatSeconds(stage.communicationSeconds));
  const operators = operatorsText(stage.operatorCount);
  return [where, load, memoryText(stage), operators, ...(stage.bottleneck && stages.length > 1 ? [t('the bottleneck')] : [])].join('; ');
}

export const deviceOf = ({ device, replicas }: StageView): string => (replicas === undefined ? device : `${device} × ${replicas}`);

export function memoryText({ weightBytes, activationBytes, memoryCapacityBytes }: StageView): string {
  const used = formatBytes(weightBytes + activationBytes);
  return memoryCapacityBytes === null ? used : t('{0} of {1}', used, formatBytes(memoryCapacityBytes));
}
