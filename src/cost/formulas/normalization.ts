import { eachWritten, forTypes, times, type Formulas } from '../operands';
import { TRANSCENDENTAL_FLOPS } from './weights';

/**
 * FLOPs for each element: mean (1), difference (1), square and sum (2), division by the deviation (1), gain and shift (2), and one for the
 * share of a row's few scalars.
 */
const CENTRED = 8;
/** The same without mean, difference and shift. */
const ROOT_MEAN_SQUARE = 5;

export const normalizations: Formulas = [
  // with the running statistics, which engines fold into one product and one sum
  ['BatchNormalization', eachWritten(2)],
  ...forTypes('InstanceNormalization GroupNormalization LayerNormalization MeanVarianceNormalization', eachWritten(CENTRED)),
  ...forTypes('com.microsoft:LayerNormalization com.microsoft:GroupNorm', eachWritten(CENTRED)),
  ...forTypes('com.microsoft:SkipLayerNormalization com.microsoft:SkipGroupNorm', eachWritten(CENTRED + 1)),
  ...forTypes('RMSNormalization SimplifiedLayerNormalization LpNormalization com.microsoft:SimplifiedLayerNormalization', eachWritten(ROOT_MEAN_SQUARE)),
  ['com.microsoft:SkipSimplifiedLayerNormalization', eachWritten(ROOT_MEAN_SQUARE + 1)],
  // up to three embeddings are added up before
  ...forTypes('com.microsoft:EmbedLayerNormalization com.microsoft:QEmbedLayerNormalization', eachWritten(CENTRED + 2)),
  // the squares of the neighbouring channels, a power, and a division
  ['LRN', (o) => times(2 * o.int('size', 1) + TRANSCENDENTAL_FLOPS + 2, o.elementsOut(0))],
];
