import type { Operator, OperatorGraph, Tensor } from '../graph/operatorGraph';
import type { Training } from '../placement/problem';
import { qualifiedType } from './operatorCost';
import { storedWeights } from './weights';

/** State that an optimiser keeps for each parameter, beside the parameter and its gradient. */
export const optimizers = ['adam', 'momentum', 'sgd'] as const;
export type Optimizer = (typeof optimizers)[number];

/** How a model is trained, as far as placing it depends on it. */
export interface TrainingPlan {
  readonly optimizer: Optimizer;
  /** micro-batches of a batch */
  readonly microBatches: number;
}

/** Bytes of state per parameter; moments are kept in float32 (Rajbhandari et al., ZeRO, SC 2020, section 3.1). */
const STATE_BYTES: Readonly<Record<Optimizer, number>> = { adam: 8, momentum: 4, sgd: 0 };
/** A parameter of fewer than four bytes has a copy in float32 that the optimiser works on. */
const MASTER_BYTES = 4;

/**
 * Bytes that a trained weight takes: itself, its gradient in the same type, and the optimiser's state. 16 bytes per parameter for Adam,
 * whether the weights are float32, float16 or bfloat16.
 */
export function trainedBytes(tensor: Tensor, bytes: number, optimizer: Optimizer): number {
  const width = elementBytes(tensor);
  if (width === 0) return bytes;
  const parameters = bytes / width;
  return 2 * bytes + parameters * (STATE_BYTES[optimizer] + (width < 4 ? MASTER_BYTES : 0));
}

const FLOATS: Readonly<Record<string, number>> = { float16: 2, bfloat16: 2, float32: 4, float64: 8 };

/** Bytes of an element that can be trained; 0 for integers, strings, booleans and the float types that only store. */
const elementBytes = ({ elementType }: Tensor): number => (elementType === undefined ? 0 : (FLOATS[elementType] ?? 0));

const isFloat = (tensor: Tensor): boolean => elementBytes(tensor) > 0;

/** Operators that no gradient passes, though what they write may be floating-point. */
const CONSTANT_GRADIENT = new Set(['Shape', 'Size', 'ConstantOfShape', 'RandomNormal', 'RandomUniform', 'RandomNormalLike', 'RandomUniformLike', 'Bernoulli', 'Multinomial', 'EyeLike', 'OneHot', 'Round', 'Floor', 'Ceil', 'Sign', 'QuantizeLinear', 'DynamicQuantizeLinear']);

/** Products of two operands: the gradient of each is a product as large as the forward one. */
const PRODUCTS = new Set(['MatMul', 'Gemm', 'Conv', 'ConvTranspose', 'Einsum', 'FusedMatMul', 'com.microsoft:FusedMatMul', 'com.microsoft:FusedConv', 'com.microsoft:FusedGemm', 'DeformConv']);

/** Operators with several products or passes inside: their backward part takes twice their forward part, whatever is trained. */
const TWICE = /(^|:)(Attention|MultiHeadAttention|GroupQueryAttention|PackedAttention|LSTM|GRU|RNN|LayerNormalization|SkipLayerNormalization|GroupNormalization|InstanceNormalization|BatchNormalization|RMSNormalization|SimplifiedLayerNormalization|SkipSimplifiedLayerNormalization|MoE|If|Loop|Scan)$/;

/** Views of what they read: they keep nothing of their own. */
const VIEWS = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity', 'Dropout']);

/** What of a graph is trained. */
export interface Differentiation {
  /** tensor -> whether it is a weight that is trained */
  readonly trainedWeight: Uint8Array;
  /** tensor -> whether its gradient is computed; weights and graph inputs included */
  readonly hasGradient: Uint8Array;
  /**
   * Operator -> time of its backward part, in times of its forward part: for products of two operands one for each operand that has a
   * gradient; 2 for what has several products or passes inside; 1 for all else; 0 where no gradient passes.
   */
  readonly backwardRatio: Float64Array;
  /** operator -> bytes that it keeps of a micro-batch until its backward part: what it writes, once; nothing is computed again */
  readonly stashBytes: Float64Array;
}

/**
 * Which operators take part in the backward pass: those between a trained weight and an output of the graph, which is where the loss is
 * taken to be. All floating-point weights are trained. Foldable operators have no backward part.
 */
export function differentiate(graph: OperatorGraph): Differentiation {
  const { operators, tensors } = graph;
  const trainedWeight = new Uint8Array(tensors.length);
  const depends = new Uint8Array(tensors.length);
  const stored = storedWeights(graph);
  for (const [t, sources] of stored) {
    // a weight that is made of others is trained where those are: what is behind a Transpose is the same parameters
    if (isFloat(tensors[t]!)) depends[t] = 1;
    for (const source of sources) if (isFloat(tensors[source]!)) trainedWeight[source] = 1;
  }
  const passes = (operator: Operator): boolean => !operator.foldable && !CONSTANT_GRADIENT.has(operator.type);
  const reads = (operator: Operator): number[] => [...operator.inputs, ...operator.captures].filter((t) => t >= 0);
  for (const operator of operators) {
    if (!passes(operator) || !reads(operator).some((t) => depends[t] === 1)) continue;
    for (const t of operator.outputs) if (t >= 0 && isFloat(tensors[t]!)) depends[t] = 1;
  }
  // from the outputs back: what no output depends on gets no gradient
  const hasGradient = new Uint8Array(tensors.length);
  const backwardRatio = new Float64Array(operators.length);
  const stashBytes = new Float64Array(operators.length);
  for (const tensor of tensors) if (tensor.isGraphOutput && depends[tensor.index] === 1) hasGradient[tensor.index] = 1;
  for (let index = operators.length - 1; index >= 0; index--) {
    const operator = operators[index]!;
    if (!passes(operator) || !operator.outputs.some((t) => t >= 0 && hasGradient[t] === 1)) continue;
    const operands = [...new Set(reads(operator))].filter((t) => depends[t] === 1);
    for (const t of operands) hasGradient[t] = 1;
    const type = qualifiedType(operator);
    backwardRatio[index] = PRODUCTS.has(type) ? Math.min(2, operands.filter((t) => t === operator.inputs[0] || t === operator.inputs[1]).length) : TWICE.test(type) ? 2 : operands.length > 0 ? 1 : 0;
    if (!VIEWS.has(operator.type)) stashBytes[index] = operator.outputs.reduce((sum, t) => sum + (t >= 0 ? (tensors[t]!.bytes ?? 0) : 0), 0);
  }
  return { trainedWeight, hasGradient, backwardRatio, stashBytes };
}

/** The derived backward pass of a problem whose nodes and nets are those of a graph. */
export function trainingOf(
  { backwardRatio, stashBytes, hasGradient }: Differentiation,
  nodes: Int32Array,
  seconds: readonly Float64Array[],
  nets: readonly { readonly transferSeconds: readonly number[] }[],
  netOfTensor: Int32Array,
  microBatches: number,
): Training {
  const gradientSeconds: (readonly number[])[] = nets.map(({ transferSeconds }) => transferSeconds.map(() => 0));
  netOfTensor.forEach((net, t) => {
    if (net >= 0 && hasGradient[t] === 1) gradientSeconds[net] = nets[net]!.transferSeconds;
  });
  return {
    seconds: seconds.map((of) => of.map((t, node) => (Number.isFinite(t) ? t * backwardRatio[nodes[node]!]! : 0))),
    gradientSeconds,
    stashBytes: Float64Array.from(nodes, (operator) => stashBytes[operator]!),
    microBatches,
  };
}
