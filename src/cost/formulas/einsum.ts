import { product, type Formula } from '../operands';

/** Sizes of the loops that a term runs through: its labels, and for an ellipsis the dimensions that no label stands for, from the last to the first. */
function loopsOf(term: string, dims: readonly number[]): (readonly [label: string, size: number])[] | undefined {
  const [before, after] = term.split('...') as [string, string | undefined];
  const labels = before.length + (after?.length ?? 0);
  if (after === undefined ? labels !== dims.length : labels > dims.length) return undefined;
  const last = dims.length - (after?.length ?? 0);
  const hidden = after === undefined ? [] : dims.slice(before.length, last).reverse();
  return [
    ...[...before].map((label, i) => [label, dims[i]!] as const),
    ...hidden.map((size, i) => [`...${i}`, size] as const),
    ...[...(after ?? '')].map((label, i) => [label, dims[last + i]!] as const),
  ];
}

/**
 * Every label is a loop. Inside all of them, the operands are multiplied and added up: one FLOP for each operand, and none for the last
 * addition where nothing is summed over. An engine that contracts more than two operands pair by pair needs fewer; this bounds it.
 */
export const einsum: Formula = (o) => {
  const [left, right] = o.text('equation', '').replaceAll(/\s/g, '').split('->') as [string, string | undefined];
  const terms = left.split(',');
  const sizes = new Map<string, number>();
  for (const [position, term] of terms.entries()) {
    const dims = o.dimsIn(position);
    const loops = dims && loopsOf(term, dims);
    if (!loops) return undefined;
    for (const [label, size] of loops) sizes.set(label, Math.max(sizes.get(label) ?? 1, size));
  }
  const points = product([...sizes.values()]);
  const out = o.elementsOut(0);
  const sums = right === undefined || out === undefined || out < points;
  return points * (sums ? terms.length : terms.length - 1);
};
