import { eachWritten, forTypes, times, type Formula, type Formulas } from '../operands';

/** Neighbours along one axis that an interpolation looks at. */
const NEIGHBOURS: Readonly<Record<string, number>> = { nearest: 1, linear: 2, bilinear: 2, cubic: 4, bicubic: 4 };

/** A weight and a sum for each neighbour; the nearest one is merely copied. */
const interpolation = (mode: string, axes: number): number => {
  const along = NEIGHBOURS[mode] ?? 2;
  return along === 1 ? 0 : 2 * along ** axes;
};

/** Interpolates along the axes whose size changes. */
const resize: Formula = (o) => {
  const from = o.dimsIn(0), to = o.dimsOut(0);
  if (!from || !to) return undefined;
  const axes = to.filter((size, axis) => size !== from[axis]).length;
  return axes === 0 ? 0 : times(interpolation(o.text('mode', 'nearest'), axes), o.elementsOut(0));
};

/** Grid [B, .., axes]. */
const gridSample: Formula = (o) => {
  const axes = o.dimsIn(1)?.at(-1);
  return axes === undefined ? undefined : times(interpolation(o.text('mode', 'linear'), axes), o.elementsOut(0));
};

/** Each output is the mean (or maximum) of samples interpolated from four neighbours; their number is 1 where the box decides it. */
const roiAlign: Formula = (o) => times(9 * Math.max(1, o.int('sampling_ratio', 0)) ** 2, o.elementsOut(0));

/** A coordinate of the sampling grid for each output: [.., 2] by 2 x 3 matrices, [.., 3] by 3 x 4 ones. */
const affineGrid: Formula = (o) => {
  const axes = o.dimsOut(0)?.at(-1);
  return axes === undefined ? undefined : times(2 * axes, o.elementsOut(0));
};

/**
 * Scores [B, C, N] are sorted, then every chosen box is compared with those after it (some 13 FLOPs). How many are chosen depends on the data:
 * as many as may be, or all.
 */
const nonMaxSuppression: Formula = (o) => {
  const scores = o.dimsIn(1);
  if (scores?.length !== 3) return undefined;
  const [batch, classes, boxes] = scores as [number, number, number];
  const limit = o.input(2)?.value?.[0];
  const chosen = Math.min(boxes, typeof limit === 'number' ? limit : boxes);
  return batch * classes * boxes * (Math.log2(Math.max(2, boxes)) + 13 * chosen);
};

export const visions: Formulas = [
  ...forTypes('Resize Upsample', resize),
  ...forTypes('GridSample com.microsoft:GridSample', gridSample),
  ['RoiAlign', roiAlign],
  ...forTypes('MaxRoiPool', eachWritten(1)),
  ['com.microsoft:CropAndResize', eachWritten(8)],
  ['AffineGrid', affineGrid],
  ['NonMaxSuppression', nonMaxSuppression],
];
