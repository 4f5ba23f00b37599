import { quote } from '../onnx/quote';
import type { ElementType } from '../onnx/model';
import { UserError } from '../shared/userError';
import { isCarried, type HostTensor } from './hostTensor';
import { tensorOfValues } from './randomInputs';

/**
 * Tensors from JSON: `{"x": {"type": "float32", "dims": [1, 2], "data": [0.5, 1]}}`, elements in row-major order.
 *
 * @throws UserError if it is not that
 */
export function readInputs(text: string, subject: string): Map<string, HostTensor> {
  const remedy = 'Expected: {"x": {"type": "float32", "dims": [1, 2], "data": [0.5, 1]}}.';
  const value = parse(text, subject, remedy);
  if (!isObject(value)) throw new UserError(subject, 'is not a JSON object with a tensor for each input.', remedy);
  return new Map(
    Object.entries(value).map(([name, tensor]) => {
      const { type, dims, data } = isObject(tensor) ? tensor : {};
      if (typeof type !== 'string' || !isCarried(type as ElementType)) throw new UserError(subject, `the input ${quote(name)} has no type that can be fed.`, remedy);
      if (!Array.isArray(dims) || !dims.every((dim) => Number.isSafeInteger(dim) && (dim as number) >= 0)) throw new UserError(subject, `the input ${quote(name)} has no "dims", a list of sizes.`, remedy);
      if (!Array.isArray(data) || !data.every((element) => ['number', 'string', 'boolean'].includes(typeof element))) throw new UserError(subject, `the input ${quote(name)} has no "data", a list of elements.`, remedy);
      return [name, tensorOfValues(subject, type as ElementType, dims as number[], data as (number | string | boolean)[])] as const;
    }),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string, subject: string, remedy: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(subject, `is not JSON: ${(error as Error).message}.`, remedy);
  }
}
