import type { Operator } from './operatorGraph';

/** Parts of a name: exporters separate the modules that an operator came from by '/', and say '::' or '.' inside a part. */
const partsOf = (name: string): string[] => name.split('/').filter((part) => part !== '');

/**
 * The scope of an operator: the path of the module that it came from, as exporters write it into node names. `/model/layers.12/attn/MatMul`
 * lies in `/model/layers.12/attn`; a name without a path, and no name at all, lie in the root scope ''. An operator without a name
 * is looked for by its id, because exporters derive names of tensors from those of modules.
 */
export function scopeOf(operator: Pick<Operator, 'name' | 'id'>): string {
  const parts = partsOf(operator.name === '' ? operator.id : operator.name).slice(0, -1);
  return parts.length === 0 ? '' : `/${parts.join('/')}`;
}

/** The scopes around a scope, from the outermost to the scope itself; none for the root scope. */
export function scopePath(scope: string): string[] {
  let path = '';
  return partsOf(scope).map((part) => (path += `/${part}`));
}

/** The innermost scope that holds all of these scopes; '' where only the root does, and for no scopes at all. */
export function commonScope(scopes: Iterable<string>): string {
  let common: string[] | undefined;
  for (const scope of scopes) {
    const parts = partsOf(scope);
    if (!common) common = parts;
    else {
      const differs = common.findIndex((part, i) => part !== parts[i]);
      if (differs >= 0) common = common.slice(0, differs);
    }
    if (common.length === 0) return '';
  }
  return common === undefined || common.length === 0 ? '' : `/${common.join('/')}`;
}
