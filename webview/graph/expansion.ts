import type { LayoutView } from '../../src/shared/layoutView';
import { keysHiding } from './groups';

/** What the picture that comes next is for. */
export interface Awaited {
  /** key of the group that was expanded or collapsed */
  readonly anchor?: string;
  /** operator that is to be shown */
  readonly operator?: number;
}

/** Which groups are expanded. The picture that follows from a change is the host's to make. */
export interface Expansion {
  readonly keys: () => readonly string[];
  readonly expand: (layout: LayoutView | null, group: number) => void;
  readonly collapse: (layout: LayoutView | null, group: number) => void;
  /** Expands what hides an operator. @returns whether anything did, so that it can be shown only in the next picture */
  readonly uncover: (layout: LayoutView | null, operator: number) => boolean;
  /** A picture has come. @returns what it was asked for; null if nothing of this kind */
  readonly arrived: () => Awaited | null;
}

export function makeExpansion(before: readonly string[], ask: (expanded: readonly string[]) => void): Expansion {
  const expanded = new Set(before);
  let awaited: Awaited | null = null;
  const change = (next: Awaited): void => {
    awaited = next;
    ask([...expanded]);
  };
  return {
    keys: () => [...expanded],
    expand(layout, group) {
      const key = layout?.groups[group]?.key;
      if (key === undefined) return;
      expanded.add(key);
      change({ anchor: key });
    },
    collapse(layout, group) {
      const key = layout?.groups[group]?.key;
      if (layout === null || key === undefined) return;
      // What is inside begins collapsed when the group is expanded again.
      layout.groups.forEach((inner, g) => {
        for (let at = g; at >= 0; at = layout.groups[at]!.parent) if (at === group) expanded.delete(inner.key);
      });
      change({ anchor: key });
    },
    uncover(layout, operator) {
      const keys = layout === null ? [] : keysHiding(layout, operator);
      if (keys.length === 0) return false;
      for (const key of keys) expanded.add(key);
      change({ operator });
      return true;
    },
    arrived() {
      const of = awaited;
      awaited = null;
      return of;
    },
  };
}
