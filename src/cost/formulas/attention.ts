import type { Formula, Formulas, Operands } from '../operands';
import { SOFTMAX_FLOPS } from './weights';

/** One attention: how many queries meet how many keys, and how wide both products are. */
interface Extent {
  readonly batch: number;
  readonly queries: number;
  readonly keys: number;
  readonly heads: number;
  /** of Q and K, all heads together */
  readonly hidden: number;
  /** of V and the output, all heads together */
  readonly valueHidden?: number;
}

/**
 * Q K^T and the product with V take 2 FLOPs for each query, key and hidden element, the softmax its share for each query, key and head.
 * A causal mask is not counted as a saving, because engines differ in whether they make use of it.
 */
const scaledDotProduct = ({ batch, queries, keys, heads, hidden, valueHidden = hidden }: Extent): number =>
  batch * queries * keys * (2 * hidden + 2 * valueHidden + SOFTMAX_FLOPS * heads);

/** The sizes of Q and V in packed weights [D, Q + K + V], and the FLOPs to project `tokens` tokens with them, bias included. */
function projection(o: Operands, tokens: number): { flops: number; hidden: number; valueHidden: number } | undefined {
  const weights = o.dimsIn(1);
  if (weights?.length !== 2) return undefined;
  const [depth, packed] = weights as [number, number];
  const sizes = o.ints('qkv_hidden_sizes');
  return { flops: tokens * packed * (2 * depth + 1), hidden: sizes?.[0] ?? packed / 3, valueHidden: sizes?.[2] ?? packed / 3 };
}

/** com.microsoft:Attention and its relatives: X [B, S, D], W [D, Q + K + V], bias, past [2, B, N, P, d]; the projections belong to the operator. */
const withProjection =
  (pastInput: number): Formula =>
  (o) => {
    const x = o.dimsIn(0);
    if (x?.length !== 3) return undefined;
    const [batch, queries] = x as [number, number];
    const projected = projection(o, batch * queries);
    if (!projected) return undefined;
    const past = o.dimsIn(pastInput)?.[3] ?? 0;
    const buffered = o.int('past_present_share_buffer', 0) !== 0;
    const keys = buffered ? Math.max(past, queries) : past + queries;
    return projected.flops + scaledDotProduct({ ...projected, batch, queries, keys, heads: o.int('num_heads', 1) });
  };

/**
 * com.microsoft:MultiHeadAttention. Q [B, S, H], or Q, K and V packed [B, S, N, 3, d]; K and V [B, L, H], packed [B, L, N, 2, d], or a cache
 * [B, N, L, d]; past key [B, N, P, d], which is the whole buffer where its filled length is an input of its own.
 */
const multiHead =
  (pastInput: number, pastLengthInput: number): Formula =>
  (o) => {
    const q = o.dimsIn(0);
    const heads = o.int('num_heads', 1);
    if (q?.length === 5) return scaledDotProduct({ batch: q[0]!, queries: q[1]!, keys: q[1]!, heads, hidden: q[2]! * q[4]! });
    if (q?.length !== 3 || (o.input(1) && !o.dimsIn(1)) || (o.input(pastInput) && !o.dimsIn(pastInput))) return undefined;
    const key = o.dimsIn(1) ?? q;
    const value = o.dimsIn(2);
    const length = key.length === 4 ? key[2]! : key[1]!;
    const past = o.dimsIn(pastInput)?.[2] ?? 0;
    const keys = past > 0 && o.input(pastLengthInput) ? past : past + length;
    const valueHidden = value?.length === 3 ? value[2]! : value?.length === 4 ? value[1]! * value[3]! : q[2]!;
    return scaledDotProduct({ batch: q[0]!, queries: q[1]!, keys, heads, hidden: q[2]!, valueHidden });
  };

/**
 * com.microsoft:GroupQueryAttention: Q [B, S, N d], or packed with K and V [B, S, (N + 2 Nkv) d]; past key [B, Nkv, P, d]. Keys that several
 * query heads share are counted for each of these heads.
 */
const groupQuery =
  (totalLengthInput: number): Formula =>
  (o) => {
    const q = o.dimsIn(0);
    if (q?.length !== 3) return undefined;
    const heads = o.int('num_heads', 1), kvHeads = o.int('kv_num_heads', heads);
    const size = q[2]! / (o.input(1) ? heads : heads + 2 * kvHeads);
    const total = o.input(totalLengthInput)?.value?.[0];
    const keys = typeof total === 'number' ? total : o.dimsOut(1)?.[2];
    return keys === undefined ? undefined : scaledDotProduct({ batch: q[0]!, queries: q[1]!, keys, heads, hidden: heads * size });
  };

/** ai.onnx Attention (opset 23): Q [B, N, S, d] or [B, S, N d], K and V alike, past key [B, Nkv, P, d] as fifth input. */
const standard: Formula = (o) => {
  const q = o.dimsIn(0), k = o.dimsIn(1), v = o.dimsIn(2);
  if (!q || !k || !v || q.length !== k.length || q.length !== v.length || (o.input(4) && !o.dimsIn(4))) return undefined;
  const past = o.dimsIn(4)?.[2] ?? 0;
  if (q.length === 4) {
    return scaledDotProduct({ batch: q[0]!, queries: q[2]!, keys: k[2]! + past, heads: q[1]!, hidden: q[1]! * q[3]!, valueHidden: q[1]! * v[3]! });
  }
  if (q.length !== 3) return undefined;
  const heads = o.int('q_num_heads', 1), kvHeads = o.int('kv_num_heads', heads);
  return scaledDotProduct({ batch: q[0]!, queries: q[1]!, keys: k[1]! + past, heads, hidden: q[2]!, valueHidden: (v[2]! / kvHeads) * heads });
};

/** com.microsoft:PackedAttention: X [T, D] without padding, W [D, Q + K + V]; offsets [B, S] tell the longest sequence, which bounds the keys. */
const packed: Formula = (o) => {
  const x = o.dimsIn(0), offsets = o.dimsIn(3);
  const projected = x?.length === 2 ? projection(o, x[0]!) : undefined;
  if (!projected || offsets?.length !== 2) return undefined;
  return projected.flops + scaledDotProduct({ ...projected, batch: 1, queries: x![0]!, keys: offsets[1]!, heads: o.int('num_heads', 1) });
};

/** com.microsoft:PackedMultiHeadAttention: Q [T, H] or packed [T, N, 3, d], offsets [B, S]. */
const packedMultiHead: Formula = (o) => {
  const q = o.dimsIn(0), offsets = o.dimsIn(4);
  if (!q || (q.length !== 2 && q.length !== 4) || offsets?.length !== 2) return undefined;
  const hidden = q.length === 2 ? q[1]! : q[1]! * q[3]!;
  return scaledDotProduct({ batch: 1, queries: q[0]!, keys: offsets[1]!, heads: o.int('num_heads', 1), hidden });
};

/** com.microsoft:LongformerAttention: X [B, S, D], W [D, 3 D]; every token sees `window` tokens to either side. Tokens of global attention are data. */
const windowed: Formula = (o) => {
  const x = o.dimsIn(0);
  if (x?.length !== 3) return undefined;
  const [batch, queries] = x as [number, number];
  const projected = projection(o, batch * queries);
  const keys = Math.min(queries, 2 * o.int('window', queries) + 1);
  return projected && projected.flops + scaledDotProduct({ ...projected, batch, queries, keys, heads: o.int('num_heads', 1) });
};

/** Rotary embedding: two multiplications and one addition for each element. */
const rotary: Formula = (o) => {
  const elements = o.elementsOut(0);
  return elements === undefined ? undefined : 3 * elements;
};

export const attentions: Formulas = [
  ['Attention', standard],
  ['RotaryEmbedding', rotary],
  ['com.microsoft:Attention', withProjection(4)],
  ['com.microsoft:QAttention', withProjection(8)],
  ['com.microsoft:DecoderMaskedSelfAttention', withProjection(4)],
  ['com.microsoft:MultiHeadAttention', multiHead(6, 8)],
  ['com.microsoft:DecoderMaskedMultiHeadAttention', multiHead(5, 7)],
  ['com.microsoft:GroupQueryAttention', groupQuery(6)],
  ['com.microsoft:SparseAttention', groupQuery(7)],
  ['com.microsoft:PackedAttention', packed],
  ['com.microsoft:PackedMultiHeadAttention', packedMultiHead],
  ['com.microsoft:LongformerAttention', windowed],
  ['com.microsoft:RotaryEmbedding', rotary],
  // both of its outputs, sine and cosine of the positions included
  ['com.microsoft:GemmaRotaryEmbedding', (o) => ((out) => (out === undefined ? undefined : 14 * out))(o.elementsOut(0))],
];
