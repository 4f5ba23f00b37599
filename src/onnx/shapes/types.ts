import type { Dim, ElementType, OnnxGraph } from '../model';

/** What is known of one tensor after inference. */
export interface TensorFact {
  readonly kind: 'tensor' | 'sequence' | 'optional' | 'map';
  /** of the tensor, or of the elements of a sequence or optional; undefined if unknown */
  readonly elementType: ElementType | undefined;
  /** undefined if even the rank is unknown; for sequences and optionals the shape common to the elements */
  readonly shape: readonly Dim[] | undefined;
  /**
   * The tensor's elements in row-major order where they follow from the model and the bindings alone, as far as each is known
   * (a number, a symbol, or null). Present only for tensors of at most 1,024 elements.
   */
  readonly value?: readonly Dim[];
}

/** The facts of one graph's tensors by name; bodies of control flow have their own. */
export interface InferredShapes {
  readonly tensors: ReadonlyMap<string, TensorFact>;
  readonly bodies: ReadonlyMap<OnnxGraph, InferredShapes>;
}

/** A dimension of the graph's inputs that only the user can bind. */
export interface FreeDimension {
  /** the symbol; a dimension without a name is called `<input>.<axis>` */
  readonly symbol: string;
  /** where it occurs: `input[axis]` */
  readonly occurrences: readonly string[];
  /** a sensible value to offer (batch 1, sequence 128, image sides 224, audio by name), and never more than an offer */
  readonly suggestion: number;
}

export interface ShapeInference extends InferredShapes {
  /** symbols of the graph inputs that are not bound, in order of first occurrence */
  readonly free: readonly FreeDimension[];
  /** names of the main graph's tensors (of operators, not initializers) whose type or shape is not fully known, in graph order */
  readonly unknown: readonly string[];
  /** conflicts between the file's value infos and what was inferred, operators that are not known, and the like; first 100 */
  readonly warnings: readonly string[];
}
