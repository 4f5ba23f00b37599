import { t } from '@vscode/l10n';
import { formatSeconds, operatorsText } from '../../src/shared/format';
import type { PlanView } from '../../src/shared/planView';
import { groupCountText, groupTitle } from '../graph/groups';
import { NO_GROUPS, type State } from '../state';

/** A line of the tree. Before there is a plan, one line stands for the whole model: stage 0. */
export interface TreeNode {
  readonly kind: 'stage' | 'group' | 'operator';
  readonly index: number;
}

/** Stages, the groups of a large model in them, and operators, each in the graph's order. */
export interface Tree {
  readonly roots: readonly TreeNode[];
  readonly childrenOf: (node: TreeNode) => readonly TreeNode[];
  readonly parentOf: (node: TreeNode) => TreeNode | null;
  /** outlives another view of the model */
  readonly keyOf: (node: TreeNode) => string;
  /** what a screen reader says */
  readonly labelOf: (node: TreeNode) => string;
}

export const EMPTY: Tree = { roots: [], childrenOf: () => [], parentOf: () => null, keyOf: () => '', labelOf: () => '' };

export function treeOf(view: PlanView, grouping: State['grouping']): Tree {
  const { plan, operators } = view;
  // that of another view stays until this one has a picture
  const { groups, groupOf } = grouping.groupOf.length === operators.length ? grouping : NO_GROUPS;
  const stages = plan?.stages ?? [];
  const stageOf = (stage: number): number => (plan ? stage : 0);
  const around = (operator: number): number => groupOf[operator] ?? -1;
  /** made when something is opened first */
  let inside: ReadonlyMap<string, TreeNode[]> | null = null;
  const place = (parent: number, stage: number): string => (parent >= 0 ? `g${parent}` : `s${stageOf(stage)}`);
  const fill = (): ReadonlyMap<string, TreeNode[]> => {
    const first = (node: TreeNode): number => (node.kind === 'group' ? groups[node.index]!.first : node.index);
    const lists = new Map<string, TreeNode[]>();
    const add = (key: string, node: TreeNode): void => void (lists.get(key)?.push(node) ?? lists.set(key, [node]));
    groups.forEach(({ parent, stage }, index) => add(place(parent, stage), { kind: 'group', index }));
    operators.forEach(({ foldable, stage }, index) => foldable || add(place(around(index), stage), { kind: 'operator', index }));
    for (const list of lists.values()) list.sort((a, b) => first(a) - first(b));
    return lists;
  };
  /** of each stage, the operators that the tree has */
  const members = new Int32Array(Math.max(1, stages.length));
  for (const { foldable, stage } of operators) if (!foldable && stageOf(stage) >= 0) members[stageOf(stage)]!++;
  const stageText = (stage: number): string[] => (plan ? [stages[stage] ? t('stage {0}', stages[stage].name) : t({ message: 'in no stage', comment: 'Where an operator is' })] : []);

  return {
    roots: operators.length === 0 ? [] : Array.from({ length: Math.max(1, stages.length) }, (_, index) => ({ kind: 'stage', index })),
    childrenOf: ({ kind, index }) => (kind === 'operator' ? [] : ((inside ??= fill()).get(kind === 'group' ? `g${index}` : `s${index}`) ?? [])),
    parentOf: ({ kind, index }) => {
      if (kind === 'stage') return null;
      const parent = kind === 'group' ? groups[index]!.parent : around(index);
      const stage = stageOf(kind === 'group' ? groups[index]!.stage : operators[index]!.stage);
      return parent >= 0 ? { kind: 'group', index: parent } : stage >= 0 ? { kind: 'stage', index: stage } : null;
    },
    keyOf: ({ kind, index }) => (kind === 'stage' ? `s${index}` : kind === 'group' ? `g${groups[index]!.key}` : `o${operators[index]!.id}`),
    labelOf: ({ kind, index }) => {
      if (kind === 'operator') {
        const { type, name, id, stage, seconds } = operators[index]!;
        return [type, name || id, ...stageText(stage), seconds === null ? t('time unknown') : formatSeconds(seconds)].join(', ');
      }
      if (kind === 'group') {
        const group = groups[index]!;
        return [groupTitle(group), groupCountText(group), ...stageText(group.stage), formatSeconds(group.seconds)].join(', ');
      }
      const stage = stages[index];
      if (!stage) return [view.modelName, operatorsText(members[0]!), t('no plan')].join(', ');
      return [t('Stage {0} on {1}', stage.name, stage.device), t('{0} per sample', formatSeconds(stage.loadSeconds)), operatorsText(members[index]!), ...(stage.bottleneck ? [t('the bottleneck')] : [])].join(', ');
    },
  };
}
