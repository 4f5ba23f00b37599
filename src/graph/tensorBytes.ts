import { bytesOfElements } from '../onnx/elementTypes';
import type { Dim, ElementType } from '../onnx/model';

/** Number of elements; undefined unless every dimension is a number. */
export function elementCount(shape: readonly Dim[] | undefined): number | undefined {
  if (!shape) return undefined;
  let count = 1;
  for (const dim of shape) {
    if (typeof dim !== 'number') return undefined;
    count *= dim;
  }
  return count;
}

/** Bytes of a tensor as ONNX stores it; undefined if its type, its rank or a dimension is unknown, and for strings, whose length varies. */
export function tensorBytes(elementType: ElementType | undefined, shape: readonly Dim[] | undefined): number | undefined {
  const count = elementCount(shape);
  return count === undefined || elementType === undefined || elementType === 'string' ? undefined : bytesOfElements(elementType, count);
}
