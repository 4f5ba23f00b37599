import type { Dim, OnnxGraph } from '../model';
import type { FreeDimension } from './types';

/** Shape of a graph input as the file declares it: a name for every dimension that is no positive number. */
export function declaredShape(name: string, shape: readonly Dim[]): (number | string)[] {
  return shape.map((dim, axis) => {
    if (typeof dim === 'number') return dim > 0 && Number.isSafeInteger(dim) ? dim : `${name}.${axis}`;
    return dim === null || dim === '' ? `${name}.${axis}` : dim;
  });
}

/** Words of a name in lower case, one space around each: "pastSequenceLength" and "past_sequence-length" are alike. */
const wordsOf = (name: string): string =>
  ` ${name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase()
    .trim()} `;

const IMAGE_SIDE = 224;
const SEQUENCE = 128;
/** A second at 16 kHz; or a chunk as voice detectors take them, where a second is more than the model accepts. */
const SAMPLES = [16000, 512, 1280] as const;

/** What is known of a dimension when a value is to be offered for it. */
interface Place {
  readonly symbol: string;
  readonly input: string;
  readonly shape: readonly (number | string)[];
  readonly axis: number;
  readonly isInteger: boolean;
}

/** By what the file calls the dimension; undefined where the name says nothing. */
function byOwnName({ symbol, shape, axis, isInteger }: Place): readonly number[] | undefined {
  const name = wordsOf(symbol);
  if (/ (batch|batchsize|bs|num images|n) |batch $/.test(name)) return [1];
  // "past + sequence" and "total" are what the cache and the new tokens make together.
  if (/ total | past .*(seq|sequence|len|length) .*(seq|sequence) /.test(name)) return [SEQUENCE];
  // A cache that is still empty: the first pass over a prompt.
  if (/ (past|cache) /.test(name)) return [0];
  if (/ (samples?|audio|waveform|time|timesteps?) /.test(name)) return isInteger ? [SEQUENCE] : SAMPLES;
  if (/ frames? /.test(name)) return [100];
  if (/ (height|width|h|w|image size) /.test(name)) return [IMAGE_SIDE];
  if (/ (channels?|c) /.test(name)) return [3];
  if (/(sequence|seq|tokens?|length|len) /.test(name)) return !isInteger && shape.length === 2 && axis === 1 ? SAMPLES : [SEQUENCE];
  return undefined;
}

/** By the input's name, type and rank. */
function byPlace({ input, shape, axis, isInteger }: Place): readonly number[] {
  const name = wordsOf(input);
  if (axis === 0) return [1];
  if (/ (past|cache) /.test(name)) return [axis === 2 ? 0 : 1];
  if (/ (state|hidden|cell|h|c|h0|c0) /.test(name)) return [1];
  if (shape.length === 4 && !isInteger) {
    const channelsLast = typeof shape[1] !== 'number' && typeof shape[3] === 'number' && shape[3] <= 4;
    return [axis === (channelsLast ? 3 : 1) ? 3 : IMAGE_SIDE];
  }
  if (!isInteger && axis === shape.length - 1 && (shape.length === 2 || / (audio|waveform|wav|samples?|pcm|speech|signal) /.test(name))) return SAMPLES;
  return [axis === 1 ? SEQUENCE : 1];
}

/** A free dimension with all values that might be offered for it, the likeliest first. */
export interface Candidate extends FreeDimension {
  readonly suggestions: readonly number[];
}

/** The input dimensions that only the user can bind, each once, in order of first occurrence. */
export function freeDimensions(graph: OnnxGraph, bindings: ReadonlyMap<string, number>): Candidate[] {
  const found = new Map<string, Candidate & { readonly occurrences: string[] }>();
  for (const { name, type } of graph.inputs) {
    if ((type.kind !== 'tensor' && type.kind !== 'sparse_tensor') || type.shape === undefined || graph.initializers.has(name)) continue;
    const shape = declaredShape(name, type.shape);
    const isInteger = type.elementType !== undefined && /int|bool/.test(type.elementType);
    for (const [axis, dim] of shape.entries()) {
      if (typeof dim === 'number' || bindings.has(dim)) continue;
      const occurrence = `${name}[${axis}]`;
      const entry = found.get(dim);
      if (entry !== undefined) {
        entry.occurrences.push(occurrence);
        continue;
      }
      const place = { symbol: dim, input: name, shape, axis, isInteger };
      const suggestions = (dim === `${name}.${axis}` ? undefined : byOwnName(place)) ?? byPlace(place);
      found.set(dim, { symbol: dim, occurrences: [occurrence], suggestion: suggestions[0]!, suggestions });
    }
  }
  return [...found.values()];
}
