import type * as vscode from 'vscode';
import type { Bindings } from '../engine/requests';

/** What the user answered in this workspace, to be offered first the next time. */
export interface RememberedAnswers {
  /** preset name or path, as given last */
  cluster(): string | undefined;
  /** sizes given for a model; names that mean the same in every model (`batch`) are taken from others where the model has none */
  bindings(modelPath: string): Bindings;
  /** what was given for this very model */
  ownBindings(modelPath: string): Bindings | undefined;
  remember(modelPath: string, answers: { readonly cluster: string; readonly bind: Bindings }): Promise<void>;
}

const CLUSTER = 'answers.cluster';
const BINDINGS = 'answers.bindings';
/** Models whose answers are kept; the ones asked longest ago go first. */
const MODELS_KEPT = 100;

export function makeRememberedAnswers(state: vscode.Memento): RememberedAnswers {
  const read = (): [string, Bindings][] => {
    const value = state.get<unknown>(BINDINGS);
    return Array.isArray(value) ? value.filter(isEntry) : [];
  };
  const own = (modelPath: string): Bindings | undefined => read().find(([path]) => path === modelPath)?.[1];
  return {
    cluster: () => {
      const value = state.get<unknown>(CLUSTER);
      return typeof value === 'string' ? value : undefined;
    },
    // `input.2` is the third axis of an input named so: in another model it is something else
    bindings: (modelPath) => {
      const shared = read().flatMap(([, bindings]) => Object.entries(bindings).filter(([symbol]) => !/\.\d+$/.test(symbol)));
      return { ...Object.fromEntries(shared), ...own(modelPath) };
    },
    ownBindings: own,
    remember: async (modelPath, { cluster, bind }) => {
      await state.update(CLUSTER, cluster);
      await state.update(BINDINGS, [...read().filter(([path]) => path !== modelPath), [modelPath, bind]].slice(-MODELS_KEPT));
    },
  };
}

function isEntry(value: unknown): value is [string, Bindings] {
  if (!Array.isArray(value) || typeof value[0] !== 'string' || typeof value[1] !== 'object' || value[1] === null) return false;
  return Object.values(value[1] as object).every((size) => Number.isSafeInteger(size));
}
