import type { Rule, Rules } from './context';
import { attentions, microsoftAttentions } from './rules/attention';
import { controlFlow } from './rules/controlFlow';
import { convolutions, microsoftConvolutions } from './rules/conv';
import { elementwise, microsoftElementwise } from './rules/elementwise';
import { indexings, microsoftIndexings } from './rules/indexing';
import { matrixProducts, microsoftMatrixProducts } from './rules/matmul';
import { ml } from './rules/ml';
import { microsoftNormalizations, normalizations } from './rules/normalization';
import { microsoftPools, pools } from './rules/pool';
import { microsoftQuantizations, quantizations } from './rules/quantize';
import { generators, losses, texts } from './rules/random';
import { microsoftRecurrences, recurrences } from './rules/recurrent';
import { reductions } from './rules/reduce';
import { microsoftReshapes, reshapes } from './rules/reshape';
import { sequences } from './rules/sequence';
import { signals } from './rules/signal';
import { microsoftVisions, visions } from './rules/vision';

const table = (...families: readonly Rules[]): ReadonlyMap<string, Rule> => new Map(families.flatMap((family) => Object.entries(family)));

const defaultDomain = table(
  elementwise, matrixProducts, convolutions, pools, reductions, reshapes, indexings, normalizations, recurrences, sequences, controlFlow,
  quantizations, attentions, visions, signals, generators, losses, texts,
);

const microsoft = table(
  microsoftElementwise, microsoftMatrixProducts, microsoftConvolutions, microsoftPools, microsoftReshapes, microsoftIndexings, microsoftNormalizations,
  microsoftRecurrences, microsoftQuantizations, microsoftAttentions, microsoftVisions,
);

/** Rules by domain ('' for ai.onnx), then by operator type. */
const rules: ReadonlyMap<string, ReadonlyMap<string, Rule>> = new Map([
  ['', defaultDomain],
  ['ai.onnx.ml', table(ml)],
  ['com.microsoft', microsoft],
]);

/** The rule for an operator, or undefined if it is not known. */
export const ruleFor = (domain: string, opType: string): Rule | undefined => rules.get(domain)?.get(opType);

/** Every operator that has a rule, as `domain:type`, for documents and tests. */
export const knownOperators = (): string[] => [...rules].flatMap(([domain, types]) => [...types.keys()].map((type) => `${domain}:${type}`));
