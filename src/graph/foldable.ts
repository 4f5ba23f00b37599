import { bodiesOf } from '../onnx/bodies';
import type { OnnxNode } from '../onnx/model';
import type { Tensor } from './operatorGraph';

/** Operators whose result differs from run to run. */
const RANDOM: ReadonlySet<string> = new Set(['RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike', 'Bernoulli', 'Multinomial']);

/** Whether a node or one inside its bodies gives another result each time. */
const isRandom = (node: OnnxNode): boolean => (node.domain === '' && RANDOM.has(node.opType)) || bodiesOf(node).some((body) => body.nodes.some(isRandom));

export interface Foldability {
  /** its outputs follow from weights and bound dimensions alone */
  readonly foldable: boolean;
  /** its outputs follow from weights alone, so that it holds weights rather than makes them (Constant, Dequantize of a weight) */
  readonly constant: boolean;
}

/**
 * Whether an operator can be computed before the model runs.
 * Weight-only subgraphs of any size count, because engines fold them when they load a model. Shape computations count only where every
 * element of every output is a known number: with a dimension left unbound they are real work on real data.
 *
 * @param reads all tensors it reads, captures of its bodies included
 * @param isConstant whether a tensor is a weight or was written by a constant operator
 */
export function isFoldable(node: OnnxNode, reads: readonly Tensor[], writes: readonly Tensor[], isConstant: (tensor: Tensor) => boolean): Foldability {
  if (isRandom(node)) return { foldable: false, constant: false };
  if (reads.every(isConstant)) return { foldable: true, constant: true };
  const known = writes.length > 0 && writes.every((tensor) => tensor.value?.every((element) => typeof element === 'number'));
  return { foldable: known, constant: false };
}
