/** Deeper scopes than this are drawn as one: names come from files, and nothing recurses without a bound. */
const DEEPEST = 12;

/**
 * The scopes that exporters write into operator names, outermost first: '/model/layers.3/attn/MatMul' is in 'model', 'layers.3' and
 * 'attn', and so is 'model.layers.3.attn.matmul'. The last part is the operator itself. Empty if the name says nothing.
 */
export function scopesOf(name: string): readonly string[] {
  const end = Math.max(name.lastIndexOf('/'), name.includes('/') ? -1 : name.lastIndexOf('.'));
  if (end <= 0) return [];
  return name.slice(0, end).split('/').flatMap(splitAtDots).slice(0, DEEPEST);
}

/** A number belongs to the word before it: 'layers.3.attn' is 'layers.3' and 'attn'. */
function splitAtDots(part: string): string[] {
  const scopes: string[] = [];
  for (const word of part.split('.').filter((w) => w !== '')) {
    if (/^\d+$/.test(word) && scopes.length > 0) scopes.push(`${scopes.pop()!}.${word}`);
    else scopes.push(word);
  }
  return scopes;
}
