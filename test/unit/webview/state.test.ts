import { describe, expect, it, vi } from 'vitest';
import { createStore, NO_GROUPS, NOT_COMPARED, NOT_EXPLAINED, NO_TIMELINE, selectionName, selectionOf, type State } from '../../../webview/state';
import { tinyView } from '../../fixtures/planViews';

const initial: State = {
  screen: 'waiting', modelName: '', message: '', view: null, layingOut: false, dirty: false, selection: null, grouping: NO_GROUPS,
  showFoldable: false, grouped: false, inspectorOpen: true, searchOpen: false, settingsOpen: false, explanations: new Map(), comparison: NOT_COMPARED, planComparison: null, reference: null, fidelity: null, planExplanation: NOT_EXPLAINED, timeline: NO_TIMELINE,
};

describe('state', () => {
  it('tells what changed, and says nothing if nothing did', () => {
    const store = createStore(initial);
    const listener = vi.fn();
    store.subscribe(listener);
    store.set({ dirty: false });
    expect(listener).not.toHaveBeenCalled();
    store.set({ dirty: true, searchOpen: false });
    expect(listener).toHaveBeenCalledExactlyOnceWith({ ...initial, dirty: true }, new Set(['dirty']));
  });

  it('finds a selection again by name after the model has changed', () => {
    const view = tinyView();
    const name = selectionName(view, { kind: 'operator', index: 4 });
    const changed = { ...view, operators: view.operators.slice(1) };
    expect(selectionOf(changed, name)).toEqual({ kind: 'operator', index: 3 });
    expect(selectionOf({ ...view, operators: [] }, name)).toBeNull();
    expect(selectionOf(view, selectionName(view, { kind: 'tensor', index: 2 }))).toEqual({ kind: 'tensor', index: 2 });
    expect(selectionOf(view, selectionName(view, { kind: 'stage', index: 1 }))).toEqual({ kind: 'stage', index: 1 });
    expect(selectionOf(view, undefined)).toBeNull();
  });
});
