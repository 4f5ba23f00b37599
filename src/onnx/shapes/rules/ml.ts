import type { Dim, ElementType } from '../../model';
import { countOf, hasAttribute, input, int, ints, shapeOf, shapeOfAtLeast, tensorAttribute, typeOf } from '../context';
import type { Context, Rule, Rules } from '../context';
import { elements, plus, tensor, withoutValue } from '../facts';

/** Rows of a feature matrix; a vector is one row. */
const rows = (c: Context): Dim => {
  const shape = shapeOf(c, 0);
  return shape === undefined ? null : shape.length <= 1 ? 1 : shape[0]!;
};

const floatLike: Rule = (c) => [tensor('float32', shapeOf(c, 0))];
const like: Rule = (c) => [withoutValue(input(c, 0))];

/** Number and type of class labels: integers or strings, under names that differ by operator. */
function labelsOf(c: Context): { readonly type: ElementType | undefined; readonly count: number | undefined } {
  for (const name of ['classlabels_ints', 'classlabels_int64s']) {
    const count = countOf(c, name);
    if (count !== undefined && count > 0) return { type: 'int64', count };
  }
  const count = countOf(c, 'classlabels_strings');
  return count !== undefined && count > 0 ? { type: 'string', count } : { type: undefined, count: undefined };
}

const classifier: Rule = (c) => {
  const { type, count } = labelsOf(c);
  return [tensor(type, [rows(c)]), tensor('float32', [rows(c), count ?? null])];
};

/** Without probabilities the scores are those of pairs of classes. */
const svmClassifier: Rule = (c) => {
  const { type, count } = labelsOf(c);
  const columns = (countOf(c, 'prob_a') ?? 0) > 0 ? (count ?? null) : null;
  return [tensor(type, [rows(c)]), tensor('float32', [rows(c), columns])];
};

const regressor =
  (attribute: string): Rule =>
  (c) => [tensor('float32', [rows(c), int(c, attribute, 1)])];

/** keys and values are typed by the attributes that hold them; version 1 maps strings to integers and back. */
const labelEncoder: Rule = (c) => {
  let type: ElementType | undefined;
  if (hasAttribute(c, 'values_int64s')) type = 'int64';
  else if (hasAttribute(c, 'values_floats')) type = 'float32';
  else if (hasAttribute(c, 'values_strings')) type = 'string';
  else if (hasAttribute(c, 'values_tensor')) type = tensorAttribute(c, 'values_tensor')?.elementType;
  else if (hasAttribute(c, 'classes_strings')) type = typeOf(c, 0) === 'string' ? 'int64' : 'string';
  return [tensor(type, shapeOf(c, 0))];
};

const oneHotEncoder: Rule = (c) => {
  const shape = shapeOf(c, 0);
  const count = countOf(c, 'cats_int64s') || countOf(c, 'cats_strings');
  return [tensor('float32', shape === undefined ? undefined : [...shape, count ?? null])];
};

/** Columns of the last axis; a vector counts as one row. */
const arrayFeatureExtractor: Rule = (c) => {
  const shape = shapeOfAtLeast(c, 0, 1);
  const indices = shapeOf(c, 1);
  const count = indices === undefined ? null : elements(indices);
  return [tensor(typeOf(c, 0), shape === undefined ? undefined : shape.length === 1 ? [1, count] : [...shape.slice(0, -1), count])];
};

/** The inputs' columns side by side, each cut or filled to the width that the attribute gives. */
const featureVectorizer: Rule = (c) => {
  const widths = ints(c, 'inputdimensions');
  return [tensor('float32', [rows(c), widths?.reduce<Dim>(plus, 0) ?? null])];
};

/** A tree ensemble's scores [N, targets], in the type of its input. */
const treeEnsemble: Rule = (c) => [tensor(typeOf(c, 0), [rows(c), int(c, 'n_targets', 1)])];

export const ml: Rules = {
  Scaler: floatLike,
  Normalizer: floatLike,
  Binarizer: like,
  Imputer: like,
  LinearClassifier: classifier,
  TreeEnsembleClassifier: classifier,
  SVMClassifier: svmClassifier,
  LinearRegressor: regressor('targets'),
  TreeEnsembleRegressor: regressor('n_targets'),
  SVMRegressor: (c) => [tensor('float32', [rows(c), 1])],
  TreeEnsemble: treeEnsemble,
  LabelEncoder: labelEncoder,
  CategoryMapper: (c) => [tensor(typeOf(c, 0) === 'string' ? 'int64' : typeOf(c, 0) === 'int64' ? 'string' : undefined, shapeOf(c, 0))],
  OneHotEncoder: oneHotEncoder,
  ArrayFeatureExtractor: arrayFeatureExtractor,
  FeatureVectorizer: featureVectorizer,
  ZipMap: () => [{ kind: 'sequence', elementType: undefined, shape: undefined }],
  DictVectorizer: () => [undefined],
  CastMap: () => [undefined],
};

