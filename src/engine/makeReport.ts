import { t } from '@vscode/l10n';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportHtml } from '../export/report/reportHtml';
import { layoutPlan } from '../layout/layoutPlan';
import type { Language } from '../shared/language';
import { throwIfCancelled, type Control } from '../shared/progress';
import { explainOperator } from './explainOperator';
import { explainPlan } from './explainPlan';
import { openPlacement } from './openPlacement';
import type { OpenedPlacement } from './requests';
import { timelineView } from './timeline';
import type { Planned } from './planned';
import type { TimelineView } from '../shared/timelineView';

/** Plain data: it crosses to a worker. */
export interface ReportRequest {
  readonly sidecarPath: string;
  /** folder with the panel's bundle */
  readonly assets: string;
  /** whether to say what one more device, twice the link and the like would bring, which takes several solves; true if absent */
  readonly explain?: boolean;
  /** of the page; English if absent. The engine has to speak it already. */
  readonly language?: Language | undefined;
}

/** Milliseconds that a layout may take before a plain one takes its place. */
const LAYOUT_DEADLINE = 20_000;
/** Sentences about more operators than this are more than a page should carry. */
const MOST_EXPLAINED = 3000;

/**
 * A plan as one page of HTML with the interactive view, for a pull request or an artefact of continuous integration.
 *
 * @returns the page's text
 * @throws UserError if the placement is not valid or its model cannot be read; CancelledError
 */
export async function makeReport({ sidecarPath, assets, explain = true, language }: ReportRequest, control: Control): Promise<string> {
  const opened = openPlacement(sidecarPath, control);
  const { view, planned } = opened;
  control.report({ phase: t('laying out') });
  const layout = (showFoldable: boolean) => layoutPlan(view, { showFoldable, deadlineMilliseconds: LAYOUT_DEADLINE }, control);
  const layouts = [await layout(false), await layout(true)] as const;
  throwIfCancelled(control);
  const explanations = planned && view.operators.length <= MOST_EXPLAINED ? view.operators.map((_, operator) => explainOperator(planned, operator)) : [];
  const statements = explain ? await statementsOf(opened, control) : null;
  const text = (name: string): string => readFileSync(join(assets, name), 'utf8');
  return reportHtml(
    { view, layouts, explanations, statements, timelines: timelinesOf(planned) },
    { scripts: [text('report.js'), text('main.js')], styles: [text('codicon.css'), text('main.css')], engine: layouts.some(({ groups }) => groups.length > 0) ? text('layout.js') : null, iconFont: readFileSync(join(assets, 'codicon.ttf')) },
    language,
  );
}

/** The plan by each schedule that means something for it, with the usual number of micro-batches; none for a plan that is no pipeline. */
function timelinesOf(planned: Planned | null): TimelineView[] {
  if (planned === null || planned.objective === 'latency') return [];
  const usual = timelineView(planned, {});
  return [usual, ...usual.offered.slice(1).map((schedule) => timelineView(planned, { schedule }))].map((view) => ({ ...view, offeredMicroBatches: [view.microBatches] }));
}

async function statementsOf({ planned, view }: OpenedPlacement, control: Control) {
  return planned && view.plan ? (await explainPlan(planned, view.plan.certificate, control)).statements : null;
}
