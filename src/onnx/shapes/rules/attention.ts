import type { Dim } from '../../model';
import { has, input, int, ints, numberOf, requiredInt, shapeOf, shapeOfAtLeast, shapeOfRank, typeOf } from '../context';
import type { Context, Rule, Rules } from '../context';
import { Inconsistent, broadcast, exactQuotient, ofRank, plus, tensor, times, withoutValue } from '../facts';
import type { Shape } from '../facts';

const like: Rule = (c) => [withoutValue(input(c, 0))];

/** A head's size where the hidden size and the number of heads are known. */
const perHead = (hidden: Dim, heads: Dim): Dim => (heads === null ? null : exactQuotient(hidden, heads));

/**
 * Attention of the default domain (version 23 and later). Q is [B, heads, S, size] or [B, S, heads * size]; K and V alike, of kv heads and length L.
 * Y is as Q with V's head size; present key and value are [B, kv heads, past + L, size]; the scores [B, heads, S, past + L].
 */
const attention: Rule = (c) => {
  const [q, k, v] = [shapeOf(c, 0), shapeOf(c, 1), shapeOf(c, 2)];
  const type = typeOf(c, 0);
  const [qHeads, kvHeads] = [int(c, 'q_num_heads', 0), int(c, 'kv_num_heads', 0)];
  const split = (shape: Shape | undefined, heads: number): Shape => {
    if (shape === undefined) return ofRank(4);
    if (shape.length === 4) return shape;
    if (shape.length !== 3 || heads < 1) throw new Inconsistent(`a tensor of rank ${shape.length} and ${heads} heads`);
    return [shape[0]!, heads, shape[1]!, perHead(shape[2]!, heads)];
  };
  const [q4, k4, v4] = [split(q, qHeads), split(k, kvHeads), split(v, kvHeads)];
  const past = has(c, 4) ? (shapeOf(c, 4)?.[2] ?? null) : 0;
  const total = plus(past, k4[2]!);
  const y = q === undefined ? undefined : q.length === 4 ? [q4[0]!, q4[1]!, q4[2]!, v4[3]!] : [q4[0]!, q4[2]!, times(q4[1]!, v4[3]!)];
  return [
    tensor(type, y),
    tensor(typeOf(c, 1), [k4[0]!, k4[1]!, total, k4[3]!]),
    tensor(typeOf(c, 2), [v4[0]!, v4[1]!, total, v4[3]!]),
    tensor(type, [q4[0]!, q4[1]!, q4[2]!, total]),
  ];
};

/** Width of V in weights [input, Q + K + V]. */
function valueWidth(c: Context, packed: Dim): Dim {
  const sizes = ints(c, 'qkv_hidden_sizes');
  if (sizes !== undefined && sizes.length > 0) return sizes[2] ?? null;
  return exactQuotient(packed, 3);
}

/** com.microsoft Attention: input [B, S, I], weights [I, Q + K + V], past and present [2, B, heads, P, size]. */
const packedWeights =
  (pastInput: number, typeInput: number): Rule =>
  (c) => {
    const [batch, sequence] = shapeOfRank(c, 0, 3) as [Dim, Dim];
    const packed = shapeOf(c, 1)?.[1] ?? shapeOf(c, 2)?.[0] ?? null;
    const width = valueWidth(c, packed);
    const heads = requiredInt(c, 'num_heads');
    const past = shapeOf(c, pastInput);
    const shared = int(c, 'past_present_share_buffer', 0) !== 0;
    const length = has(c, pastInput) ? (shared ? (past?.[3] ?? null) : plus(past?.[3] ?? null, sequence)) : sequence;
    const type = typeOf(c, typeInput);
    return [tensor(type, [batch, sequence, width]), tensor(type, [2, batch, heads, length, past?.[4] ?? perHead(width, heads)])];
  };

/**
 * com.microsoft MultiHeadAttention: query [B, S, H] or packed [B, S, heads, 3, size]; key [B, L, H], packed with the value [B, L, heads, 2, size], or a
 * cache [B, heads, L, size]; past key and value [B, heads, P, size].
 */
const multiHeadAttention: Rule = (c) => {
  const [q, k, v] = [shapeOf(c, 0), shapeOf(c, 1), shapeOf(c, 2)];
  const heads = requiredInt(c, 'num_heads');
  const type = typeOf(c, 0);
  if (q === undefined) return [tensor(type, ofRank(3))];
  const packed = q.length === 5;
  const size = packed ? q[4]! : perHead(q[2] ?? null, heads);
  let length: Dim;
  let width: Dim;
  if (packed) [length, width] = [q[1]!, times(q[2]!, q[4]!)];
  else if (k?.length === 5) [length, width] = [k[1]!, times(k[2]!, k[4]!)];
  else {
    length = k === undefined ? (has(c, 1) ? null : q[1]!) : k.length === 4 ? k[2]! : k[1]!;
    width = v === undefined ? null : v.length === 4 ? times(v[1]!, v[3]!) : v[2]!;
  }
  const past = shapeOf(c, 6);
  // Given the past's length as a number, the cache is a buffer of fixed size that is written in place.
  const buffered = has(c, 8);
  const total = has(c, 6) ? (buffered ? (past?.[2] ?? null) : plus(past?.[2] ?? null, length)) : length;
  return [
    tensor(type, [q[0]!, q[1]!, width]),
    tensor(type, [q[0]!, heads, total, size]),
    tensor(type, [q[0]!, heads, total, perHead(width, heads)]),
    tensor(type, [q[0]!, heads, q[1]!, total]),
  ];
};

/** com.microsoft GroupQueryAttention: past and present [B, kv heads, buffer, size]; the present is as long as the longer of past buffer and total. */
const groupQueryAttention =
  (pastKey: number, totalInput: number): Rule =>
  (c) => {
    const q = shapeOfRank(c, 0, 3);
    const [heads, kvHeads] = [requiredInt(c, 'num_heads'), requiredInt(c, 'kv_num_heads')];
    const size = has(c, 1) ? perHead(q[2]!, heads) : perHead(q[2]!, heads + 2 * kvHeads);
    const width = has(c, 1) ? q[2]! : times(size, heads);
    const past = shapeOf(c, pastKey)?.[2] ?? null;
    const total = numberOf(c, totalInput);
    const length = total === undefined ? null : !has(c, pastKey) ? total : typeof past === 'number' ? Math.max(past, total) : null;
    const cache = tensor(typeOf(c, pastKey) ?? typeOf(c, 0), [q[0]!, kvHeads, length, shapeOf(c, pastKey)?.[3] ?? size]);
    return [tensor(typeOf(c, 0), [q[0]!, q[1]!, width]), cache, cache];
  };

/** Tokens without padding: query [T, H] or packed [T, heads, 3, size]; output [T, width of V]. */
const packedTokens: Rule = (c) => {
  const q = shapeOf(c, 0);
  const v = shapeOf(c, 2);
  if (q === undefined) return [tensor(typeOf(c, 0), ofRank(2))];
  return [tensor(typeOf(c, 0), q.length === 4 ? [q[0]!, times(q[1]!, q[3]!)] : [q[0]!, v?.at(-1) ?? null])];
};

const packedAttention: Rule = (c) => {
  const x = shapeOfRank(c, 0, 2);
  return [tensor(typeOf(c, 0), [x[0]!, valueWidth(c, shapeOf(c, 1)?.[1] ?? shapeOf(c, 2)?.[0] ?? null)])];
};

/** One query token: [B, 1, V]; the cache is written in place. */
const decoderMasked: Rule = (c) => {
  const q = shapeOfRank(c, 0, 3);
  const v = shapeOf(c, 2);
  return [tensor(typeOf(c, 0), [q[0]!, q[1]!, v === undefined ? null : v.length === 4 ? times(v[1]!, v[3]!) : (v[2] ?? null)])];
};

/** Relative position bias [1, heads, query length, key length] from a table and two lengths. */
const relativePositionBias: Rule = (c) => [tensor(typeOf(c, 0), [1, shapeOf(c, 0)?.[1] ?? null, numberOf(c, 1) ?? null, numberOf(c, 2) ?? null])];

const gatedRelativePositionBias: Rule = (c) => {
  const q = shapeOf(c, 0);
  const sequence = q?.length === 3 ? q[1]! : null;
  return [tensor(typeOf(c, 0), [q?.length === 3 ? q[0]! : null, requiredInt(c, 'num_heads'), sequence, sequence])];
};

/** Tokens [T, H] put back to [B, S, H] by offsets [B, S]. */
const restorePadding: Rule = (c) => [tensor(typeOf(c, 0), [...shapeOfRank(c, 1, 2), shapeOfRank(c, 0, 2)[1]!])];

export const attentions: Rules = { Attention: attention, RotaryEmbedding: like };

export const microsoftAttentions: Rules = {
  Attention: packedWeights(4, 0),
  QAttention: packedWeights(8, 3),
  MultiHeadAttention: multiHeadAttention,
  GroupQueryAttention: groupQueryAttention(3, 6),
  SparseAttention: (c) => groupQueryAttention(3, 7)(c).slice(0, 1),
  PackedAttention: packedAttention,
  PackedMultiHeadAttention: packedTokens,
  DecoderMaskedMultiHeadAttention: decoderMasked,
  LongformerAttention: like,
  RelativePositionBias: relativePositionBias,
  GatedRelativePositionBias: gatedRelativePositionBias,
  RestorePadding: restorePadding,
  RotaryEmbedding: like,
  GemmaRotaryEmbedding: (c) => [tensor(typeOf(c, 1), shapeOf(c, 1)), tensor(typeOf(c, 1), shapeOf(c, 1))],
  MoE: like,
  QMoE: like,
  NGramRepeatBlock: (c) => [withoutValue(input(c, 1))],
  ComplexMul: (c) => [tensor(typeOf(c, 0), broadcast(shapeOf(c, 0), shapeOf(c, 1)))],
  ComplexMulConj: (c) => [tensor(typeOf(c, 0), broadcast(shapeOf(c, 0), shapeOf(c, 1)))],
  /** query [S, B, H]; how long the new caches are is decided by flags at run time */
  DecoderAttention: (c) => [withoutValue(input(c, 0)), tensor(typeOf(c, 0), ofRank(4)), tensor(typeOf(c, 0), ofRank(4))],
  /** the state is as long as the one given */
  CausalConvWithState: (c) => [withoutValue(input(c, 0)), has(c, 3) ? withoutValue(input(c, 3)) : tensor(typeOf(c, 0), undefined)],
  CDist: (c) => [tensor(typeOf(c, 0), [shapeOfRank(c, 0, 2)[0]!, shapeOfRank(c, 1, 2)[0]!])],
  MurmurHash3: (c) => [tensor(int(c, 'positive', 1) !== 0 ? 'uint32' : 'int32', shapeOf(c, 0))],
  UnfoldTensor: (c) => {
    const x = shapeOfAtLeast(c, 0, 1);
    const [step, size] = [int(c, 'step', 1), requiredInt(c, 'size')];
    const at = int(c, 'dim', -1);
    if (x === undefined || step < 1) return [tensor(typeOf(c, 0), undefined)];
    return [tensor(typeOf(c, 0), [...x.map((dim, axis) => (axis === (at < 0 ? at + x.length : at) ? (typeof dim === 'number' ? Math.floor((dim - size) / step) + 1 : null) : dim)), size])];
  },
};
