import { t } from '@vscode/l10n';
import { formatBytes, formatFlops, formatSeconds } from '../format';
import type { PlanView } from '../planView';

/** What can be measured of an operator: in searches and as the colour of its box. */
export const METRICS = ['time', 'flops', 'bytes', 'memory', 'intensity', 'transfer', 'measured'] as const;
export type Metric = (typeof METRICS)[number];

export type Quantity = 'seconds' | 'bytes' | 'flops' | 'ratio' | 'factor';

export const METRIC_QUANTITY: Readonly<Record<Metric, Quantity>> = {
  /** per sample on its device */
  time: 'seconds',
  /** per sample */
  flops: 'flops',
  /** read and written per sample */
  bytes: 'bytes',
  /** of its weights */
  memory: 'bytes',
  /** FLOPs for each byte moved */
  intensity: 'ratio',
  /** that its outputs take to other stages */
  transfer: 'seconds',
  /** measured time as a multiple of the estimate */
  measured: 'factor',
};

/** What people call a metric; in searches its name is typed. */
export function metricLabel(metric: Metric): string {
  switch (metric) {
    case 'time': return t({ message: 'Time', comment: 'Of an operator' });
    case 'flops': return t({ message: 'Work', comment: 'Floating-point operations' });
    case 'bytes': return t({ message: 'Bytes moved', comment: 'Bytes that an operator reads and writes' });
    case 'memory': return t('Memory');
    case 'intensity': return t({ message: 'Intensity', comment: 'Floating-point operations for each byte moved' });
    case 'transfer': return t({ message: 'Communication', comment: 'Time that tensors take to other stages' });
    case 'measured': return t({ message: 'Measured / estimated', comment: 'Measured time as a multiple of the estimated time' });
  }
}

/** A metric of every operator, by index; NaN where it is not known. */
export function metricOf({ operators, plan }: PlanView, metric: Metric): Float64Array {
  const moved = (v: number): number => {
    const { bytesRead, bytesWritten } = operators[v]!;
    return bytesRead === null || bytesWritten === null ? NaN : bytesRead + bytesWritten;
  };
  switch (metric) {
    case 'time': return Float64Array.from(operators, ({ seconds }) => seconds ?? NaN);
    case 'flops': return Float64Array.from(operators, ({ flops }) => flops ?? NaN);
    case 'bytes': return Float64Array.from(operators, (_, v) => moved(v));
    case 'memory': return Float64Array.from(operators, ({ weightBytes }) => weightBytes);
    case 'intensity': return Float64Array.from(operators, ({ flops }, v) => (flops === null ? NaN : moved(v) === 0 ? 0 : flops / moved(v)));
    case 'measured': return Float64Array.from(operators, ({ measuredRatio }) => measuredRatio ?? NaN);
    case 'transfer': {
      const cut = new Map((plan?.cuts ?? []).map(({ tensor, transferSeconds }) => [tensor, transferSeconds]));
      return Float64Array.from(operators, ({ outputs }) => outputs.reduce((sum, tensor) => sum + (cut.get(tensor) ?? 0), 0));
    }
  }
}

/** "1.37 ms", "2.10 MB", "12.4 FLOP/B" */
export function formatMetric(metric: Metric, value: number): string {
  if (Number.isNaN(value)) return '?';
  switch (METRIC_QUANTITY[metric]) {
    case 'seconds': return formatSeconds(value);
    case 'bytes': return formatBytes(value);
    case 'flops': return formatFlops(value);
    case 'factor': return t({ message: '{0} times', args: [Number(value.toPrecision(3))], comment: 'A factor' });
    case 'ratio': return `${Number(value.toPrecision(3))} FLOP/B`;
  }
}
