import { product, type Formula, type Formulas } from '../operands';
import { SOFTMAX_FLOPS } from './weights';

/**
 * Mixture of experts: a softmax over the router's logits [T, E], then for each token the `k` experts chosen for it, each a product with
 * every element of its own weights. The projections' weights are [E, ...]: two, or three where they are gated.
 *
 * @param weightInputs positions of the projections' weights
 * @param packing weights that one stored element holds
 */
const experts =
  (weightInputs: readonly number[], packing: (o: Parameters<Formula>[0]) => number): Formula =>
  (o) => {
    const router = o.dimsIn(1);
    if (!router || router.length === 0) return undefined;
    const count = router.at(-1)!;
    let weights = 0;
    for (const position of weightInputs) {
      const dims = o.dimsIn(position);
      if (dims) weights += product(dims.slice(1)) * packing(o);
      else if (o.input(position)) return undefined;
    }
    if (weights === 0) return undefined;
    const tokens = product(router) / count;
    return tokens * (Math.min(o.int('k', 1), count) * 2 * weights + SOFTMAX_FLOPS * count);
  };

export const mixtures: Formulas = [
  ['com.microsoft:MoE', experts([2, 4, 6], () => 1)],
  ['com.microsoft:QMoE', experts([2, 5, 8], (o) => 8 / o.int('expert_weight_bits', 4))],
];
