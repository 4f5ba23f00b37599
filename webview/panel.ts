import { t } from '@vscode/l10n';
import type { PlanComparison } from '../src/shared/comparisonView';
import type { ToWebview } from '../src/shared/messages';
import { referenceOf } from '../src/shared/reference';
import { graphView } from './graph/graphView';
import { spoken } from './graph/speak';
import { makeDrawing } from './drawing';
import { header } from './header';
import { listen, post, save, saved } from './host';
import { inspector } from './inspector/inspector';
import { overlayBar } from './overlay/overlayBar';
import { searchBar } from './search';
import { stageTable } from './stages/table';
import { USUAL_PLANNING } from '../src/shared/planning';
import { bottomArea } from './bottomArea';
import { lowerHeight } from './lowerHeight';
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
import { splitter } from './ui/splitter';

/** Height of the tabs above what they show, pixels. */
const ROOM_FOR_TABS = 48;

/** Builds the panel, connects its parts with the state, and the state with the host. */
export function start(root: HTMLElement): void {
  const before = saved();
  const store = createStore({
    screen: 'waiting', modelName: '', message: '', view: null, layingOut: false, dirty: false, selection: null, grouping: NO_GROUPS,
    showFoldable: before.showFoldable ?? false, grouped: before.grouped ?? false, inspectorOpen: before.inspectorOpen ?? true, searchOpen: false, settingsOpen: false, explanations: new Map(), comparison: NOT_COMPARED, planComparison: null, reference: null, fidelity: null, planExplanation: NOT_EXPLAINED, timeline: NO_TIMELINE,
  });
  const select = (selection: Selection): void => store.set({ selection });
  const drawing = makeDrawing({
    store,
    graph: () => graph,
    before,
    onShown() {
      if (store.get().searchOpen) search.refresh();
      else graph.setMatches(marked);
    },
  });
  const { selectAndShow } = drawing;
  const partition = (): void => post({ type: 'partition', planning: null });
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
    view: () => (drawing.awaiting() || drawing.layout() === null ? null : store.get().view),
    grouping: () => store.get().grouping,
    select,
    focus: () => graph.element.focus({ preventScroll: true }),
    onMoving: (operators) => graph.outline(operators),
  });
  const graph = graphView({
    ...edits.graphEvents,
    // what is on the screen is of another plan; nothing is nothing in every plan
    onSelect: (selection) => (drawing.awaiting() && selection !== null ? undefined : select(selection)),
    onSearch: openSearch,
    onExpand: drawing.expand,
    onCollapse: drawing.collapse,
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
    isDrawn: (operator) => drawing.layout() === null || store.get().showFoldable || store.get().view?.operators[operator]?.foldable !== true,
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
      height.grow(pixels, 0.5);
    },
  });
  const compare = methodTable({
    onOperator: drawing.reveal,
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
    onPicture: drawing.savePicture,
    onToggleSettings: () => store.set({ settingsOpen: !store.get().settingsOpen }),
    onToggleInspector: () => store.set({ inspectorOpen: !store.get().inspectorOpen }),
    onShowWarnings: () => store.set({ selection: null, inspectorOpen: true }),
    onToggleGroups() {
      store.set({ grouped: !store.get().grouped });
      drawing.ask();
    },
    onToggleFoldable() {
      store.set({ showFoldable: !store.get().showFoldable });
      drawing.ask();
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
  const height = lowerHeight({
    before: before.stagesHeight,
    onResize: (pixels) => root.style.setProperty('--stages-height', `${pixels}px`),
    onSized: (stagesHeight) => save({ stagesHeight }),
  });
  const middle = el('div', { class: 'middle' }, el('div', { class: 'stagewright-graph' }, graph.element, twin.element, graph.map, pane.element), sideSplitter.element, side.element);
  overlay.element.append(search.element);
  top.element.append(choose.element, overlay.element, edits.element);
  root.append(top.element, el('main', {}, middle, height.element, bottom.element), live);

  store.subscribe((state, changed) => {
    if (changed.has('selection') || (changed.has('grouping') && state.selection?.kind === 'group')) {
      if (!drawing.awaiting()) graph.select(state.selection);
      live.textContent = spoken(state.view, state.selection, state.grouping.groups, state.reference);
      if (!drawing.awaiting()) save({ selected: selectionName(state.view, state.selection) });
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
    bottom.element.hidden = height.element.hidden = !hasView;
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
        const selection = drawing.restored() ? selectionOf(view, selectionName(store.get().view, store.get().selection)) : selectionOf(view, before.selected);
        const planComparison = message.compared === true ? store.get().planComparison : null;
        drawing.planCame();
        marked = null;
        store.set({ screen: 'ready', modelName: view.modelName, view, dirty, explanations: new Map(), planComparison, reference: planComparison && referenceOf(view, planComparison), fidelity: null, planExplanation: NOT_EXPLAINED, timeline: NO_TIMELINE, layingOut: drawing.layout() === null && view.operators.length > 0, selection: null });
        if (planComparison === null) height.fit(view.plan === null ? 64 : 78 + 27 * view.plan.stages.length, 0.32);
        drawing.ask();
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
        const picture = drawing.edited(view, sameStages);
        store.set({
          view, dirty: message.dirty, explanations: new Map(), planComparison, reference: planComparison && referenceOf(view, planComparison), fidelity: null, planExplanation: NOT_EXPLAINED, timeline, selection: edits.selected(view) ?? kept,
          ...picture,
        });
        drawing.follow();
        explainSelected();
        return;
      }
      case 'layout':
        return drawing.came(message.layout);
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
        height.grow(compare.plansHeight() + ROOM_FOR_TABS, 0.5);
        return;
      }
      case 'fidelity':
        store.set({ fidelity: message.fidelity });
        bottom.show('stages');
        height.fit(130 + 27 * message.fidelity.stages.length + 22 * message.fidelity.notes.length, 0.45);
        return;
      case 'planExplanation':
        store.set({ planExplanation: { statements: message.statements, running: message.running, failed: message.failed } });
        return;
      case 'timeline':
        store.set({ timeline: { view: message.view, running: false, failed: message.failed } });
        return;
      case 'takePicture':
        if (message.what === 'graph') return drawing.savePicture();
        bottom.show('timeline');
        return timeline.takePicture();
      case 'reveal':
        drawing.reveal(message.operatorId);
    }
  }

  /** Takes what a comparison says of the plan on view, or ends it. */
  function compared(planComparison: PlanComparison | null): void {
    const { view } = store.get();
    store.set({ planComparison, reference: view === null || planComparison === null ? null : referenceOf(view, planComparison) });
    endMarks();
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
