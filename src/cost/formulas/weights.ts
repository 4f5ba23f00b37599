/**
 * How many FLOPs an elementary function counts for. Additions, multiplications, divisions and comparisons are one each; a
 * transcendental function is the polynomial of few terms that vector libraries evaluate for it.
 */
export const TRANSCENDENTAL_FLOPS = 4;

/** A softmax, for each of its elements: maximum, subtraction, exponential, sum, division. */
export const SOFTMAX_FLOPS = 4 + TRANSCENDENTAL_FLOPS;
