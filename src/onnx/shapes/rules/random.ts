import { floats, input, int, ints, shapeOf, shapeOfRank, text, typeAttribute, typeOf } from '../context';
import type { Rule, Rules } from '../context';
import { broadcast, tensor } from '../facts';

const drawn: Rule = (c) => [tensor(typeAttribute(c, 'dtype', 'float32'), ints(c, 'shape'))];
const drawnLike: Rule = (c) => [tensor(typeAttribute(c, 'dtype', typeOf(c, 0)), shapeOf(c, 0))];

export const generators: Rules = {
  RandomNormal: drawn,
  RandomUniform: drawn,
  RandomNormalLike: drawnLike,
  RandomUniformLike: drawnLike,
  EyeLike: drawnLike,
  Multinomial: (c) => [tensor(typeAttribute(c, 'dtype', 'int32'), [shapeOfRank(c, 0, 2)[0]!, int(c, 'sample_size', 1)])],
};

/** A mean, a sum, or one loss for each label. */
const loss: Rule = (c) => {
  const shape = text(c, 'reduction', 'mean') === 'none' ? shapeOf(c, 1) : [];
  return [tensor(typeOf(c, 0), shape), tensor(typeOf(c, 0), shapeOf(c, 0))];
};

export const losses: Rules = { SoftmaxCrossEntropyLoss: loss, NegativeLogLikelihoodLoss: loss };

/** Stop words may take away any number of entries. */
const normalizer: Rule = (c) => {
  const shape = shapeOf(c, 0);
  const stops = c.node.attributes.get('stopwords');
  const removes = stops?.kind === 'strings' && stops.value.length > 0;
  return [tensor('string', removes ? shape?.map((dim, axis) => (axis === shape.length - 1 ? null : dim)) : shape)];
};

/** Counts of n-grams: the last axis has one column for each index that the attribute names. */
const tfIdf: Rule = (c) => {
  const shape = shapeOf(c, 0);
  const indexes = floats(c, 'ngram_indexes');
  const columns = indexes === undefined || indexes.length === 0 ? null : indexes.reduce((a, b) => Math.max(a, b), -1) + 1;
  return [tensor('float32', shape === undefined ? undefined : [...shape.slice(0, -1), columns])];
};

export const texts: Rules = {
  StringNormalizer: normalizer,
  StringConcat: (c) => [tensor('string', broadcast(shapeOf(c, 0), shapeOf(c, 1)))],
  StringSplit: (c) => {
    const shape = input(c, 0).shape;
    return [tensor('string', shape === undefined ? undefined : [...shape, null]), tensor('int64', shape)];
  },
  RegexFullMatch: (c) => [tensor('bool', shapeOf(c, 0))],
  TfIdfVectorizer: tfIdf,
};
