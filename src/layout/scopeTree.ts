import type { OperatorView } from '../shared/planView';
import { scopesOf } from './scopes';

/** A group of operators before it has a place. Children stand in the graph's order of their first operators. */
export interface Group {
  readonly kind: 'scope' | 'alike' | 'part';
  readonly label: string;
  /** unique within its stage */
  readonly path: string;
  /** operator indices, or groups */
  readonly children: readonly Child[];
  /** operators at any depth */
  readonly count: number;
}

export type Child = number | Group;

/** A scope of fewer operators is no easier to read as one box. */
const FEWEST = 4;
/** A scope that holds more than this share of what is around it says nothing: its parts stand in its place. */
const NEARLY_ALL = 0.8;

export const countOf = (child: Child): number => (typeof child === 'number' ? 1 : child.count);
export const firstOf = (child: Child): number => (typeof child === 'number' ? child : firstOf(child.children[0]!));

/** The scopes of some operators by their names, small and all-embracing ones left out. @param operators indices, ascending */
export function scopeTree(all: readonly OperatorView[], operators: readonly number[]): readonly Child[] {
  const root: Draft = { label: '', path: '', scopes: new Map(), children: [] };
  for (const operator of operators) {
    let scope = root;
    for (const part of scopesOf(all[operator]!.name)) {
      let inner = scope.scopes.get(part);
      if (inner === undefined) {
        const label = /^\d+$/.test(part) && scope.label !== '' ? `${scope.label}/${part}` : part;
        inner = { label, path: `${scope.path}/${part}`, scopes: new Map(), children: [] };
        scope.scopes.set(part, inner);
        scope.children.push(inner);
      }
      scope = inner;
    }
    scope.children.push(operator);
  }
  return finish(root);
}

interface Draft {
  readonly label: string;
  readonly path: string;
  readonly scopes: Map<string, Draft>;
  readonly children: (number | Draft)[];
}

/** As deep as `scopesOf` allows. */
function finish(draft: Draft): readonly Child[] {
  const children = draft.children.flatMap((child): readonly Child[] => {
    if (typeof child === 'number') return [child];
    const inner = finish(child);
    const count = inner.reduce<number>((sum, c) => sum + countOf(c), 0);
    return count < FEWEST ? inner : [{ kind: 'scope', label: child.label, path: child.path, children: inner, count }];
  });
  const total = children.reduce<number>((sum, child) => sum + countOf(child), 0);
  return children.flatMap((child) => (typeof child !== 'number' && child.count > NEARLY_ALL * total ? child.children : [child])).sort((a, b) => firstOf(a) - firstOf(b));
}
