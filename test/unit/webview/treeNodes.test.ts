import { describe, expect, it } from 'vitest';
import { layoutPlan } from '../../../src/layout/layoutPlan';
import { treeOf, type Tree, type TreeNode } from '../../../webview/tree/treeNodes';
import { NO_GROUPS } from '../../../webview/state';
import { cnnView, transformerView } from '../../fixtures/planViews';

/** All lines below some, depth first. */
const below = (tree: Tree, nodes: readonly TreeNode[]): TreeNode[] => nodes.flatMap((node) => [node, ...below(tree, tree.childrenOf(node))]);

describe('the graph as a tree', () => {
  const large = transformerView(2000, 3);
  const treeOfLarge = async (): Promise<Tree> => treeOf(large, await layoutPlan(large, { showFoldable: false, deadlineMilliseconds: 20_000 }));

  it('has every operator that costs something once, with and without groups', async () => {
    const small = cnnView(60, 3);
    for (const [view, tree] of [[small, treeOf(small, NO_GROUPS)], [large, await treeOfLarge()]] as const) {
      const operators = below(tree, tree.roots).filter(({ kind }) => kind === 'operator').map(({ index }) => index);
      expect([...operators].sort((a, b) => a - b)).toEqual([...view.operators.keys()].filter((v) => !view.operators[v]!.foldable));
    }
  });

  it('has groups between stages and operators, and knows what stands around each line', async () => {
    const tree = await treeOfLarge();
    expect(tree.roots.map(tree.labelOf)[1]).toMatch(/^Stage 1 on .+, .+ per sample, [\d,]+ operators/);
    const lines = below(tree, tree.roots);
    expect(lines.some(({ kind }) => kind === 'group')).toBe(true);
    for (const line of lines) for (const child of tree.childrenOf(line)) expect(tree.parentOf(child)).toEqual(line);
    expect(new Set(lines.map(tree.keyOf)).size).toBe(lines.length);
    const group = tree.childrenOf(tree.roots[1]!).find(({ kind }) => kind === 'group')!;
    expect(tree.labelOf(group)).toMatch(/operators, stage 1, [\d.]+ .?s$/);
  });

  it('is one line for the whole before there is a plan', () => {
    const view = { ...cnnView(12, 2), plan: null };
    const tree = treeOf(view, NO_GROUPS);
    expect(tree.roots.map(tree.labelOf)).toEqual([expect.stringMatching(/, \d+ operators, no plan$/)]);
    expect(tree.childrenOf(tree.roots[0]!).length).toBeGreaterThan(5);
  });

  it('takes no groups of another view', async () => {
    const other = treeOf(cnnView(60, 3), await layoutPlan(large, { showFoldable: false, deadlineMilliseconds: 20_000 }));
    expect(below(other, other.roots).every(({ kind }) => kind !== 'group')).toBe(true);
  });
});
