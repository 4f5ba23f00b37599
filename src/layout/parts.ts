import { countOf, firstOf, type Child, type Group } from './scopeTree';

/** More boxes than this are not read together. */
export const MOST_CHILDREN = 300;

/**
 * Splits what names do not structure into parts of the graph's order, about as many as each then holds boxes. A part is
 * named by the positions of its operators in the stage or scope, counted from 1.
 */
export function splitIntoParts(children: readonly Child[], path = ''): readonly Child[] {
  const inside = children.map((child): Child => (typeof child === 'number' ? child : { ...child, children: splitIntoParts(child.children, child.path) }));
  if (inside.length <= MOST_CHILDREN) return inside;
  const size = Math.ceil(Math.sqrt(inside.length));
  const parts: Group[] = [];
  let passed = 0;
  for (let i = 0; i < inside.length; i += size) {
    const own = inside.slice(i, i + size);
    const count = own.reduce<number>((sum, child) => sum + countOf(child), 0);
    parts.push({ kind: 'part', label: `${passed + 1}–${passed + count}`, path: `${path}/#${firstOf(own[0]!)}`, children: own, count });
    passed += count;
  }
  return parts;
}
