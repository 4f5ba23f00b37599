import type { Attribute, Dim, ElementType } from '../onnx/model';

/** A tensor of the operator graph. Graph inputs and weights are tensors without a producer. */
export interface Tensor {
  readonly index: number;
  readonly name: string;
  readonly kind: 'input' | 'weight' | 'activation';
  readonly elementType: ElementType | undefined;
  /** all numbers once the bindings suffice; undefined if the rank is unknown */
  readonly shape: readonly Dim[] | undefined;
  /** size in bytes; undefined if the type or a dimension is unknown: never silently zero */
  readonly bytes: number | undefined;
  /** index of the operator that writes it, -1 for graph inputs and weights */
  readonly producer: number;
  /** operators that read it, ascending, each once (a control-flow operator also reads what its bodies capture) */
  readonly consumers: readonly number[];
  readonly isGraphOutput: boolean;
  /** elements where they are known without running the model (shape computations, small constants) */
  readonly value?: readonly Dim[];
}

/** One ONNX node of the main graph. Bodies of control flow belong to their operator. */
export interface Operator {
  readonly index: number;
  /** the name of its first output tensor: unique in a valid graph */
  readonly id: string;
  /** node name; may be empty, may repeat */
  readonly name: string;
  readonly type: string;
  /** '' is ai.onnx */
  readonly domain: string;
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** tensor indices in ONNX order; -1 marks an omitted optional input */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** tensors of the main graph that its control-flow bodies read, ascending, without those already among `inputs` */
  readonly captures: readonly number[];
  /** the operators of its control-flow bodies, each body an operator graph of its own; empty for all others */
  readonly bodies: readonly OperatorGraph[];
  /**
   * True for operators whose outputs follow from weights and bound dimensions alone (Constant, shape computations).
   * They cost nothing, and every device that needs their value can compute it anew.
   */
  readonly foldable: boolean;
}

/** The operators of one model and the tensors between them, topologically ordered. */
export interface OperatorGraph {
  readonly operators: readonly Operator[];
  readonly tensors: readonly Tensor[];
  /** tensor indices */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** domain to version, '' is ai.onnx */
  readonly opsets: ReadonlyMap<string, number>;
}
