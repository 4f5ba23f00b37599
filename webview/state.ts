import type { MethodRow, PlanComparison } from '../src/shared/comparisonView';
import type { PlanStatement } from '../src/shared/explanationView';
import type { FidelityView } from '../src/shared/fidelityView';
import type { LayoutView } from '../src/shared/layoutView';
import type { PlanView } from '../src/shared/planView';
import type { Reference } from '../src/shared/reference';
import type { TimelineView } from '../src/shared/timelineView';

export type Selection = { readonly kind: 'operator' | 'tensor' | 'stage' | 'group'; readonly index: number } | null;

/** What names a selection when indices change. */
export interface SelectionName {
  readonly kind: 'operator' | 'tensor' | 'stage';
  readonly id: string;
}

export interface State {
  /** what fills the middle: nothing said yet, work going on, an error, or a model */
  readonly screen: 'waiting' | 'loading' | 'failed' | 'ready';
  readonly modelName: string;
  /** what is being done, or what went wrong */
  readonly message: string;
  readonly view: PlanView | null;
  /** groups of the picture on the screen; none if every operator stands for itself */
  readonly grouping: Pick<LayoutView, 'groups' | 'groupOf'>;
  /** coordinates for `view` have not arrived yet */
  readonly layingOut: boolean;
  readonly dirty: boolean;
  readonly selection: Selection;
  readonly showFoldable: boolean;
  /** groups were asked for, though the model is small enough to do without */
  readonly grouped: boolean;
  readonly inspectorOpen: boolean;
  readonly searchOpen: boolean;
  /** what the plan is made for can be chosen */
  readonly settingsOpen: boolean;
  /** why operators are where they are, as far as the host has been asked; by operator index */
  readonly explanations: ReadonlyMap<number, string>;
  /** the methods compared so far; `running` says which one is at work */
  readonly comparison: { readonly objective: string; readonly rows: readonly MethodRow[]; readonly running: string | null };
  /** how the plan on view differs from another one, once somebody compared the two */
  readonly planComparison: PlanComparison | null;
  /** the same by operators of the view */
  readonly reference: Reference | null;
  /** what running the plan on this machine showed, once somebody did */
  readonly fidelity: FidelityView | null;
  /** why the plan is as it is, once it was asked for */
  readonly planExplanation: { readonly statements: readonly PlanStatement[] | null; readonly running: string | null; readonly failed: string | null };
  /** the plan over time, once it was asked for; stays while another schedule is computed */
  readonly timeline: { readonly view: TimelineView | null; readonly running: boolean; readonly failed: string | null };
}

export const NO_GROUPS: State['grouping'] = { groups: [], groupOf: [] };
export const NOT_COMPARED: State['comparison'] = { objective: '', rows: [], running: null };
export const NOT_EXPLAINED: State['planExplanation'] = { statements: null, running: null, failed: null };
export const NO_TIMELINE: State['timeline'] = { view: null, running: false, failed: null };

export interface Store {
  readonly get: () => State;
  readonly set: (change: Partial<State>) => void;
  /** Called after each change with the names of what changed. */
  readonly subscribe: (listener: (state: State, changed: ReadonlySet<keyof State>) => void) => void;
}

export function createStore(initial: State): Store {
  let state = initial;
  const listeners: ((state: State, changed: ReadonlySet<keyof State>) => void)[] = [];
  return {
    get: () => state,
    set(change) {
      const changed = new Set((Object.keys(change) as (keyof State)[]).filter((key) => state[key] !== change[key]));
      if (changed.size === 0) return;
      state = { ...state, ...change };
      for (const listener of listeners) listener(state, changed);
    },
    subscribe: (listener) => void listeners.push(listener),
  };
}

/** A selection by name, which outlives changes of the model; groups do not. */
export function selectionName(view: PlanView | null, selection: Selection): SelectionName | undefined {
  if (view === null || selection === null || selection.kind === 'group') return undefined;
  const { kind, index } = selection;
  const id = kind === 'operator' ? view.operators[index]?.id : kind === 'tensor' ? view.tensors[index]?.name : view.plan?.stages[index]?.name;
  return id === undefined ? undefined : { kind, id };
}

/** The reverse; null if there is no such thing any more. */
export function selectionOf(view: PlanView, name: SelectionName | undefined): Selection {
  if (name === undefined) return null;
  const { kind, id } = name;
  const index =
    kind === 'operator'
      ? view.operators.findIndex((o) => o.id === id)
      : kind === 'tensor'
        ? view.tensors.findIndex((t) => t.name === id)
        : (view.plan?.stages.findIndex((s) => s.name === id) ?? -1);
  return index < 0 ? null : { kind, index };
}
