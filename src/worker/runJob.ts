import { t } from '@vscode/l10n';
import { compareMethods } from '../engine/compareMethods';
import { comparePlans } from '../engine/comparePlans';
import { checkPlacements } from '../engine/checkPlacements';
import { editPlacement, moveOptions, movePreview, openEdited, pinOptionsOf, writeEdited } from '../engine/editPlacement';
import { explainPlan } from '../engine/explainPlan';
import { explainOperator } from '../engine/explainOperator';
import { exportPlacement, listTargets } from '../engine/exportPlacement';
import { inspectModel } from '../engine/inspectModel';
import { makeReport } from '../engine/makeReport';
import { measureFidelity } from '../engine/measureFidelity';
import { openPlacement } from '../engine/openPlacement';
import { partitionModel } from '../engine/partitionModel';
import type { Planned } from '../engine/planned';
import { referencePlan } from '../engine/referencePlan';
import { rehearseEdits } from '../engine/rehearseEdits';
import { resolveWithPins } from '../engine/resolveWithPins';
import { profileModel } from '../engine/profileModel';
import { splitPlacement } from '../engine/splitPlacement';
import { verifyPlacement } from '../engine/verifyPlacement';
import { plannedOrStale, planTrace } from '../engine/planTimeline';
import { timelineView } from '../engine/timeline';
import { makeCachedElk } from '../layout/columnLayout';
import { layoutPlan } from '../layout/layoutPlan';
import type { Control } from '../shared/progress';
import { withChange } from '../shared/planChange';
import type { PlanView } from '../shared/planView';
import { UserError } from '../shared/userError';
import { fileStamp } from './fileStamp';
import type { ElkThreads } from './elkThreads';
import { makeOpenedPlans } from './openedPlans';
import type { ExplainSource, JobArguments, JobName, JobResult } from './jobs';

type Handlers = { readonly [J in JobName]: (args: JobArguments<J>, control: Control) => JobResult<J> | Promise<JobResult<J>> };

/** The jobs, with what the last view was computed from kept at hand, so that one explanation after the other need not read the model again. */
/** @param threads absent: ELK runs on this thread */
export function makeJobs(threads?: ElkThreads): Handlers {
  let last: { readonly key: string; readonly modelPath: string; readonly stamp: string; readonly planned: Planned | null } | undefined;

  const plans = makeOpenedPlans();
  const elk = makeCachedElk(threads?.run);
  let drawn: { readonly key: string; readonly view: PlanView } | undefined;

  const keep = (source: ExplainSource, modelPath: string, stamp: string, planned: Planned | null): void => {
    last = { key: JSON.stringify(source), modelPath, stamp, planned };
  };

  const inspect: Handlers['inspect'] = (request, control) => {
    const stamp = fileStamp(request.modelPath);
    const { view, assumed, planned } = inspectModel(request, control);
    keep({ kind: 'model', request }, request.modelPath, stamp, planned);
    return { view, assumed };
  };

  const open = (sidecarPath: string, text: string | undefined, control: Control): JobResult<'open'> => {
    const opened = openPlacement(sidecarPath, control, text);
    const { modelPath, view, planned } = opened;
    if (text !== undefined) {
      keep({ kind: 'plan', sidecarPath, text }, modelPath, fileStamp(modelPath), planned);
      plans.remember(sidecarPath, text, opened);
    }
    return { modelPath, view };
  };

  /** What the last view was computed from, read again if it was another one. */
  const plannedFor = async (source: ExplainSource, control: Control): Promise<Planned | null> => {
    if (last?.key !== JSON.stringify(source) || last.stamp !== fileStamp(last.modelPath)) {
      if (source.kind === 'model') await inspect(source.request, control);
      else open(source.sidecarPath, source.text, control);
    }
    return last?.planned ?? null;
  };

  return {
    inspect,
    open: ({ sidecarPath, text }, control) => open(sidecarPath, text, control),
    partition: async (request, control) => {
      const { sidecarPath, text, previous, view, assumed, solveSeconds } = await partitionModel(request, control);
      return { sidecarPath, text, previous, view, assumed, solveSeconds };
    },
    explain: async ({ source, operator }, control) => {
      const planned = await plannedFor(source, control);
      if (!planned) return t('The model changed since this plan was made: partition it again to see why an operator is where it is.');
      // the view that asks may show a state of the model that is gone
      if (operator >= planned.prepared.graph.operators.length) return t('The model changed: this operator is no longer there.');
      return explainOperator(planned, operator);
    },
    compareMethod: async ({ request, method, timeLimitSeconds }, control) => (await compareMethods(request, { methods: [method], timeLimitSeconds }, control)).rows[0]!,
    explainPlan: ({ sidecarPath, text }, control) => {
      const { planned, view } = openPlacement(sidecarPath, control, text);
      if (!planned || !view.plan) throw new UserError(view.modelName, t('changed since this plan was made.'), t('Partition it again.'));
      return explainPlan(planned, view.plan.certificate, control);
    },
    timeline: async ({ sidecarPath, text, request }, control) => timelineView(plannedOrStale(await plannedFor({ kind: 'plan', sidecarPath, text }, control), sidecarPath), request),
    timelineTrace: ({ sidecarPath, text, request }, control) => planTrace(sidecarPath, request, control, text),
    referencePlan: (request, control) => referencePlan(request, control),
    // a plan that is being edited is at hand, and so is the one that it was compared with a step ago
    comparePlans: ({ before, after }, control) =>
      comparePlans(before, after, control, ({ path, text, edits = [] }, of) => {
        if (text === undefined) return openPlacement(path, of);
        return edits.length === 0 ? plans.look(path, text, of) : openEdited(plans.open(path, text, of), edits);
      }),
    edit: ({ sidecarPath, text, edits, cut, timeline }, control) => {
      const result = editPlacement(plans.open(sidecarPath, text, control), edits, cut);
      if ('refused' in result) return result;
      const { state, said, edit, planned } = result;
      return { state, said, edit, timeline: timeline === null ? null : timelineView(planned, timeline) };
    },
    rehearseEdits: ({ sidecarPath, text, edits }, control) => rehearseEdits(plans.open(sidecarPath, text, control), edits, control),
    writeEdited: ({ sidecarPath, text, edits }, control) => {
      const { text: after, planned, modelPath } = writeEdited(plans.open(sidecarPath, text, control), edits);
      keep({ kind: 'plan', sidecarPath, text: after }, modelPath, fileStamp(modelPath), planned);
      return after;
    },
    moveOptions: ({ sidecarPath, text, edits, operators }, control) => moveOptions(plans.open(sidecarPath, text, control), edits, operators),
    previewMove: ({ sidecarPath, text, edits, move }, control) => movePreview(plans.open(sidecarPath, text, control), edits, move),
    pinOptions: ({ sidecarPath, text, edits, operator, scope }, control) => pinOptionsOf(plans.open(sidecarPath, text, control), edits, operator, scope),
    resolveWithPins: async (request, control) => {
      const { text, view } = await resolveWithPins(request, control);
      return { text, view };
    },
    warmUp: () => threads?.warmUp(),
    layout: ({ key, view, ...options }, control) => {
      if (view !== null && 'of' in view) drawn = drawn?.key === view.of ? { key, view: withChange(drawn.view, view.change) } : undefined;
      else if (view !== null) drawn = { key, view };
      return drawn?.key === key ? layoutPlan(drawn.view, { ...options, elk, ...(threads && { columnsAtATime: threads.count }) }, control) : null;
    },
    export: (request, control) => exportPlacement(request, control),
    listTargets: (request, control) => listTargets(request, control),
    split: (request, control) => splitPlacement(request, control),
    verify: (request, control) => verifyPlacement(request, control),
    fidelity: (request, control) => measureFidelity(request, control),
    profile: (request, control) => profileModel(request, control),
    report: (request, control) => makeReport(request, control),
    check: ({ paths }, control) => checkPlacements(paths, control),
  };
}
