import type { PlanView } from '../planView';
import type { Reference } from '../reference';
import { metricOf, type Metric } from './metrics';
import type { Relation, Term } from './parseQuery';

/** Relative tolerance of `=` between numbers that people read with three digits. */
const SAME = 5e-3;

/**
 * Operator indices for which all terms hold, in the graph's order; none for no terms.
 *
 * @param reference the plan that the one on view is compared with; null if it is with none
 */
export function findOperators(view: PlanView, terms: readonly Term[], reference: Reference | null = null): number[] {
  if (terms.length === 0) return [];
  const tests = terms.map((term) => testOf(view, term, reference));
  return view.operators.flatMap((_, v) => (tests.every((test) => test(v)) ? [v] : []));
}

function testOf(view: PlanView, term: Term, reference: Reference | null): (operator: number) => boolean {
  const holds = positive(view, term, reference);
  return term.negated ? (v) => !holds(v) : holds;
}

function positive(view: PlanView, term: Term, reference: Reference | null): (operator: number) => boolean {
  const { operators, plan } = view;
  switch (term.kind) {
    case 'text': return (v) => `${operators[v]!.type}\n${operators[v]!.name}\n${operators[v]!.id}`.toLowerCase().includes(term.text);
    case 'contains': {
      const { field, text } = term;
      if (field === 'device') return (v) => (plan?.stages[operators[v]!.stage]?.device ?? '').toLowerCase().includes(text);
      return (v) => operators[v]![field].toLowerCase().includes(text);
    }
    case 'flag': {
      if (term.field === 'foldable') return (v) => operators[v]!.foldable === term.value;
      if (term.field === 'moved') return (v) => (reference?.stageOf[v] ?? -1) >= 0 && reference?.moved.has(v) === term.value;
      const cut = new Set((plan?.cuts ?? []).map(({ tensor }) => tensor));
      return (v) => operators[v]!.outputs.some((tensor) => cut.has(tensor)) === term.value;
    }
    case 'number': {
      if (term.field === 'stage') return (v) => operators[v]!.stage >= 0 && compare(operators[v]!.stage, term.relation, term.value, 0);
      if (term.field === 'from') return (v) => (reference?.stageOf[v] ?? -1) >= 0 && compare(reference!.stageOf[v]!, term.relation, term.value, 0);
      const values = metricOf(view, term.field satisfies Metric);
      return (v) => compare(values[v]!, term.relation, term.value, SAME);
    }
  }
}

/** What is not known is in no relation to anything. */
function compare(a: number, relation: Relation, b: number, tolerance: number): boolean {
  switch (relation) {
    case '=': return Math.abs(a - b) <= tolerance * Math.abs(b);
    case '<': return a < b;
    case '<=': return a <= b;
    case '>': return a > b;
    case '>=': return a >= b;
  }
}
