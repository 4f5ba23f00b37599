import { eachRead, forTypes, product, type Formula, type Formulas, type Operands } from '../operands';

/** Rows and features of a matrix [N, F], or one row [F]. */
function samples(o: Operands): { rows: number; features: number } | undefined {
  const dims = o.dimsIn(0);
  return dims && dims.length > 0 ? { rows: product(dims.slice(0, -1)), features: dims.at(-1)! } : undefined;
}

/** A multiply-add for each row and coefficient. */
const linear: Formula = (o) => {
  const x = samples(o);
  const coefficients = o.floats('coefficients')?.length;
  return x && coefficients !== undefined ? 2 * x.rows * coefficients : undefined;
};

/** A kernel between each row and each support vector: a multiply-add for each feature, and a weight. */
const supportVectors: Formula = (o) => {
  const x = samples(o);
  const elements = o.floats('support_vectors')?.length;
  return x && elements !== undefined && x.features > 0 ? 2 * x.rows * (elements + elements / x.features) : undefined;
};

/** A comparison on each level of each tree, as if trees were balanced, and the sum of what the leaves say. */
const trees: Formula = (o) => {
  const x = samples(o);
  const treeOfNode = o.ints('nodes_treeids');
  if (!x || !treeOfNode) return undefined;
  const sizes = new Map<number, number>();
  for (const tree of treeOfNode) sizes.set(tree, (sizes.get(tree) ?? 0) + 1);
  let steps = 0;
  for (const size of sizes.values()) steps += Math.ceil(Math.log2(size + 1)) + 1;
  return x.rows * steps;
};

/** The same for ai.onnx.ml:TreeEnsemble, which tells the roots of its trees and all their nodes together. */
const forest: Formula = (o) => {
  const x = samples(o);
  const roots = o.ints('tree_roots')?.length;
  const nodes = o.ints('nodes_featureids')?.length;
  return x && roots && nodes ? x.rows * roots * (Math.ceil(Math.log2(nodes / roots + 1)) + 2) : undefined;
};

/** Classical models of ai.onnx.ml. Coefficients that are too many to be kept in memory leave the cost unknown. */
export const classical: Formulas = [
  ...forTypes('ai.onnx.ml:LinearClassifier ai.onnx.ml:LinearRegressor', linear),
  ...forTypes('ai.onnx.ml:SVMClassifier ai.onnx.ml:SVMRegressor', supportVectors),
  ...forTypes('ai.onnx.ml:TreeEnsembleClassifier ai.onnx.ml:TreeEnsembleRegressor', trees),
  ['ai.onnx.ml:TreeEnsemble', forest],
  ...forTypes('ai.onnx.ml:Scaler', eachRead(2)),
  ...forTypes('ai.onnx.ml:Normalizer', eachRead(3)),
  ...forTypes('ai.onnx.ml:Binarizer ai.onnx.ml:Imputer', eachRead(1)),
  ...forTypes('ai.onnx.ml:LabelEncoder ai.onnx.ml:CategoryMapper ai.onnx.ml:OneHotEncoder ai.onnx.ml:ArrayFeatureExtractor ai.onnx.ml:FeatureVectorizer', () => 0),
  ...forTypes('ai.onnx.ml:ZipMap ai.onnx.ml:DictVectorizer ai.onnx.ml:CastMap', () => 0),
];

/** Operators on text and on encoded images: no floating-point work to speak of; how long they take depends on the data. */
export const texts: Formulas = forTypes('StringNormalizer StringConcat StringSplit RegexFullMatch TfIdfVectorizer ImageDecoder', () => 0);
