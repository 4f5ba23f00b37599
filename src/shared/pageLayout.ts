import type { LayoutView } from './layoutView';
import type { PlanView } from './planView';

/** What a report's view asks of the layout engine that the page carries. */
export interface PageLayoutRequest {
  readonly showFoldable: boolean;
  readonly grouped: boolean;
  /** keys of the groups whose inside is drawn */
  readonly expanded: readonly string[];
}

/** `view` comes with the first question that a worker gets. An answer to an older question than the last is not made. */
export interface ToPageLayout {
  readonly id: number;
  readonly view: PlanView | null;
  readonly request: PageLayoutRequest;
}

export interface FromPageLayout {
  readonly id: number;
  readonly layout: LayoutView;
}

/** What the engine's script offers to the page itself, for where no worker may be started: the plain layout, which is made at once. */
export type PlainLayout = (view: PlanView, request: PageLayoutRequest) => Promise<LayoutView>;

/** Ids of the elements of a report: its data, and the engine's script, which is not there where every picture is in the data. */
export const REPORT_DATA = 'report-data';
export const LAYOUT_ENGINE = 'layout-engine';
/** The engine's script leaves its plain layout under this name. */
export const PLAIN_LAYOUT = 'stagewrightPlainLayout';
