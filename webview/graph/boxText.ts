import { t } from '@vscode/l10n';
import { formatSeconds } from '../../src/shared/format';
import type { PlanView } from '../../src/shared/planView';

/** The texts of a box, cut to its width once; sizes are CSS pixels at scale 1. */
export interface BoxText {
  /** for the middle zoom, alone in its box */
  readonly large: string;
  readonly type: string;
  readonly time: string;
  readonly name: string;
  readonly shape: string;
}

export const LARGE_SIZE = 19;
export const TYPE_SIZE = 12;
export const NAME_SIZE = 10.5;

export type Measure = (text: string, size: number, bold: boolean) => number;

/** Cuts at the end, or at the start where the end of a path says more. */
export function shorten(text: string, room: number, measure: (text: string) => number, keep: 'start' | 'end'): string {
  if (measure(text) <= room) return text;
  let low = 0;
  let high = text.length - 1;
  const cut = (length: number): string => (keep === 'start' ? `${text.slice(0, length)}…` : `…${text.slice(text.length - length)}`);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(cut(middle)) <= room) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '' : cut(low);
}

/** The last part of an exporter's path often repeats the type: '/layers.3/attn/q_proj/MatMul' is '/layers.3/attn/q_proj'. */
export function shortName(name: string, type: string): string {
  const slash = name.lastIndexOf('/');
  if (slash <= 0) return name;
  return name.slice(slash + 1).replace(/_\d+$/, '') === type ? name.slice(0, slash) : name;
}

export const formatShape = (shape: readonly (number | string | null)[] | null): string =>
  shape === null ? t('shape unknown') : shape.length === 0 ? t({ message: 'scalar', comment: 'Shape of a tensor without dimensions' }) : shape.map((d) => d ?? '?').join('×');

/**
 * @param otherwise the texts of boxes that are not operators
 * @param caption what stands at the right of an operator's type, in place of its time
 */
export function makeBoxText(view: PlanView, operators: readonly number[], width: number, measure: Measure, otherwise: (box: number) => BoxText, caption?: (operator: number) => string): (box: number) => BoxText {
  const cache: (BoxText | undefined)[] = [];
  const room = width - 18;
  return (box) =>
    (cache[box] ??= (() => {
      if (box >= operators.length) return otherwise(box);
      const operator = view.operators[operators[box]!]!;
      const type = operator.type.replace(/^.*:/, '');
      const time = caption ? caption(operators[box]!) : operator.seconds === null ? '?' : operator.seconds === 0 ? '' : formatSeconds(operator.seconds);
      const left = room - measure(time, NAME_SIZE, false) - 6;
      const output = view.tensors[operator.outputs[0] ?? -1];
      return {
        large: shorten(type, room, (part) => measure(part, LARGE_SIZE, false), 'start'),
        type: shorten(type, left, (part) => measure(part, TYPE_SIZE, true), 'start'),
        time,
        name: shorten(shortName(operator.name, operator.type) || operator.id, room, (part) => measure(part, NAME_SIZE, false), 'end'),
        shape: output === undefined ? '' : formatShape(output.shape),
      };
    })());
}
