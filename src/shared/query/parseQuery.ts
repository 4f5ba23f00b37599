import { t } from '@vscode/l10n';
import { METRIC_QUANTITY, METRICS, type Metric, type Quantity } from './metrics';

/** One condition of a search; all have to hold. */
export type Term = { readonly negated: boolean } & (
  /** in the type, the name or the id */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'contains'; readonly field: TextField; readonly text: string }
  | { readonly kind: 'number'; readonly field: Metric | StageField; readonly relation: Relation; readonly value: number }
  | { readonly kind: 'flag'; readonly field: Flag; readonly value: boolean }
);

export type Relation = '=' | '<' | '<=' | '>' | '>=';
export const TEXT_FIELDS = ['type', 'name', 'id', 'device'] as const;
export type TextField = (typeof TEXT_FIELDS)[number];
/** `moved`: is it elsewhere in the plan that the one on view is compared with? */
export const FLAGS = ['foldable', 'cut', 'moved'] as const;
export type Flag = (typeof FLAGS)[number];
/** the stage in the plan on view, and in the plan that it is compared with */
export const STAGE_FIELDS = ['stage', 'from'] as const;
export type StageField = (typeof STAGE_FIELDS)[number];

export type ParsedQuery = { readonly terms: readonly Term[] } | { readonly problem: string };

/** Factors of units, by quantity; decimal and binary ones for bytes. */
const UNITS: Readonly<Record<Quantity, Readonly<Record<string, number>>>> = {
  seconds: { ns: 1e-9, 'µs': 1e-6, us: 1e-6, ms: 1e-3, s: 1 },
  bytes: { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 },
  flops: { flop: 1, kflop: 1e3, mflop: 1e6, gflop: 1e9, tflop: 1e12 },
  ratio: { 'flop/b': 1 },
  factor: { x: 1 },
};

const EXAMPLES = { seconds: '1ms', bytes: '10MB', flops: '1GFLOP', ratio: '10', factor: '2' } as const;

/**
 * Reads a search: words, and conditions such as `type:MatMul time>1ms stage:2 bytes>=10MB -name:attn foldable:no`. Blanks separate terms, quotes keep
 * blanks inside one, a leading `-` turns a term round.
 *
 * @returns the terms, or what is wrong with the first one that cannot be read
 */
export function parseQuery(query: string): ParsedQuery {
  const terms: Term[] = [];
  for (const { text, quoted } of split(query)) {
    const negated = !quoted && text.length > 1 && text.startsWith('-');
    const term = parseTerm(negated ? text.slice(1) : text, quoted);
    if (typeof term === 'string') return { problem: term };
    terms.push({ ...term, negated });
  }
  return { terms };
}

type Bare<T> = T extends unknown ? Omit<T, 'negated'> : never;

function parseTerm(text: string, quoted: boolean): Bare<Term> | string {
  const match = quoted ? null : /^([a-z]+)(:|<=|>=|=|<|>)(.*)$/is.exec(text);
  if (!match) return { kind: 'text', text: text.toLowerCase() };
  const [, name = '', sign = '', value = ''] = match;
  const field = name.toLowerCase();
  const relation = (sign === ':' ? '=' : sign) as Relation;
  if (isOne(TEXT_FIELDS, field)) {
    if (relation !== '=') return t({ message: '"{0}" is text: write {0}:word', args: [field], comment: '"word" stands for any word' });
    return value === '' ? t('"{0}" looks for nothing yet', `${field}:`) : { kind: 'contains', field, text: value.toLowerCase() };
  }
  if (isOne(FLAGS, field)) {
    const flag = { yes: true, true: true, no: false, false: false }[value.toLowerCase()];
    return flag === undefined || relation !== '=' ? t('write {0} or {1}', `${field}:yes`, `${field}:no`) : { kind: 'flag', field, value: flag };
  }
  if (isOne(STAGE_FIELDS, field)) {
    return /^\d+$/.test(value) ? { kind: 'number', field, relation, value: Number(value) } : t('write {0}, with the number of a stage', `${field}:2`);
  }
  if (isOne(METRICS, field)) return numberTerm(field, relation, value);
  // a name with a colon in it, as exporters write them, is a word like any other
  if (sign === ':' || sign === '=') return { kind: 'text', text: text.toLowerCase() };
  return t('"{0}" is nothing that can be compared: {1}', name, [...METRICS, ...STAGE_FIELDS].join(', '));
}

function numberTerm(field: Metric, relation: Relation, value: string): Bare<Term> | string {
  const units = UNITS[METRIC_QUANTITY[field]];
  const match = /^(\d+(?:\.\d*)?|\.\d+)(?:e([+-]?\d{1,3}))?\s*([a-zµ/]*)$/i.exec(value);
  const factor = match?.[3] === '' ? 1 : units[match?.[3]?.toLowerCase() ?? '-'];
  if (!match || factor === undefined) return t({ message: 'write {0}, with {1}', args: [`${field}>${EXAMPLES[METRIC_QUANTITY[field]]}`, Object.keys(units).join(', ')], comment: 'An example of a condition, and the units that it may have' });
  return { kind: 'number', field, relation, value: Number(match[1]) * 10 ** Number(match[2] ?? 0) * factor };
}

const isOne = <T extends string>(all: readonly T[], word: string): word is T => all.some((one) => one === word);

/** Terms at blanks; quotes, which may stand after a colon, keep blanks. */
function split(query: string): { readonly text: string; readonly quoted: boolean }[] {
  const found: { text: string; quoted: boolean }[] = [];
  for (const [whole, prefix = '', inQuotes] of query.matchAll(/(-?(?:[a-z]+:)?)"([^"]*)"?|\S+/gi)) {
    if (inQuotes === undefined) found.push({ text: whole, quoted: false });
    else if (prefix === '') found.push({ text: inQuotes, quoted: true });
    else found.push({ text: `${prefix}${inQuotes}`, quoted: false });
  }
  return found.filter(({ text }) => text !== '');
}
