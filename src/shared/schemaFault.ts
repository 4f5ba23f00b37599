/** Something that is wrong with a JSON document, and where. */
export interface JsonValueFault {
  /** JSON pointer of the value that is wrong */
  readonly pointer: string;
  readonly problem: string;
}

/** The part of ajv's errors that is used; spelt out so that the view need not load ajv. */
interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: object;
  readonly message?: string;
}

/** The first error of a JSON schema validation (ajv), in words that name the value as people write paths. */
export function schemaFault(error: SchemaError | undefined): JsonValueFault {
  if (!error) return { pointer: '', problem: 'does not fit the schema' };
  const where = error.instancePath === '' ? '' : `${readablePath(error.instancePath)} `;
  if (error.keyword === 'required') {
    const { missingProperty } = error.params as { missingProperty: string };
    return { pointer: error.instancePath, problem: `${where}has no "${missingProperty}"` };
  }
  if (error.keyword === 'enum') {
    const { allowedValues } = error.params as { allowedValues: unknown[] };
    return { pointer: error.instancePath, problem: `${where}must be ${allowedValues.map((v) => JSON.stringify(v)).join(' or ')}` };
  }
  if (error.keyword === 'const') {
    const { allowedValue } = error.params as { allowedValue: unknown };
    return { pointer: error.instancePath, problem: `${where}must be ${JSON.stringify(allowedValue)}` };
  }
  return { pointer: error.instancePath, problem: `${where}${error.message ?? 'does not fit the schema'}` };
}

/** '/stages/0/load' as people write it: stages[0].load */
function readablePath(pointer: string): string {
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`), '');
}
