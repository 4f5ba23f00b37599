import { t } from '@vscode/l10n';
import { formatSeconds } from '../../src/shared/format';
import type { OperatorView, PlanView } from '../../src/shared/planView';
import type { Selection, State } from '../state';
import { el } from '../ui/dom';

export interface TreeTwin {
  readonly element: HTMLElement;
  readonly update: (state: State) => void;
}

/** Operators that one stage shows at a time: a screen reader reads a list of some hundred, and a page bears no more. */
const MOST_CHILDREN = 200;

interface Node {
  readonly item: HTMLElement;
  readonly parent: number;
  /** what it selects; null for "more" */
  readonly selection: Selection;
}

/**
 * The graph as a tree, for those who cannot see the picture: stages, and their operators once a stage is opened, each with its type, name, stage and
 * load. It is there for screen readers and the keyboard alone (WAI-ARIA tree pattern), and what it selects is selected everywhere.
 */
export function treeTwin(onSelect: (selection: Selection) => void): TreeTwin {
  const element = el('div', { class: 'twin', role: 'tree', 'aria-label': t('Stages and operators'), tabindex: '0' });
  let view: PlanView | null = null;
  let nodes: Node[] = [];
  let focused = 0;
  const open = new Map<number, number>();

  const stageCount = (): number => Math.max(1, view?.plan?.stages.length ?? 0);
  const stageOf = ({ stage }: OperatorView): number => (view?.plan ? stage : 0);
  const labelOfStage = (index: number): string => {
    const stage = view?.plan?.stages[index];
    const own = view!.operators.filter((operator) => !operator.foldable && stageOf(operator) === index).length;
    const count = own === 1 ? t('1 operator') : t('{0} operators', own);
    if (!stage) return [view!.modelName, count, t('no plan')].join(', ');
    return [t('Stage {0} on {1}', stage.name, stage.device), t('{0} per sample', formatSeconds(stage.loadSeconds)), count, ...(stage.bottleneck ? [t('the bottleneck')] : [])].join(', ');
  };
  const labelOf = ({ type, name, id, seconds, stage }: OperatorView): string =>
    [type, name || id, ...(view?.plan ? [stageText(view.plan.stages[stage]?.name)] : []), seconds === null ? t('time unknown') : formatSeconds(seconds)].join(', ');

  const add = (parent: number, level: number, label: string, selection: Selection, expanded?: boolean): void => {
    const item = el('div', { role: 'treeitem', id: `twin-${nodes.length}`, 'aria-level': String(level), ...(expanded === undefined ? {} : { 'aria-expanded': String(expanded) }) }, label);
    nodes.push({ item, parent, selection });
  };
  const build = (): void => {
    nodes = [];
    if (view !== null && view.operators.length > 0) {
      for (let stage = 0; stage < stageCount(); stage++) {
        const shown = open.get(stage) ?? 0;
        const at = nodes.length;
        add(-1, 1, labelOfStage(stage), view.plan ? { kind: 'stage', index: stage } : null, shown > 0);
        if (shown === 0) continue;
        const own = view.operators.flatMap((operator, index) => (!operator.foldable && stageOf(operator) === stage ? [index] : []));
        for (const index of own.slice(0, shown)) add(at, 2, labelOf(view.operators[index]!), { kind: 'operator', index });
        if (own.length > shown) add(at, 2, t('{0} more', own.length - shown), null);
      }
    }
    element.replaceChildren(...nodes.map(({ item }) => item));
    focus(Math.min(focused, Math.max(0, nodes.length - 1)));
  };
  const focus = (index: number): void => {
    nodes[focused]?.item.removeAttribute('aria-selected');
    focused = index;
    const node = nodes[index];
    if (!node) return element.removeAttribute('aria-activedescendant');
    node.item.setAttribute('aria-selected', 'true');
    element.setAttribute('aria-activedescendant', node.item.id);
    node.item.scrollIntoView({ block: 'nearest' });
  };
  const stageOfNode = (index: number): number => nodes.slice(0, index + 1).filter(({ parent }) => parent < 0).length - 1;
  const expand = (index: number): void => {
    const node = nodes[index];
    if (!node) return;
    const stage = stageOfNode(index);
    if (node.parent < 0 && !open.has(stage)) open.set(stage, MOST_CHILDREN);
    else if (node.parent >= 0 && node.selection === null) open.set(stage, (open.get(stage) ?? 0) + MOST_CHILDREN);
    else return node.parent < 0 ? focus(index + 1) : undefined;
    build();
  };
  const collapse = (index: number): void => {
    const parent = nodes[index]?.parent ?? -1;
    if (parent >= 0) return focus(parent);
    open.delete(stageOfNode(index));
    build();
  };
  element.addEventListener('keydown', (event) => {
    const act: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focus(Math.min(nodes.length - 1, focused + 1)),
      ArrowUp: () => focus(Math.max(0, focused - 1)),
      ArrowRight: () => expand(focused),
      ArrowLeft: () => collapse(focused),
      Home: () => focus(0),
      End: () => focus(nodes.length - 1),
      Enter: () => {
        const { selection = null, parent = -1 } = nodes[focused] ?? {};
        if (selection !== null) onSelect(selection);
        else if (parent >= 0) expand(focused);
      },
    };
    const run = act[event.key];
    if (!run || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  });

  return {
    element,
    update: (state) => {
      if (state.view !== view) {
        view = state.view;
        open.clear();
        focused = 0;
        build();
      }
      const { selection } = state;
      if (selection === null) return;
      const at = nodes.findIndex((node) => node.selection?.kind === selection.kind && node.selection.index === selection.index);
      if (at >= 0 && at !== focused) focus(at);
    },
  };
}

const stageText = (name: string | undefined): string => (name === undefined ? t({ message: 'in no stage', comment: 'Where an operator is' }) : t('stage {0}', name));
