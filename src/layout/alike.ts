import type { OperatorView } from '../shared/planView';
import { countOf, type Child, type Group } from './scopeTree';

/** Two boxes read as easily as one with a count. */
const FEWEST = 3;

/**
 * Puts runs of scopes that are alike into one group, at every depth: layers.0, layers.1, ... whose operators have the same types in
 * the same order. Only neighbours in the graph's order, so that the group has one place in it.
 */
export function foldAlike(children: readonly Child[], all: readonly OperatorView[]): readonly Child[] {
  const inside = children.map((child) => (typeof child === 'number' ? child : { ...child, children: foldAlike(child.children, all) }));
  const signatures = children.map((child) => (typeof child === 'number' ? '' : `${stem(child.label)}\n${typesOf(child, all)}`));
  const folded: Child[] = [];
  for (let i = 0; i < inside.length; ) {
    let end = i + 1;
    if (signatures[i] !== '') while (end < inside.length && signatures[end] === signatures[i]) end++;
    const run = inside.slice(i, end);
    if (run.length >= FEWEST) folded.push(runOf(run as Group[]));
    else folded.push(...run);
    i = end;
  }
  return folded;
}

/** What names of repeated layers share: 'layers.#'. */
const stem = (label: string): string => label.replace(/\d+/g, '#');

const typesOf = (child: Child, all: readonly OperatorView[]): string =>
  typeof child === 'number' ? all[child]!.type : child.children.map((inner) => typesOf(inner, all)).join(' ');

function runOf(run: readonly Group[]): Group {
  const first = run[0]!;
  const last = run.at(-1)!;
  return {
    kind: 'alike',
    label: `${first.label}–${/\d+\D*$/.exec(last.label)?.[0] ?? last.label}`,
    path: `${first.path}–${last.path}`,
    children: run,
    count: run.reduce((sum, group) => sum + countOf(group), 0),
  };
}
