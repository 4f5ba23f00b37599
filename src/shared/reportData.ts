import type { PlanStatement } from './explanationView';
import type { LayoutView } from './layoutView';
import type { PlanView } from './planView';
import type { TimelineView } from './timelineView';

/** All that a report shows without a host. Plain data. */
export interface ReportData {
  readonly view: PlanView;
  /** coordinates without and with foldable operators; in a large model nothing is expanded in them */
  readonly layouts: readonly [plain: LayoutView, withFoldable: LayoutView];
  /** why each operator is where it is, by index; empty for graphs too large to carry that */
  readonly explanations: readonly string[];
  /** why the plan is as it is; null if that was not asked for */
  readonly statements: readonly PlanStatement[] | null;
  /** the plan over time by each schedule that means something for it, the usual one first; empty if it is no pipeline */
  readonly timelines: readonly TimelineView[];
}
