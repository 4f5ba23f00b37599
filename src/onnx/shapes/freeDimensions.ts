import type { Dim, OnnxGraph } from '../model';
import type { FreeDimension } from './types';

/** Shape of a graph input as the file declares it: a name for every dimension that is no positive number. */
export function declaredShape(name: string, shape: readonly Dim[]): (number | string)[] {
  return shape.map((dim, axis) => {
    if (typeof dim === 'number') return dim > 0 && Number.isSafeInteger(dim) ? dim : `${name}.${axis}`;
    return dim === null || dim === '' ? `${name}.${axis}` : dim;
  });
}

/** Words of a name, in lower case: "pastSequenceLength" and "past_sequence-length" are alike. */
const wordsOf = (name: string): string =>
  ` ${name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase()
    .trim()} `;

const SAMPLES = 16000;
const IMAGE_SIDE = 224;
const SEQUENCE = 128;

/** What an input is, by the type and rank that it has and the name it bears. */
function suggestionFor(symbol: string, input: string, shape: readonly (number | string)[], axis: number, isInteger: boolean): number {
  const own = symbol === `${input}.${axis}` ? ' ' : wordsOf(symbol);
  const of = wordsOf(input);
  const speaks = (pattern: RegExp): boolean => pattern.test(own);
  if (speaks(/ (batch|batchsize|bs|num images) |batch| n $/)) return 1;
  // A cache that is still empty: the first pass over a prompt.
  if (speaks(/ past .* (\+|plus|total) /)) return SEQUENCE;
  if (speaks(/ total /) || speaks(/ past .*(sequence|seq) .*(sequence|seq) /)) return SEQUENCE;
  if (speaks(/ (past|cache) /)) return 0;
  if (speaks(/ (samples?|num samples|audio|waveform|time steps?|timesteps?) /)) return SAMPLES;
  if (speaks(/ frames? /)) return 100;
  if (speaks(/ (height|width|h|w|image size) /)) return IMAGE_SIDE;
  if (speaks(/ (channels?|c) /)) return 3;
  if (speaks(/(sequence|seq|tokens?|length|len) /)) return SEQUENCE;
  if (axis === 0) return 1;
  if (/ (past|cache) |past key|past value/.test(of)) return axis === 2 ? 0 : 1;
  if (/ (audio|waveform|wav|samples?|pcm|speech|signal) /.test(of)) return axis === shape.length - 1 ? SAMPLES : 1;
  if (shape.length === 4 && !isInteger) {
    const channelsLast = typeof shape[3] === 'number' && shape[3] <= 4 && typeof shape[1] !== 'number';
    if (axis === 1) return channelsLast ? IMAGE_SIDE : 3;
    return channelsLast && axis === 3 ? 3 : IMAGE_SIDE;
  }
  return axis === 1 ? SEQUENCE : 1;
}

/** The input dimensions that only the user can bind, each once, in order of first occurrence, with a value to offer. */
export function freeDimensions(graph: OnnxGraph, bindings: ReadonlyMap<string, number>): FreeDimension[] {
  const found = new Map<string, { symbol: string; occurrences: string[]; suggestion: number }>();
  for (const { name, type } of graph.inputs) {
    if ((type.kind !== 'tensor' && type.kind !== 'sparse_tensor') || type.shape === undefined) continue;
    const shape = declaredShape(name, type.shape);
    const isInteger = type.elementType !== undefined && /int|bool/.test(type.elementType);
    for (const [axis, dim] of shape.entries()) {
      if (typeof dim === 'number' || bindings.has(dim)) continue;
      const entry = found.get(dim);
      if (entry !== undefined) entry.occurrences.push(`${name}[${axis}]`);
      else found.set(dim, { symbol: dim, occurrences: [`${name}[${axis}]`], suggestion: suggestionFor(dim, name, shape, axis, isInteger) });
    }
  }
  return [...found.values()];
}
