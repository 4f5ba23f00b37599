/** A JSON value as `JSON.parse` gives it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const isScalar = (value: Json): boolean => value === null || typeof value !== 'object';

function scalar(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`canonicalJson: ${value} is not a JSON number`);
  return JSON.stringify(value);
}

/**
 * JSON text that depends on the value alone: the keys of an object in the order that `order` gives for its place, then all others by
 * code unit; numbers in ECMAScript's shortest form (the same on every machine); two spaces; LF, also at the end. An array or object that
 * holds only scalars stands on one line, so that one record is one line of a diff.
 *
 * @param order the keys that come first in the object at `path`; array elements have the path of their array followed by '[]'
 */
export function canonicalJson(value: Json, order: (path: string) => readonly string[]): string {
  const print = (node: Json, path: string, indent: string): string => {
    if (isScalar(node)) return scalar(node);
    const inner = `${indent}  `;
    if (Array.isArray(node)) {
      if (node.every(isScalar)) return `[${node.map(scalar).join(', ')}]`;
      return `[\n${node.map((item) => inner + print(item, `${path}[]`, inner)).join(',\n')}\n${indent}]`;
    }
    const record = node as { readonly [key: string]: Json };
    const keys = sortedKeys(record, order(path));
    if (keys.length === 0) return '{}';
    if (path !== '' && keys.every((key) => isScalar(record[key]!))) {
      return `{ ${keys.map((key) => `${JSON.stringify(key)}: ${scalar(record[key]!)}`).join(', ')} }`;
    }
    const lines = keys.map((key) => `${inner}${JSON.stringify(key)}: ${print(record[key]!, path === '' ? key : `${path}.${key}`, inner)}`);
    return `{\n${lines.join(',\n')}\n${indent}}`;
  };
  return `${print(value, '', '')}\n`;
}

function sortedKeys(record: { readonly [key: string]: Json | undefined }, first: readonly string[]): string[] {
  const present = Object.keys(record).filter((key) => record[key] !== undefined);
  const rank = new Map(first.map((key, i) => [key, i]));
  return present.sort((a, b) => (rank.get(a) ?? first.length) - (rank.get(b) ?? first.length) || byCodeUnit(a, b));
}
