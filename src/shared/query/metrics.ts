import { formatBytes, formatFlops, formatSeconds } from '../format';
import type { PlanView } from '../planView';

/** What can be measured of an operator: in searches and as the colour of its box. */
export const METRICS = ['time', 'flops', 'bytes', 'memory', 'intensity', 'transfer', 'measured'] as const;
export type Metric = (typeof METRICS)[number];

export interface MetricInfo {
  readonly label: string;
  /** what the number is, in a few words */
  readonly hint: string;
  readonly quantity: 'seconds' | 'bytes' | 'flops' | 'ratio' | 'factor';
}

export const METRIC_INFO: Readonly<Record<Metric, MetricInfo>> = {
  time: { label: 'Time', hint: 'seconds per sample on its device', quantity: 'seconds' },
  flops: { label: 'Work', hint: 'floating-point operations per sample', quantity: 'flops' },
  bytes: { label: 'Bytes moved', hint: 'bytes read and written per sample', quantity: 'bytes' },
  memory: { label: 'Memory', hint: 'bytes of its weights', quantity: 'bytes' },
  intensity: { label: 'Intensity', hint: 'floating-point operations for each byte moved', quantity: 'ratio' },
  transfer: { label: 'Communication', hint: 'seconds that its outputs take to other stages', quantity: 'seconds' },
  measured: { label: 'Measured / estimated', hint: 'measured time as a multiple of the estimate', quantity: 'factor' },
};

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
  switch (METRIC_INFO[metric].quantity) {
    case 'seconds': return formatSeconds(value);
    case 'bytes': return formatBytes(value);
    case 'flops': return formatFlops(value);
    case 'factor': return `${Number(value.toPrecision(3))} times`;
    case 'ratio': return `${Number(value.toPrecision(3))} FLOP/B`;
  }
}
