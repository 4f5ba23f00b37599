import { beforeAll, describe, expect, it, vi } from 'vitest';
import { layoutPlan } from '../../../src/layout/layoutPlan';
import type { LayoutView } from '../../../src/shared/layoutView';
import { emphasisOf } from '../../../webview/graph/emphasis';
import { makeExpansion } from '../../../webview/graph/expansion';
import { groupAt, groupText, keysHiding } from '../../../webview/graph/groups';
import { makeScene } from '../../../webview/graph/scene';
import { spoken } from '../../../webview/graph/speak';
import { walk } from '../../../webview/graph/walk';
import { membersOf } from '../../../webview/inspector/group';
import { transformerView } from '../../fixtures/planViews';

describe('groups in the view', () => {
  const view = transformerView(2000, 3);
  const options = { showFoldable: false, deadlineMilliseconds: 20_000 };
  let closed: LayoutView;
  let open: LayoutView;
  let alike: number;
  beforeAll(async () => {
    closed = await layoutPlan(view, options);
    alike = closed.groups.findIndex((group) => group.alike > 0);
    open = await layoutPlan(view, { ...options, expanded: [closed.groups[alike]!.key] });
  });

  it('stand in for the operators that they hide', () => {
    const scene = makeScene(view, closed);
    for (const operator of membersOf(closed, alike)) expect(scene.standIn[operator]).toBe(scene.boxOfGroup[alike]);
    expect(membersOf(closed, alike)).toHaveLength(closed.groups[alike]!.operatorCount);
    expect(keysHiding(closed, membersOf(closed, alike)[0]!)).toContain(closed.groups[alike]!.key);
  });

  it('are hit on their box while collapsed, on their title while expanded', () => {
    const [x, y, width, height] = closed.groups[alike]!.box!;
    const scene = makeScene(view, closed);
    expect(groupAt(scene, x + 20, y + 20)).toEqual({ group: alike, sign: false });
    expect(groupAt(scene, x + width - 12, y + height - 12)).toEqual({ group: alike, sign: true });
    expect(groupAt(scene, x - 5, y - 5)).toBeNull();
    const [left, top, wide] = open.groups[alike]!.box!;
    const after = makeScene(view, open);
    expect(groupAt(after, left + 20, top + 10)).toEqual({ group: alike, sign: false });
    expect(groupAt(after, left + wide - 12, top + 10)).toEqual({ group: alike, sign: true });
  });

  it('are brought out with the edges that end at them', () => {
    const scene = makeScene(view, closed);
    const { box, edges } = emphasisOf(scene, { kind: 'group', index: alike }, -1, null);
    expect(box).toBe(scene.boxOfGroup[alike]);
    expect([...edges].sort()).toEqual(closed.edges.flatMap((edge, e) => (edge.fromGroup === alike || edge.toGroup === alike ? [e] : [])));
    expect(emphasisOf(makeScene(view, open), { kind: 'group', index: alike }, -1, null).frame).toBe(alike);
  });

  it('are reached by arrow keys, all of them', () => {
    const scene = makeScene(view, closed);
    const reached = new Set([0]);
    for (const box of reached) for (const direction of ['up', 'down', 'left', 'right'] as const) reached.add(walk(scene, box, direction));
    expect(reached.size).toBe(scene.stage.length);
  });

  it('label bundles of cut tensors once', () => {
    const labelled = makeScene(view, closed).cutLabels.flatMap(({ tensors }) => tensors);
    expect(new Set(labelled).size).toBe(labelled.length);
    expect(labelled.length).toBeGreaterThan(0);
  });

  it('say what they are, aloud and in as many words as there is room for', () => {
    const group = closed.groups[alike]!;
    expect(spoken(view, { kind: 'group', index: alike }, closed.groups)).toMatch(/^layers\.0–\d+, × \d+ alike, [\d,]+ operators, stage 0, [\d.]+ ms, collapsed$/);
    expect(groupText(group, 1000, (t) => t.length).name).toMatch(/alike, [\d,]+ operators, [\d.]+ ms$/);
    expect(groupText(group, 50, (t) => t.length).name).toBe(`× ${group.alike} alike`);
  });

  it('ask for the picture without what was inside when they collapse', () => {
    const ask = vi.fn();
    const expansion = makeExpansion([], ask);
    const inner = closed.groups.findIndex(({ parent }) => parent === alike);
    const operator = membersOf(closed, inner)[0]!;
    expect(expansion.uncover(closed, operator)).toBe(true);
    expect(expansion.keys()).toEqual(expect.arrayContaining([closed.groups[alike]!.key, closed.groups[inner]!.key]));
    expect(expansion.arrived()).toEqual({ operator });
    expansion.collapse(closed, alike);
    expect(ask).toHaveBeenLastCalledWith([]);
    expect(expansion.arrived()).toEqual({ anchor: closed.groups[alike]!.key });
    expect(expansion.arrived()).toBeNull();
  });
});
