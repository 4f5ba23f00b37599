import { t } from '@vscode/l10n';
import type { LayoutView } from '../src/shared/layoutView';
import type { PlanComparison } from '../src/shared/comparisonView';
import type { ToWebview } from '../src/shared/messages';
import { referenceOf } from '../src/shared/reference';
import { graphView } from './graph/graphView';
import { makeExpansion } from './graph/expansion';
import { spoken } from './graph/speak';
import { header } from './header';
import { listen, post, save, saved } from './host';
import { inspector } from './inspector/inspector';
import { overlayBar } from './overlay/overlayBar';
import { searchBar } from './search';
import { stageTable } from './stages/table';
import { USUAL_PLANNING } from '../src/shared/planning';
import { bottomArea } from './bottomArea';
import { methodTable } from './compare/methods';
import { editing } from './edit/editing';
import { explanationPane } from './explain/explanation';
import { timelinePane } from './timeline/pane';
import { createStore, NO_GROUPS, NOT_COMPARED, NOT_EXPLAINED, NO_TIMELINE, selectionName, selectionOf, type Selection } from './state';
import { settings } from './settings';
import { statePane } from './states';
import { applyStageColors } from './theme';
import { el } from './ui/dom';
import { treeTwin } from './tree/treeTwin';
import { withChange } from '../src/shared/planChange';
import { recoloured } from './graph/recolour';
import { splitter } from './ui/splitter';

/** Height of the tabs above what they show, pixels. */
const ROOM_FOR_TABS = 48;

/** How long after an edit its picture is asked for, ms: edits that follow one another need one picture. */
const PICTURE_DELAY = 250;
/** From here to the first picture of a plan, for measurements. */
const PLAN_CAME = 'stagewright plan';

/** Builds the panel, connects its parts with the state, and the state with the host. */
export function start(root: HTMLElement): void {
  const before = saved();
  const store = createStore({
    screen: 'waiting', modelName: '', message: '', view: null, layingOut: false, dirty: false, selection: null, grouping: NO_GROUPS,
    showFoldable: before.showFoldable ?? false, grouped: before.grouped ?? false, inspectorOpen: before.inspectorOpen ?? true, searchOpen: false, settingsOpen: false, explanations: new Map(), comparison: NOT_COMPARED, planComparison: null, reference: null, fidelity: null, planExplanation: NOT_EXPLAINED, timeline: NO_TIMELINE,
  });
  /** the picture on the screen; its indices are those of the view that it was made for */
  let layout: LayoutView | null = null;
  let shownModel = '';
  let restored = false;
  /** a new view has come and its coordinates have not: indices on the screen are those of the old one */
  let awaiting = false;
  /** until somebody sizes the stage table, it is as high as its rows, within reason */
  let stagesSized = before.stagesHeight !== undefined;
  let wantedOperator: string | null = null;
  let laidOutLater: ReturnType<typeof setTimeout> | undefined;

  const select = (selection: Selection): void => store.set({ selection });
  const selectAndShow = (selection: Selection): void => {
    select(selection);
    if (selection?.kind !== 'operator' || !expansion.uncover(layout, selection.index)) graph.reveal(selection);
  };
  const expansion = makeExpansion(before.expanded ?? [], (expanded) => {
    save({ expanded });
    askForPicture();
  });
  const askForPicture = (): void => {
    const { showFoldable, grouped } = store.get();
    post({ type: 'layout', showFoldable, grouped, expanded: expansion.keys() });
  };
  const partition = (): void => post({ type: 'partition', planning: null });
  /** a picture was asked for, and there is nothing to draw yet */
  let pictureWanted = false;
  const savePicture = (): void => {
    const picture = awaiting ? null : graph.picture();
    pictureWanted = picture === null;
    if (picture !== null) post({ type: 'savePicture', what: 'graph', ...picture });
  };
  const openSearch = (): void => {
    store.set({ searchOpen: true });
    search.refresh();
    search.focus();
  };

  /** operators that were chosen in the picture of the two plans that are compared: marked while nothing is searched for */
  let marked: ReadonlySet<number> | null = null;
  const endMarks = (): void => {
    marked = null;
    search.refresh();
  };
  const edits = editing({
    post,
    view: () => (awaiting || layout === null ? null : store.get().view),
    grouping: () => store.get().grouping,
    select,
    focus: () => graph.element.focus({ preventScroll: true }),
    onMoving: (operators) => graph.outline(operators),
  });
  const graph = graphView({
    ...edits.graphEvents,
    // what is on the screen is of another plan; nothing is nothing in every plan
    onSelect: (selection) => (awaiting && selection !== null ? undefined : select(selection)),
    onSearch: openSearch,
    onExpand: (group) => expansion.expand(layout, group),
    onCollapse: (group) => expansion.collapse(layout, group),
    onMapShown: (mapShown) => save({ mapShown }),
    onCameraRest: (camera) => save({ camera }),
    onOpen() {
      store.set({ inspectorOpen: true });
      side.focus();
    },
  }, before.mapShown ?? true);
  /** operators that the legend's chosen steps have; null if none is chosen */
  let among: ReadonlySet<number> | null = null;
  const overlay = overlayBar({
    onColour: (bins) => graph.colourBy(bins),
    onFilter(operators) {
      among = operators;
      search.refresh();
    },
  });
  const search = searchBar({
    among: () => among,
    view: () => store.get().view,
    reference: () => store.get().reference,
    isDrawn: (operator) => layout === null || store.get().showFoldable || store.get().view?.operators[operator]?.foldable !== true,
    onMatches: (matches) => graph.setMatches(matches ?? marked),
    onGo: (index) => selectAndShow({ kind: 'operator', index }),
    onClose() {
      store.set({ searchOpen: false });
      graph.setMatches(marked);
      graph.element.focus();
    },
  });
  const side = inspector(selectAndShow, (text) => post({ type: 'copy', text }), edits.graphEvents.onMenu);
  const timeline = timelinePane({
    onSelectStage: (index) => (index === null ? select(null) : selectAndShow({ kind: 'stage', index })),
    onSpeak: (text) => (live.textContent = text),
    onSearch: openSearch,
    onAsk(choice) {
      store.set({ timeline: { ...store.get().timeline, running: true, failed: null } });
      post({ type: 'timeline', choice });
    },
    onSeen: (shown) => post({ type: 'timelineShown', shown }),
    onExport: (choice) => post({ type: 'exportTrace', choice }),
    onPicture: (picture) => post({ type: 'savePicture', what: 'timeline', ...picture }),
    onHeight(pixels) {
      if (!stagesSized) bottomSplitter.grow(Math.min(0.5 * innerHeight, pixels));
    },
  });
  const compare = methodTable({
    onOperator: (id) => revealOperator(id),
    onStage: (index) => selectAndShow({ kind: 'stage', index }),
    onMark(which) {
      const { view, reference } = store.get();
      if (view === null || reference === null || which === null) return endMarks();
      const { from, to } = which;
      const operators = view.operators.flatMap(({ stage, foldable }, index) => (!foldable && reference.stageOf[index] === from && (to === undefined || stage === to) ? [index] : []));
      marked = new Set(operators);
      graph.setMatches(marked);
      if (operators.length > 0) selectAndShow({ kind: 'operator', index: operators[0]! });
    },
    onComparePlan: (method) => post({ type: 'comparePlan', method }),
    onClosePlans: () => {
      post({ type: 'endComparison' });
      compared(null);
    },
    onCompare: () => post({ type: 'compareMethods' }),
    onChoose: (method) => {
      const plan = store.get().view?.plan;
      if (plan) post({ type: 'partition', planning: { ...USUAL_PLANNING, ...plan.planning, objective: plan.objective, method } });
    },
  });
  const bottom = bottomArea([
    { id: 'stages', label: t('Stages'), ...stageTable((index) => selectAndShow({ kind: 'stage', index }), edits.menuAfterStage) },
    { id: 'compare', label: t('Compare'), needsHost: true, ...compare },
    { id: 'timeline', label: t('Timeline'), ...timeline },
    { id: 'explain', label: t('Explain'), ...explanationPane(() => post({ type: 'explainPlan' })) },
  ]);
  const top = header({
    onPartition: partition,
    onSave: () => post({ type: 'save' }),
    onSearch: openSearch,
    onFit: graph.fitAll,
    onOpenSidecar: () => post({ type: 'openSidecar' }),
    onUse: () => post({ type: 'usePlan' }),
    onPicture: savePicture,
    onToggleSettings: () => store.set({ settingsOpen: !store.get().settingsOpen }),
    onToggleInspector: () => store.set({ inspectorOpen: !store.get().inspectorOpen }),
    onShowWarnings: () => store.set({ selection: null, inspectorOpen: true }),
    onToggleGroups() {
      store.set({ grouped: !store.get().grouped });
      askForPicture();
    },
    onToggleFoldable() {
      store.set({ showFoldable: !store.get().showFoldable });
      askForPicture();
    },
  });
  const choose = settings((planning) => post({ type: 'partition', planning }));
  const twin = treeTwin(selectAndShow);
  const pane = statePane(partition);
  const live = el('div', { class: 'spoken', 'aria-live': 'polite', role: 'status' });

  const sideSplitter = splitter({
    label: t('Width of the inspector'), orientation: 'vertical', size: before.inspectorWidth ?? 300, smallest: 200, largest: () => Math.max(240, innerWidth * 0.5),
    onResize: (size) => root.style.setProperty('--inspector-width', `${size}px`),
    onEnd: (inspectorWidth) => save({ inspectorWidth }),
  });
  const bottomSplitter = splitter({
    label: t('Height of the stage table'), orientation: 'horizontal', size: before.stagesHeight ?? 120, smallest: 64, largest: () => Math.max(120, innerHeight * 0.6),
    onResize: (size) => root.style.setProperty('--stages-height', `${size}px`),
    onEnd(stagesHeight) {
      stagesSized = true;
      save({ stagesHeight });
    },
  });
  const middle = el('div', { class: 'middle' }, el('div', { class: 'stagewright-graph' }, graph.element, twin.element, graph.map, pane.element), sideSplitter.element, side.element);
  overlay.element.append(search.element);
  top.element.append(choose.element, overlay.element, edits.element);
  root.append(top.element, el('main', {}, middle, bottomSplitter.element, bottom.element), live);

  store.subscribe((state, changed) => {
    if (changed.has('selection') || (changed.has('grouping') && state.selection?.kind === 'group')) {
      if (!awaiting) graph.select(state.selection);
      live.textContent = spoken(state.view, state.selection, state.grouping.groups, state.reference);
      if (!awaiting) save({ selected: selectionName(state.view, state.selection) });
      explainSelected();
    }
    if (changed.has('reference')) {
      graph.setReference(state.reference);
      search.refresh();
    }
    if (changed.has('showFoldable')) save({ showFoldable: state.showFoldable });
    if (changed.has('grouped')) save({ grouped: state.grouped });
    if (changed.has('inspectorOpen')) save({ inspectorOpen: state.inspectorOpen });
    render();
  });

  /** Draws the picture that is there in the colours of the plan on view. */
  function recolour(): void {
    const { view, selection } = store.get();
    if (awaiting || view === null || layout === null) return;
    graph.show(view, layout, true);
    graph.select(selection);
  }

  function explainSelected(): void {
    const { selection, view, explanations } = store.get();
    if (selection?.kind === 'operator' && (view?.plan ?? null) !== null && !explanations.has(selection.index)) post({ type: 'explain', operator: selection.index });
  }

  function render(): void {
    const state = store.get();
    const hasView = state.view !== null && state.screen === 'ready';
    top.update(state);
    choose.update(state);
    edits.update(state.view);
    pane.update(state);
    side.update(state);
    overlay.update(state);
    twin.update(state);
    twin.element.hidden = !hasView;
    bottom.update(state);
    top.element.hidden = state.modelName === '';
    side.element.hidden = sideSplitter.element.hidden = !hasView || !state.inspectorOpen;
    bottom.element.hidden = bottomSplitter.element.hidden = !hasView;
    graph.element.hidden = graph.map.hidden = !hasView || state.view?.operators.length === 0;
    search.element.hidden = !hasView || !state.searchOpen;
  }

  function receive(message: ToWebview): void {
    edits.receive(message);
    switch (message.type) {
      case 'loading':
        // A picture that is there stays until there is a better one; the host shows its own progress meanwhile.
        store.set(store.get().view === null ? { screen: 'loading', modelName: message.modelName, message: message.phase } : {});
        return;
      case 'plan': {
        const { view, dirty } = message;
        const selection = restored ? selectionOf(view, selectionName(store.get().view, store.get().selection)) : selectionOf(view, before.selected);
        const planComparison = message.compared === true ? store.get().planComparison : null;
        awaiting = true;
        performance.mark(PLAN_CAME);
        marked = null;
        store.set({ screen: 'ready', modelName: view.modelName, view, dirty, explanations: new Map(), planComparison, reference: planComparison && referenceOf(view, planComparison), fidelity: null, planExplanation: NOT_EXPLAINED, timeline: NO_TIMELINE, layingOut: layout === null && view.operators.length > 0, selection: null });
        if (!stagesSized && planComparison === null) bottomSplitter.resize(Math.min(0.32 * innerHeight, view.plan === null ? 64 : 78 + 27 * view.plan.stages.length));
        askForPicture();
        store.set({ selection });
        return;
      }
      case 'edited': {
        const { view: before, selection } = store.get();
        if (before === null) return;
        const view = withChange(before, message.change);
        const sameStages = view.plan?.stages.length === before.plan?.stages.length;
        const planComparison = message.compared === true ? store.get().planComparison : null;
        marked = null;
        const timeline = message.timeline ? { view: message.timeline, running: false, failed: null } : NO_TIMELINE;
        const kept = sameStages || selection?.kind === 'group' ? selection : selectionOf(view, selectionName(before, selection));
        if (layout !== null && sameStages) layout = recoloured(layout, view);
        else awaiting = true;
        store.set({
          view, dirty: message.dirty, explanations: new Map(), planComparison, reference: planComparison && referenceOf(view, planComparison), fidelity: null, planExplanation: NOT_EXPLAINED, timeline, selection: edits.selected(view) ?? kept,
          ...(layout !== null && { grouping: { groups: layout.groups, groupOf: layout.groupOf } }),
        });
        // what is written about the plan comes first, in a frame of its own
        if (!awaiting) requestAnimationFrame(() => setTimeout(recolour));
        // the picture follows: until it is there, operators stand where they were, in the colours of their new stages
        clearTimeout(laidOutLater);
        laidOutLater = setTimeout(askForPicture, awaiting ? 0 : PICTURE_DELAY);
        explainSelected();
        return;
      }
      case 'layout': {
        const { view } = store.get();
        // An answer to an older question may still arrive.
        if (view === null || message.layout.operators.some((operator) => operator >= view.operators.length)) return;
        const isFirst = awaiting;
        awaiting = false;
        const sameModel = shownModel === view.modelName && layout !== null;
        const { groups, groupOf } = message.layout;
        const regrouped = (groups.length > 0) !== ((layout?.groups.length ?? 0) > 0);
        const { selection } = store.get();
        const wasSelected = selection?.kind === 'group' ? groups.findIndex(({ key }) => key === layout?.groups[selection.index]?.key) : -1;
        layout = message.layout;
        shownModel = view.modelName;
        const next = expansion.arrived();
        graph.show(view, layout, sameModel && !regrouped, next?.anchor);
        if (isFirst) requestAnimationFrame(() => performance.measure('stagewright picture', PLAN_CAME));
        if (!restored && before.camera !== undefined) graph.setCamera(before.camera);
        restored = true;
        store.set({ layingOut: false, grouping: { groups, groupOf }, ...(selection?.kind === 'group' && { selection: wasSelected < 0 ? null : { kind: 'group', index: wasSelected } }) });
        if (store.get().searchOpen) search.refresh();
        else graph.setMatches(marked);
        graph.select(store.get().selection);
        if (next?.operator !== undefined) graph.reveal({ kind: 'operator', index: next.operator });
        if (wantedOperator !== null) revealOperator(wantedOperator);
        if (pictureWanted) savePicture();
        return;
      }
      case 'dirty':
        store.set({ dirty: message.dirty });
        return;
      case 'failed':
        store.set({ screen: 'failed', message: message.message });
        return;
      case 'explanation':
        store.set({ explanations: new Map(store.get().explanations).set(message.operator, message.text) });
        return;
      case 'comparison':
        store.set({ comparison: { objective: message.objective, rows: message.rows, running: message.running } });
        return;
      case 'planComparison': {
        // also after a reload, which forgets what was in front
        const show = message.fresh || store.get().planComparison === null;
        compared(message.comparison);
        if (message.comparison === null || !show) return;
        bottom.show('compare');
        if (!stagesSized) bottomSplitter.grow(Math.min(0.5 * innerHeight, compare.plansHeight() + ROOM_FOR_TABS));
        return;
      }
      case 'fidelity':
        store.set({ fidelity: message.fidelity });
        bottom.show('stages');
        if (!stagesSized) bottomSplitter.resize(Math.min(0.45 * innerHeight, 130 + 27 * message.fidelity.stages.length + 22 * message.fidelity.notes.length));
        return;
      case 'planExplanation':
        store.set({ planExplanation: { statements: message.statements, running: message.running, failed: message.failed } });
        return;
      case 'timeline':
        store.set({ timeline: { view: message.view, running: false, failed: message.failed } });
        return;
      case 'takePicture':
        if (message.what === 'graph') return savePicture();
        bottom.show('timeline');
        return timeline.takePicture();
      case 'reveal':
        revealOperator(message.operatorId);
    }
  }

  /** Takes what a comparison says of the plan on view, or ends it. */
  function compared(planComparison: PlanComparison | null): void {
    const { view } = store.get();
    store.set({ planComparison, reference: view === null || planComparison === null ? null : referenceOf(view, planComparison) });
    endMarks();
  }

  function revealOperator(id: string): void {
    const { view } = store.get();
    wantedOperator = view === null || layout === null ? id : null;
    if (view === null || layout === null) return;
    const selection = selectionOf(view, { kind: 'operator', id });
    if (selection !== null) selectAndShow(selection);
  }

  listen(receive);
  addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'f' && store.get().screen === 'ready') {
      event.preventDefault();
      openSearch();
    }
  });
  // VS Code announces another theme by the body's class and the root element's variables.
  const retheme = (): void => {
    applyStageColors(root);
    graph.themeChanged();
    overlay.themeChanged();
    timeline.themeChanged();
  };
  const observer = new MutationObserver(retheme);
  observer.observe(root, { attributeFilter: ['class'] });
  observer.observe(document.documentElement, { attributeFilter: ['style', 'class'] });
  applyStageColors(root);
  Object.assign(window, { stagewrightFrameTimes: graph.frameTimes });
  render();
  post({ type: 'ready' });
}
