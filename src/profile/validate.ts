import { Ajv } from 'ajv';
import schema from '../../media/schemas/profile.schema.json';
import { schemaFault, type JsonValueFault } from '../shared/schemaFault';
import type { ProfileFile } from './profileFile';

let compiled: ReturnType<Ajv['compile']> | undefined;

/**
 * What is wrong with a profile: the schema first, then what a schema cannot say (an operator named twice, a coverage that is not that of the list).
 *
 * @returns the first fault, or undefined if the profile is valid
 */
export function profileFault(value: unknown): JsonValueFault | undefined {
  // strictNumbers refuses infinity, which is what 1e999 parses to, and NaN
  compiled ??= new Ajv({ strict: false, strictNumbers: true }).compile(schema);
  if (!compiled(value)) return schemaFault(compiled.errors?.[0]);
  const { operators, coverage } = value as ProfileFile;
  const seen = new Set<string>();
  for (const [i, [id]] of operators.entries()) {
    if (seen.has(id)) return { pointer: `/operators/${i}`, problem: `the operator "${id}" is named twice` };
    seen.add(id);
  }
  if (coverage.measured !== operators.length) {
    return { pointer: '/coverage/measured', problem: `coverage.measured is ${coverage.measured}, but operators has ${operators.length}` };
  }
  if (coverage.measured > coverage.operators) return { pointer: '/coverage/operators', problem: 'coverage.operators is below coverage.measured' };
  return undefined;
}
