import { t } from '@vscode/l10n';
import { formatMetric, metricOf, type Metric } from '../../src/shared/query/metrics';
import type { PlanView } from '../../src/shared/planView';

/** Steps of colour; the first is for what is nothing. */
export const STEPS = 6;
/** An operator of which the number is not known. */
export const UNKNOWN = 255;
/** Largest number to smallest from which steps are equal factors rather than equal differences. */
const WIDE = 8;

/** What boxes are coloured by: a metric in steps from little to much, or stages. */
export interface Bins {
  /** steps are stages and have their hues; absent: steps of one hue */
  readonly kind?: 'stages';
  /** operator index -> step, or `UNKNOWN` */
  readonly stepOf: Uint8Array;
  /** operator index -> its number with its unit */
  readonly caption: (operator: number) => string;
  /** what each step stands for, and how many operators it has; empty steps are left in their place */
  readonly legend: readonly { readonly label: string; readonly count: number }[];
  /** operators of unknown number */
  readonly unknown: number;
}

/** Steps between the smallest and the largest number above 0; what is 0 has a step of its own. */
export function makeBins(view: PlanView, metric: Metric): Bins {
  const values = metricOf(view, metric);
  const counted = view.operators.map(({ foldable }) => !foldable);
  const positive = [...values].filter((value, v) => counted[v] && value > 0 && Number.isFinite(value)).sort((a, b) => a - b);
  const [least = 1, most = 1] = [positive[0], positive.at(-1)];
  const steps = STEPS - 1;
  const bound = (step: number): number => (most / least > WIDE ? least * (most / least) ** (step / steps) : least + ((most - least) * step) / steps);
  const bounds = Array.from({ length: steps - 1 }, (_, step) => bound(step + 1));
  const stepOf = Uint8Array.from(values, (value, v) => (Number.isNaN(value) || !counted[v] ? UNKNOWN : value <= 0 ? 0 : 1 + bounds.filter((from) => value >= from).length));
  const counts = new Int32Array(256);
  for (const step of stepOf) counts[step]!++;
  const text = (value: number): string => formatMetric(metric, value);
  const label = (step: number): string => (step === 0 ? text(0) : step === 1 ? t({ message: 'under {0}', args: [text(bounds[0] ?? most)], comment: 'Less than a number' }) : t({ message: 'from {0}', args: [text(bounds[step - 2]!)], comment: 'A number or more' }));
  return {
    stepOf,
    caption: (operator) => (counted[operator] ? text(values[operator]!) : ''),
    legend: Array.from({ length: STEPS }, (_, step) => ({ label: label(step), count: counts[step]! })),
    unknown: view.operators.filter((_, v) => counted[v] && Number.isNaN(values[v]!)).length,
  };
}
