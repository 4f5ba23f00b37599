import type { Dim } from '../../model';
import { floats, has, input, ints, shapeOf, shapeOfAtLeast, shapeOfRank, text, typeOf, valueOf } from '../context';
import type { Rule, Rules } from '../context';
import { Inconsistent, axesOf, ofRank, tensor } from '../facts';
import type { Shape } from '../facts';

/** floor(size * scale), in single precision as runtimes do it. */
const scaled = (size: Dim, scale: Dim): Dim =>
  typeof size === 'number' && typeof scale === 'number' ? Math.floor(Math.fround(Math.fround(size) * Math.fround(scale))) : scale === 1 ? size : null;

/** Sizes asked for, adjusted to keep the aspect ratio by the smaller (or larger) of the scales of all axes. */
function keepingAspect(x: Shape, axes: readonly number[], sizes: readonly Dim[], policy: string): Shape {
  const scales = axes.map((axis, i) => {
    const [size, wanted] = [x[axis]!, sizes[i]!];
    return typeof size === 'number' && typeof wanted === 'number' && size > 0 ? Math.fround(wanted / size) : NaN;
  });
  const scale = policy === 'not_larger' ? Math.min(...scales) : Math.max(...scales);
  return x.map((dim, axis) => (!axes.includes(axis) ? dim : typeof dim === 'number' && !Number.isNaN(scale) ? Math.floor(Math.fround(Math.fround(scale) * dim) + 0.5) : null));
}

const applied = (x: Shape, axes: readonly number[], f: (dim: Dim, i: number) => Dim): Shape => x.map((dim, axis) => (axes.includes(axis) ? f(dim, axes.indexOf(axis)) : dim));

const resize: Rule = (c) => {
  const x = input(c, 0);
  if (x.shape === undefined) return [tensor(x.elementType, undefined)];
  // Version 10 has the scales alone, later ones a region of interest before them.
  const [scalesInput, sizesInput] = c.opset < 11 ? [1, -1] : [2, 3];
  const axes = axesOf(ints(c, 'axes') ?? x.shape.map((_, axis) => axis), x.shape.length);
  const scales = valueOf(c, scalesInput);
  const bySizes = sizesInput > 0 && has(c, sizesInput);
  const given = bySizes ? valueOf(c, sizesInput) : scales;
  if (given === undefined || (bySizes && given.length === 0)) return [tensor(x.elementType, applied(x.shape, axes, () => null))];
  if (given.length !== axes.length) throw new Inconsistent(`${given.length} scales or sizes for ${axes.length} axes`);
  const policy = text(c, 'keep_aspect_ratio_policy', 'stretch');
  if (bySizes && policy !== 'stretch' && ints(c, 'axes')?.some((axis) => axis < 0) === true) {
    // Runtimes pick the wrong scales for axes counted from the back.
    return [tensor(x.elementType, applied(x.shape, axes, () => null))];
  }
  if (bySizes) return [tensor(x.elementType, policy === 'stretch' ? applied(x.shape, axes, (_, i) => given[i]!) : keepingAspect(x.shape, axes, given, policy))];
  // With cropping the scale applies to the region, whose size runtimes read differently.
  if (text(c, 'coordinate_transformation_mode', '') === 'tf_crop_and_resize') return [tensor(x.elementType, applied(x.shape, axes, () => null))];
  return [tensor(x.elementType, applied(x.shape, axes, (dim, i) => scaled(dim, given[i]!)))];
};

const upsample: Rule = (c) => {
  const x = input(c, 0);
  const scales = floats(c, 'scales') ?? valueOf(c, 1);
  if (x.shape === undefined) return [tensor(x.elementType, undefined)];
  if (scales === undefined) return [tensor(x.elementType, ofRank(x.shape.length))];
  if (scales.length !== x.shape.length) throw new Inconsistent(`${scales.length} scales for a tensor of rank ${x.shape.length}`);
  return [tensor(x.elementType, x.shape.map((dim, axis) => scaled(dim, scales[axis]!)))];
};

/** X [N, C, sizes...] sampled at grid [N, outputs..., axes]. */
const gridSample: Rule = (c) => {
  const [x, grid] = [shapeOfAtLeast(c, 0, 3), shapeOfAtLeast(c, 1, 3)];
  const rank = x?.length ?? grid?.length;
  if (x !== undefined && grid !== undefined && x.length !== grid.length) throw new Inconsistent(`a grid of rank ${grid.length} over a tensor of rank ${x.length}`);
  return [tensor(typeOf(c, 0), rank === undefined ? undefined : [x?.[0] ?? grid?.[0] ?? null, x?.[1] ?? null, ...(grid?.slice(1, -1) ?? ofRank(rank - 2))])];
};

/** theta [N, 2, 3] and a size [N, C, H, W]: [N, H, W, 2]; one axis more in three dimensions. */
const affineGrid: Rule = (c) => {
  const axes = shapeOfRank(c, 0, 3)[1]!;
  const size = valueOf(c, 1);
  if (size === undefined && typeof axes !== 'number') return [tensor(typeOf(c, 0), undefined)];
  const spatial = size?.slice(2) ?? ofRank(axes as number);
  return [tensor(typeOf(c, 0), [size?.[0] ?? shapeOf(c, 0)?.[0] ?? null, ...spatial, spatial.length])];
};

const imageDecoder: Rule = (c) => [tensor('uint8', [null, null, text(c, 'pixel_format', 'RGB') === 'Grayscale' ? 1 : 3])];

export const visions: Rules = {
  Resize: resize,
  Upsample: upsample,
  GridSample: gridSample,
  AffineGrid: affineGrid,
  /** How many boxes survive is up to the data. */
  NonMaxSuppression: () => [tensor('int64', [null, 3])],
  ImageDecoder: imageDecoder,
};

export const microsoftVisions: Rules = { GridSample: gridSample };

