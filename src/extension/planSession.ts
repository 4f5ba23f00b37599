import { basename, dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import { presets } from '../cost/presets';
import type { ComparedPlan } from '../engine/comparePlans';
import type { FidelityView } from '../shared/fidelityView';
import type { FromWebview, PictureOf, ToWebview } from '../shared/messages';
import type { PlanningChoice } from '../shared/planning';
import type { PlanView } from '../shared/planView';
import type { Progress } from '../shared/progress';
import { changeBetween } from '../shared/planChange';
import type { TimelineChoice, TimelineView } from '../shared/timelineView';
import { CancelledError } from '../shared/userError';
import type { JobArguments } from '../worker/jobs';
import { editedView, type EditHistory } from './editHistory';
import { openAsText } from './openAsText';
import type { PartitionRequest } from '../engine/requests';
import { requestOf, type GivenAnswers } from './partitionModel';
import { planByMethod } from './otherPlans';
import { makePlanComparing } from './planComparing';
import { makePlanEditing, type PlanEditing } from './planEditing';
import { makePlanQuestions } from './planQuestions';
import { makePlanTimelines } from './planTimelines';
import type { PlanSource, Shown } from './planSource';
import { compareOnView } from './comparePlacements';
import { savePicture } from './savePicture';
import type { Services } from './services';
import { describeError, showError } from './showError';
import { validateMessage } from './validateMessage';

/** How long the layout may look for a good picture, ms; after that it takes a plain one. */
const LAYOUT_DEADLINE = 8_000;

/** Names views for the worker, which sees only copies of them. */
const keys = new WeakMap<PlanView, string>();
let views = 0;
const keyOf = (view: PlanView): string => {
  const key = keys.get(view) ?? String(views++);
  keys.set(view, key);
  return key;
};

/** One webview that shows a plan: answers what it asks, and tells it what changed. */
export interface PlanSession extends vscode.Disposable {
  readonly source: PlanSource;
  /** what is on view now; undefined while nothing could be read yet */
  readonly shown: () => Shown | undefined;
  /** fires whenever another plan or another state of it is shown */
  readonly onDidShow: vscode.Event<void>;
  /** changes the plan on view by hand */
  readonly editing: PlanEditing;
  /** asks the view for a picture; the user is then asked where it goes */
  readonly takePicture: (what: PictureOf) => void;
  /** says how the plan on view differs from another one, for as long as it is this plan */
  readonly compareWith: (other: ComparedPlan) => Promise<void>;
  /** says what running the plan on view showed, until another plan is shown */
  readonly showFidelity: (fidelity: FidelityView) => void;
}

export function startPlanSession(webview: vscode.Webview, source: PlanSource, services: Services): PlanSession {
  const { log, worker, drawing } = services;
  let shown: Shown | undefined;
  /** the steps by hand that the view knows of */
  let told: EditHistory | undefined;
  let fidelity: FidelityView | undefined;
  let failure: string | undefined;
  let phase = vscode.l10n.t('reading');
  let loading: AbortController | undefined;
  let layingOut: AbortController | undefined;
  /** the worker had this view last time, and probably still has it */
  let handedOver: PlanView | undefined;
  let ready = false;
  let disposed = false;
  const didShow = new vscode.EventEmitter<void>();

  const post = (message: ToWebview): void => {
    if (ready && !disposed) void webview.postMessage(message);
  };
  const name = (): string => basename(source.modelPath() ?? source.modelName);

  const questions = makePlanQuestions(services, post);
  const timelines = makePlanTimelines(services, post);

  /** how the plan is seen over time, and whether it is seen */
  let seenOverTime: { readonly choice: TimelineChoice; readonly shown: boolean } | undefined;

  const forget = (): void => {
    fidelity = undefined;
    layingOut?.abort();
    questions.abandon();
    timelines.abandon();
  };
  /** Another plan of the model on view: all that differs is told. @returns false if it is not one */
  const postChange = (next: Shown, history: EditHistory | undefined, timeline: TimelineView | null): boolean => {
    const change = shown && failure === undefined ? changeBetween(shown.view, next.view) : null;
    if (!change) return false;
    forget();
    shown = next;
    told = history;
    const edited = editedView(history);
    post({ type: 'edited', change, dirty: next.dirty, ...(edited && { edited }), ...(timeline && { timeline }), ...(comparing.current().on && { compared: true }) });
    return true;
  };

  const comparing = makePlanComparing({ services, source, shown: () => shown, post });
  const isSamePlan = ({ explain: a }: Shown, { explain: b }: Shown): boolean => a.kind === 'plan' && b.kind === 'plan' && (a.text === b.text || source.history() !== undefined);

  const postState = (): void => {
    if (failure !== undefined) post({ type: 'failed', message: failure });
    else if (shown) {
      told = source.history();
      const edited = editedView(told);
      const { on, comparison } = comparing.current();
      post({ type: 'plan', view: shown.view, dirty: shown.dirty, ...(edited && { edited }), ...(on && { compared: true }) });
      if (comparison) post({ type: 'planComparison', comparison, fresh: false });
      if (fidelity) post({ type: 'fidelity', fidelity });
    } else post({ type: 'loading', modelName: name(), phase });
  };

  const refresh = async (): Promise<void> => {
    loading?.abort();
    const abort = new AbortController();
    loading = abort;
    const report = (progress: Progress): void => {
      phase = progress.phase;
      // what is on view stays there until there is something better
      if (!shown || failure !== undefined) post({ type: 'loading', modelName: name(), phase });
    };
    try {
      const next = await source.load({ signal: abort.signal, report });
      if (abort.signal.aborted || disposed) return;
      const before = shown;
      // edits by hand lead from a plan to a state of the same plan; a new solve leads to another one
      const same = before === undefined || isSamePlan(before, next);
      if (!same) comparing.end();
      // solving again may come to the very plan that is on view: that it was done is told all the same
      if (failure === undefined && next.view === shown?.view && source.history() === told) {
        shown = next;
        post({ type: 'dirty', dirty: next.dirty });
      } else if (!postChange(next, source.history(), null)) {
        failure = undefined;
        if (shown !== undefined) forget();
        shown = next;
        postState();
      }
      comparing.follow();
    } catch (error) {
      if (abort.signal.aborted || disposed) return;
      const message = describeError(error, log, `showing ${name()}`);
      if (message === undefined) return;
      failure = message;
      postState();
    } finally {
      if (loading === abort) loading = undefined;
    }
    didShow.fire();
  };

  const editing = makePlanEditing({
    services, source, refresh, post,
    shown: () => shown,
    show: (view, history, timeline) => shown && postChange({ ...shown, view, dirty: true }, history, timeline),
    timeline: () => (seenOverTime?.shown ? seenOverTime.choice : null),
  });

  const layout = async ({ showFoldable, grouped, expanded }: Extract<FromWebview, { type: 'layout' }>): Promise<void> => {
    layingOut?.abort();
    const of = shown;
    if (!of) return;
    const abort = new AbortController();
    layingOut = abort;
    const request = { key: keyOf(of.view), showFoldable, grouped, expanded, deadlineMilliseconds: LAYOUT_DEADLINE };
    const result = (await drawing.run('layout', { ...request, view: toHandOver(of.view) }, { signal: abort.signal })) ?? (await drawing.run('layout', { ...request, view: of.view }, { signal: abort.signal }));
    handedOver = of.view;
    if (!result || shown?.view !== of.view) return;
    post({ type: 'layout', layout: result });
    // while the picture is looked at
    if (of.explain.kind === 'plan') await editing.prepare();
  };
  /** What the worker needs of a view besides what it has: a large one takes long to hand over. */
  const toHandOver = (view: PlanView): JobArguments<'layout'>['view'] => {
    if (handedOver === undefined) return view;
    const change = handedOver === view ? null : changeBetween(handedOver, view);
    return handedOver === view ? null : change && { of: keyOf(handedOver), change };
  };

  const explain = async (operator: number): Promise<void> => {
    const of = shown;
    if (!of || operator >= of.view.operators.length) return;
    let text: string;
    try {
      text = await worker.run('explain', { source: of.explain, operator });
    } catch (error) {
      if (error instanceof CancelledError) return;
      text = describeError(error, log, `explaining an operator of ${name()}`) ?? '';
    }
    if (shown?.view === of.view) post({ type: 'explanation', operator, text });
  };

  /** The model, dimensions and cluster on view, planned as the view asks; what it does not show is asked for. */
  const given = (planning: PlanningChoice): GivenAnswers => {
    const plan = shown?.view.plan ?? null;
    const from = plan?.cluster.from;
    return {
      ...(from !== undefined && { cluster: presets.has(from) ? from : resolve(dirname(source.sidecarPath), from) }),
      ...(plan !== null && { bind: plan.bound }),
      ...requestOf(planning),
    };
  };

  /** What the plan on view would be asked for, as the engine takes it. */
  const requestFor = (of: Shown) => (planning: PlanningChoice): PartitionRequest => {
    const { cluster, bind, planning: chosen } = given(planning);
    return { modelPath: of.modelPath, sidecarPath: source.sidecarPath, ...(bind && { bind }), ...(cluster !== undefined && { cluster }), ...chosen };
  };

  const answer = async (message: FromWebview): Promise<void> => {
    editing.hurry();
    switch (message.type) {
      case 'ready':
        ready = true;
        return postState();
      case 'partition':
        return source.partition(message.planning === null ? undefined : given(message.planning));
      case 'save':
        return save();
      case 'layout':
        return layout(message);
      case 'explain':
        await editing.settled();
        return explain(message.operator);
      case 'compareMethods':
        return shown?.view.plan ? questions.compareMethods(shown, requestFor(shown)) : undefined;
      case 'comparePlan': {
        const { method } = message;
        return void (await compareOnView(services, session, method === null ? null : (subject) => planByMethod(services, subject, method)));
      }
      case 'endComparison':
        return comparing.end();
      case 'explainPlan':
        await editing.settled();
        return shown?.view.plan ? questions.explainPlan(shown) : undefined;
      case 'usePlan':
        return void vscode.commands.executeCommand('stagewright.usePlan');
      case 'timeline':
        seenOverTime = { choice: message.choice, shown: true };
        await editing.settled();
        return shown?.view.plan ? timelines.show(shown, message.choice) : undefined;
      case 'timelineShown':
        seenOverTime = seenOverTime && { ...seenOverTime, shown: message.shown };
        return;
      case 'exportTrace':
        await editing.settled();
        return shown?.view.plan ? timelines.exportTrace(shown, message.choice) : undefined;
      case 'moveOptions':
        return editing.moveOptions(message.question, message.operators);
      case 'previewMove':
        return editing.previewMove(message.question, message.move);
      case 'pinOptions':
        return editing.pinOptions(message.operator, message.scope);
      case 'edit':
        return editing.edit(message.choice);
      case 'undoEdit':
        return editing.undo();
      case 'redoEdit':
        return editing.redo();
      case 'resolveWithPins':
        return editing.resolveWithPins();
      case 'savePicture':
        return savePicture(source.modelPath() ?? source.sidecarPath, message.what, message);
      case 'openSidecar':
        return openAsText(source.sidecarPath);
      case 'copy':
        return vscode.env.clipboard.writeText(message.text);
    }
  };

  const subscriptions = [
    webview.onDidReceiveMessage((value: unknown) => {
      const message = validateMessage(value);
      if (!message) return log.warn(`the view of ${name()} sent what it may not: ${JSON.stringify(value)?.slice(0, 200)}`);
      answer(message).catch((error: unknown) => showError(error, log, `${message.type}: ${name()}`));
    }),
    source.onDidChange(() => void refresh()),
    source,
    questions,
    timelines,
    comparing,
    didShow,
  ];
  // while the model is read
  drawing.run('warmUp', null).catch((error: unknown) => error instanceof CancelledError || log.error('starting the layout', error));
  void refresh();

  const save = async (): Promise<void> => {
    await editing.settled();
    await source.save();
  };
  const session: PlanSession = {
    source: { ...source, save, dispose: () => source.dispose() },
    shown: () => shown,
    onDidShow: didShow.event,
    editing,
    takePicture: (what) => post({ type: 'takePicture', what }),
    compareWith: comparing.compareWith,
    showFidelity: (measured) => {
      fidelity = measured;
      if (shown && failure === undefined) post({ type: 'fidelity', fidelity: measured });
    },
    dispose: () => {
      disposed = true;
      loading?.abort();
      layingOut?.abort();
      vscode.Disposable.from(...subscriptions).dispose();
    },
  };
  void refresh();
  return session;
}
