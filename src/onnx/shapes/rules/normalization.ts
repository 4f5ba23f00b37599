import { input, int, shapeOf, shapeOfAtLeast, typeAttribute, typeOf } from '../context';
import type { Rule, Rules } from '../context';
import { axisOf, tensor, withoutValue } from '../facts';

/** Y like X, statistics per channel. Version 14 gives the running mean and variance; up to 8 also the saved ones. */
const batchNormalization: Rule = (c) => {
  const channels = shapeOf(c, 3)?.[0] ?? shapeOf(c, 1)?.[0] ?? shapeOf(c, 0)?.[1] ?? null;
  const statistics = tensor(typeOf(c, 3) ?? typeOf(c, 0), [channels]);
  return [withoutValue(input(c, 0)), ...c.node.outputs.slice(1).map(() => statistics)];
};

/** Y like X; mean and inverse deviation with the normalised axes shrunk to 1. */
const layerNormalization: Rule = (c) => {
  const x = input(c, 0);
  const shape = x.shape;
  const from = shape === undefined ? 0 : axisOf(int(c, 'axis', -1), shape.length);
  const statistics = tensor(typeAttribute(c, 'stash_type', 'float32'), shape?.map((dim, axis) => (axis < from ? dim : 1)));
  return [tensor(c.node.domain === '' || typeOf(c, 1) === undefined ? x.elementType : typeOf(c, 1), shape), statistics, statistics];
};

/** output, mean, inverse deviation (over the last axis), and the sum of input, skip and bias. */
const skipLayerNormalization: Rule = (c) => {
  const shape = shapeOfAtLeast(c, 0, 1);
  const statistics = tensor('float32', shape === undefined ? undefined : [...shape.slice(0, -1), 1]);
  const like = tensor(typeOf(c, 0), shape);
  return [like, statistics, statistics, like];
};

/** input_ids [B, S], tables [rows, H]: output [B, S, H], mask index [B], sum of the embeddings [B, S, H]. */
const embedLayerNormalization: Rule = (c) => {
  const ids = shapeOf(c, 0);
  const hidden = shapeOf(c, 2)?.[1] ?? shapeOf(c, 5)?.[0] ?? null;
  const output = tensor(typeOf(c, 2), [ids?.[0] ?? null, ids?.[1] ?? null, hidden]);
  return [output, tensor('int32', [ids?.[0] ?? null]), output];
};

export const normalizations: Rules = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  SimplifiedLayerNormalization: layerNormalization,
  RMSNormalization: (c) => [withoutValue(input(c, 0))],
};

export const microsoftNormalizations: Rules = {
  LayerNormalization: layerNormalization,
  SimplifiedLayerNormalization: layerNormalization,
  SkipLayerNormalization: skipLayerNormalization,
  SkipSimplifiedLayerNormalization: skipLayerNormalization,
  EmbedLayerNormalization: embedLayerNormalization,
  GroupNorm: (c) => [withoutValue(input(c, 0))],
  SkipGroupNorm: (c) => [withoutValue(input(c, 0)), withoutValue(input(c, 0))],
};
