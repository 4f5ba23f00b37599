import { t } from '@vscode/l10n';
import type { Selection, State } from '../state';
import { el } from '../ui/dom';
import { EMPTY, treeOf, type Tree, type TreeNode } from './treeNodes';

export interface TreeTwin {
  readonly element: HTMLElement;
  readonly update: (state: State) => void;
}

/** Lines that one parent shows at a time: a screen reader reads a list of some hundred, and a page bears no more. */
const MOST_CHILDREN = 200;
/** Indentation for each level, CSS pixels. */
const INDENT = 16;

/** A line that is there. */
interface Row {
  readonly item: HTMLElement;
  /** position among the rows, -1 for none */
  readonly parent: number;
  /** null: "more" of its parent */
  readonly node: TreeNode | null;
}

/**
 * The graph as a tree, for those who cannot see the picture: stages, the groups in them as the picture has them, and operators, each with its type, name,
 * stage and load. It is there for screen readers and the keyboard alone (WAI-ARIA tree pattern), and what it selects is selected everywhere.
 */
export function treeTwin(onSelect: (selection: Selection) => void): TreeTwin {
  const element = el('div', { class: 'twin', role: 'tree', 'aria-label': t('Stages and operators'), tabindex: '0' });
  let view: State['view'] = null;
  let grouping: State['grouping'] | null = null;
  let selection: Selection = null;
  let tree: Tree = EMPTY;
  let rows: Row[] = [];
  let focused = 0;
  /** key of an opened line -> how many of its children are there */
  const open = new Map<string, number>();

  const rowOf = (wanted: TreeNode): number => rows.findIndex(({ node }) => node?.kind === wanted.kind && node.index === wanted.index);
  const add = (parent: number, level: number, label: string, node: TreeNode | null, place: readonly [number, number]): number => {
    const expandable = node !== null && node.kind !== 'operator';
    const item = el(
      'div',
      { role: 'treeitem', id: `twin-${rows.length}`, 'aria-level': String(level), 'aria-posinset': String(place[0]), 'aria-setsize': String(place[1]), ...(expandable && { 'aria-expanded': String(open.has(tree.keyOf(node))) }) },
      label,
    );
    item.style.paddingInlineStart = `${10 + INDENT * (level - 1)}px`;
    return rows.push({ item, parent, node }) - 1;
  };
  const addAll = (parent: number, level: number, nodes: readonly TreeNode[], most: number): void => {
    const size = Math.min(nodes.length, most + 1);
    nodes.slice(0, most).forEach((node, i) => {
      const at = add(parent, level, tree.labelOf(node), node, [i + 1, size]);
      const shown = node.kind === 'operator' ? undefined : open.get(tree.keyOf(node));
      if (shown !== undefined) addAll(at, level + 1, tree.childrenOf(node), shown);
    });
    if (nodes.length > most) add(parent, level, t('{0} more', nodes.length - most), null, [size, size]);
  };
  /** @param wanted the line that has the focus afterwards; null: the one at the place of the one that had it */
  const build = (wanted: TreeNode | null): void => {
    rows = [];
    addAll(-1, 1, tree.roots, Infinity);
    element.replaceChildren(...rows.map(({ item }) => item));
    const at = wanted === null ? -1 : rowOf(wanted);
    focus(at >= 0 ? at : Math.min(focused, Math.max(0, rows.length - 1)));
  };
  const focus = (index: number): void => {
    rows[focused]?.item.removeAttribute('aria-selected');
    focused = index;
    const row = rows[index];
    if (!row) return element.removeAttribute('aria-activedescendant');
    row.item.setAttribute('aria-selected', 'true');
    element.setAttribute('aria-activedescendant', row.item.id);
    // nobody sees it otherwise, and to know where it stands takes a layout of the page
    if (document.activeElement === element) row.item.scrollIntoView({ block: 'nearest' });
  };
  const showMore = (parent: number): void => {
    const key = tree.keyOf(rows[parent]!.node!);
    open.set(key, (open.get(key) ?? 0) + MOST_CHILDREN);
    build(null);
  };
  const expand = (): void => {
    const row = rows[focused];
    if (!row) return;
    if (row.node === null) return showMore(row.parent);
    if (row.node.kind === 'operator') return;
    const key = tree.keyOf(row.node);
    if (open.has(key)) return focus(Math.min(rows.length - 1, focused + 1));
    open.set(key, MOST_CHILDREN);
    build(row.node);
  };
  const collapse = (): void => {
    const row = rows[focused];
    if (!row) return;
    if (row.node !== null && row.node.kind !== 'operator' && open.delete(tree.keyOf(row.node))) return build(row.node);
    if (row.parent >= 0) focus(row.parent);
  };
  /** Opens what is around the selection, and goes there. */
  const revealSelection = (): void => {
    if (selection === null || selection.kind === 'tensor') return;
    const wanted: TreeNode = { kind: selection.kind, index: selection.index };
    for (let child = wanted, parent = tree.parentOf(wanted); parent !== null; child = parent, parent = tree.parentOf(parent)) {
      const at = tree.childrenOf(parent).findIndex(({ kind, index }) => kind === child.kind && index === child.index);
      if (at < 0) return;
      const pages = Math.ceil((at + 1) / MOST_CHILDREN);
      open.set(tree.keyOf(parent), Math.max(open.get(tree.keyOf(parent)) ?? 0, pages * MOST_CHILDREN));
    }
    build(wanted);
  };
  element.addEventListener('focus', revealSelection);
  element.addEventListener('keydown', (event) => {
    const act: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focus(Math.min(rows.length - 1, focused + 1)),
      ArrowUp: () => focus(Math.max(0, focused - 1)),
      ArrowRight: expand,
      ArrowLeft: collapse,
      Home: () => focus(0),
      End: () => focus(rows.length - 1),
      Enter: () => {
        const { node = null, parent = -1 } = rows[focused] ?? {};
        if (node === null) return parent >= 0 ? showMore(parent) : undefined;
        // before there is a plan, the first line stands for the whole
        if (node.kind !== 'stage' || view?.plan) onSelect(node);
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
      selection = state.selection;
      if (state.view !== view || state.grouping !== grouping) {
        if (state.view?.modelName !== view?.modelName) {
          open.clear();
          focused = 0;
        }
        const keyed = rows[focused]?.node;
        const key = keyed ? tree.keyOf(keyed) : null;
        ({ view, grouping } = state);
        tree = view === null ? EMPTY : treeOf(view, grouping);
        build(null);
        const at = rows.findIndex(({ node }) => node !== null && tree.keyOf(node) === key);
        if (at >= 0) focus(at);
      }
      if (selection === null || selection.kind === 'tensor') return;
      const at = rowOf({ kind: selection.kind, index: selection.index });
      if (at >= 0 && at !== focused) focus(at);
    },
  };
}
