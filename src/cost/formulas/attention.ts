import { product, type Formula, type Operands } from '../operands';

/** FLOPs of a softmax for each of its elements: maximum, subtraction, exponential (4), sum, division. */
export const SOFTMAX_FLOPS = 8;

/**
 * Scaled dot-product attention: Q K^T and the product with V take 2 FLOPs for each query, key and hidden element each, the softmax its
 * share for each query, key and head. A causal mask is not counted as a saving, because engines differ in whether they make use of it.
 */
const scaledDotProduct = (batch: number, queries: number, keys: number, heads: number, hidden: number, valueHidden = hidden): number =>
  batch * queries * keys * (2 * hidden + 2 * valueHidden + SOFTMAX_FLOPS * heads);

/** com.microsoft:Attention. Inputs: X [B, S, D], W [D, 3 H] and bias; the projections belong to the operator. */
const attention: Formula = (o) => {
  const x = o.dimsIn(0), w = o.dimsIn(1);
  if (x?.length !== 3 || w?.length !== 2) return undefined;
  const [batch, sequence, depth] = x as [number, number, number];
  const hidden = w[1]! / 3;
  const past = o.dimsIn(4)?.[3] ?? 0;
  return 2 * batch * sequence * depth * w[1]! + batch * sequence * w[1]! + scaledDotProduct(batch, sequence, sequence + past, o.int('num_heads', 1), hidden);
};

/** com.microsoft:MultiHeadAttention. Q [B, S, H], K and V [B, L, H] or past forms [B, N, L, H / N]; packed QKV [B, S, N, 3, H / N]. */
const multiHead: Formula = (o) => {
  const q = o.dimsIn(0);
  const heads = o.int('num_heads', 1);
  if (q?.length === 5) return scaledDotProduct(q[0]!, q[1]!, q[1]!, heads, q[2]! * q[4]!);
  if (q?.length !== 3) return undefined;
  const key = o.dimsIn(1) ?? q;
  const value = o.dimsIn(2);
  const keys = (key.length === 4 ? key[2]! : key[1]!) + (o.dimsIn(6)?.[2] ?? 0);
  return scaledDotProduct(q[0]!, q[1]!, keys, heads, q[2]!, value?.length === 3 ? value[2]! : q[2]!);
};

/** com.microsoft:GroupQueryAttention. Q [B, S, N d] (or packed with K and V), past key [B, Nkv, L, d]; present keys are its second output. */
const groupQuery: Formula = (o) => {
  const q = o.dimsIn(0);
  const present = o.dimsOut(1);
  if (q?.length !== 3 || present?.length !== 4) return undefined;
  const heads = o.int('num_heads', 1);
  return scaledDotProduct(q[0]!, q[1]!, present[2]!, heads, heads * present[3]!);
};

/** ai.onnx Attention (opset 23): Q [B, N, S, d] or [B, S, N d], K and V alike, past key as fifth input. */
const standard: Formula = (o) => {
  const q = o.dimsIn(0), k = o.dimsIn(1), v = o.dimsIn(2);
  if (!q || !k || !v || q.length !== k.length || q.length !== v.length) return undefined;
  const past = o.dimsIn(4)?.[2] ?? 0;
  if (q.length === 4) return scaledDotProduct(q[0]!, q[2]!, k[2]! + past, q[1]!, q[1]! * q[3]!, q[1]! * v[3]!);
  const heads = o.int('q_num_heads', 1), kvHeads = o.int('kv_num_heads', heads);
  return q.length === 3 ? scaledDotProduct(q[0]!, q[1]!, k[1]! + past, heads, q[2]!, (v[2]! / kvHeads) * heads) : undefined;
};

/** Rotary embedding: two multiplications and one addition for each element. */
const rotary: Formula = (o) => {
  const elements = o.elementsOut(0);
  return elements === undefined ? undefined : 3 * elements;
};

/**
 * com.microsoft:MoE and QMoE: router softmax, then the `k` experts chosen for each token, each with two projections (three if gated).
 * Inputs: X [.., D], router [T, E], fc1 [E, ..], its weights; the inner size follows from the bias or weight of the first projection.
 */
const moe = (o: Operands, innerOf: (fc1: readonly number[], depth: number) => number | undefined, gated: boolean): number | undefined => {
  const x = o.dimsIn(0), router = o.dimsIn(1), fc1 = o.dimsIn(2);
  const depth = x?.at(-1);
  const inner = fc1 && depth !== undefined ? innerOf(fc1, depth) : undefined;
  if (!x || !router || depth === undefined || inner === undefined) return undefined;
  const tokens = product(x) / depth;
  return tokens * (o.int('k', 1) * (gated ? 6 : 4) * depth * inner + SOFTMAX_FLOPS * router.at(-1)!);
};

/** The dimension of a weight [E, a, b] that is not the model's. */
const otherThan = (fc1: readonly number[], depth: number): number | undefined => (fc1.length !== 3 ? undefined : fc1[1] === depth ? fc1[2] : fc1[1]);

const floatMoe: Formula = (o) => moe(o, otherThan, o.input(6) !== undefined);
/** QMoE packs two 4-bit weights into a byte along the last dimension: fc1 is [E, inner, D / 2]. */
const quantisedMoe: Formula = (o) => moe(o, (fc1) => fc1[1], o.input(8) !== undefined);

export const attentions: readonly (readonly [string, Formula])[] = [
  ['Attention', standard],
  ['RotaryEmbedding', rotary],
  ['com.microsoft:Attention', attention],
  ['com.microsoft:QAttention', attention],
  ['com.microsoft:MultiHeadAttention', multiHead],
  ['com.microsoft:DecoderMaskedMultiHeadAttention', multiHead],
  ['com.microsoft:GroupQueryAttention', groupQuery],
  ['com.microsoft:RotaryEmbedding', rotary],
  ['com.microsoft:MoE', floatMoe],
  ['com.microsoft:QMoE', quantisedMoe],
];
