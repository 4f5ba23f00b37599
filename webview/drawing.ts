import type { LayoutView } from '../src/shared/layoutView';
import type { PlanView } from '../src/shared/planView';
import { makeExpansion } from './graph/expansion';
import type { GraphView } from './graph/graphView';
import { recoloured } from './graph/recolour';
import { post, save, type Saved } from './host';
import { selectionOf, type Selection, type State, type Store } from './state';

/** How long after an edit its picture is asked for, ms: edits that follow one another need one picture. */
const PICTURE_DELAY = 250;
/** From here to the first picture of a plan, for measurements. */
const PLAN_CAME = 'stagewright plan';

/** The picture of the plan on view, which the host makes: asked for, shown, and kept in step with the plan. */
export interface Drawing {
  readonly expand: (group: number) => void;
  readonly collapse: (group: number) => void;
  /** what is on the screen; its indices are those of the view that it was made for */
  readonly layout: () => LayoutView | null;
  /** a new view has come and its picture has not: indices on the screen are those of the old one */
  readonly awaiting: () => boolean;
  /** something was on the screen since the panel opened, so that what was saved before is no longer wanted */
  readonly restored: () => boolean;
  readonly ask: () => void;
  /** Another plan has come, whose picture is to be asked for once the state has it. */
  readonly planCame: () => void;
  /** The plan on view was edited. @returns what the state has of the picture until there is another one */
  readonly edited: (view: PlanView, sameStages: boolean) => Pick<State, 'grouping'> | null;
  /** The state has the edited plan: the picture follows, first in its colours. */
  readonly follow: () => void;
  /** A picture has come, maybe of an older view. */
  readonly came: (layout: LayoutView) => void;
  readonly selectAndShow: (selection: Selection) => void;
  /** Selects and shows an operator, in the next picture if there is none yet. */
  readonly reveal: (operatorId: string) => void;
  /** Saves a picture of all of the graph, as soon as there is one. */
  readonly savePicture: () => void;
}

export interface DrawingOptions {
  readonly store: Store;
  readonly graph: () => GraphView;
  readonly before: Saved;
  /** another picture is on the screen */
  readonly onShown: () => void;
}

export function makeDrawing({ store, graph, before, onShown }: DrawingOptions): Drawing {
  let layout: LayoutView | null = null;
  let shownModel = '';
  let restored = false;
  let awaiting = false;
  let wantedOperator: string | null = null;
  /** a picture was to be saved, and there was nothing to draw yet */
  let pictureWanted = false;
  let askLater: ReturnType<typeof setTimeout> | undefined;

  const ask = (): void => {
    const { showFoldable, grouped } = store.get();
    post({ type: 'layout', showFoldable, grouped, expanded: expansion.keys() });
  };
  const expansion = makeExpansion(before.expanded ?? [], (expanded) => {
    save({ expanded });
    ask();
  });
  const selectAndShow = (selection: Selection): void => {
    store.set({ selection });
    if (selection?.kind !== 'operator' || !expansion.uncover(layout, selection.index)) graph().reveal(selection);
  };
  const reveal = (id: string): void => {
    const { view } = store.get();
    wantedOperator = view === null || layout === null ? id : null;
    if (view === null || layout === null) return;
    const selection = selectionOf(view, { kind: 'operator', id });
    if (selection !== null) selectAndShow(selection);
  };
  const savePicture = (): void => {
    const picture = awaiting ? null : graph().picture();
    pictureWanted = picture === null;
    if (picture !== null) post({ type: 'savePicture', what: 'graph', ...picture });
  };
  /** Draws the picture that is there in the colours of the plan on view. */
  const recolour = (): void => {
    const { view, selection } = store.get();
    if (awaiting || view === null || layout === null) return;
    graph().show(view, layout, true);
    graph().select(selection);
  };

  return {
    expand: (group) => expansion.expand(layout, group),
    collapse: (group) => expansion.collapse(layout, group),
    layout: () => layout,
    awaiting: () => awaiting,
    restored: () => restored,
    ask,
    planCame() {
      awaiting = true;
      performance.mark(PLAN_CAME);
    },
    edited(view, sameStages) {
      if (layout !== null && sameStages) layout = recoloured(layout, view);
      else awaiting = true;
      return layout && { grouping: { groups: layout.groups, groupOf: layout.groupOf } };
    },
    follow() {
      // what is written about the plan comes first, in a frame of its own
      if (!awaiting) requestAnimationFrame(() => setTimeout(recolour));
      // until its picture is there, operators stand where they were, in the colours of their new stages
      clearTimeout(askLater);
      askLater = setTimeout(ask, awaiting ? 0 : PICTURE_DELAY);
    },
    came(next) {
      const { view, selection } = store.get();
      // an answer to an older question may still arrive
      if (view === null || next.operators.some((operator) => operator >= view.operators.length)) return;
      const isFirst = awaiting;
      awaiting = false;
      const sameModel = shownModel === view.modelName && layout !== null;
      const { groups, groupOf } = next;
      const regrouped = (groups.length > 0) !== ((layout?.groups.length ?? 0) > 0);
      const wasSelected = selection?.kind === 'group' ? groups.findIndex(({ key }) => key === layout?.groups[selection.index]?.key) : -1;
      // what was moved to another stage may stand elsewhere: whoever looked at it goes on looking at it
      const looked = !isFirst && graph().sees(selection);
      layout = next;
      shownModel = view.modelName;
      const awaited = expansion.arrived();
      graph().show(view, layout, sameModel && !regrouped, awaited?.anchor);
      if (isFirst) requestAnimationFrame(() => performance.measure('stagewright picture', PLAN_CAME));
      if (!restored && before.camera !== undefined) graph().setCamera(before.camera);
      restored = true;
      store.set({ layingOut: false, grouping: { groups, groupOf }, ...(selection?.kind === 'group' && { selection: wasSelected < 0 ? null : { kind: 'group', index: wasSelected } }) });
      onShown();
      graph().select(store.get().selection);
      if (awaited?.operator !== undefined) graph().reveal({ kind: 'operator', index: awaited.operator });
      else if (looked && awaited === null && !graph().sees(store.get().selection)) graph().reveal(store.get().selection);
      if (wantedOperator !== null) reveal(wantedOperator);
      if (pictureWanted) savePicture();
    },
    selectAndShow,
    reveal,
    savePicture,
  };
}
