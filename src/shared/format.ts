import { t } from '@vscode/l10n';

/** Numbers as people read them: three significant digits and a unit. Used by the command line and by the view alike. */

const three = (x: number): string => {
  if (x === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(Number(x.toPrecision(3))))));
  return x.toFixed(Math.min(digits, 20));
};

/** What is no finite number has no digits: not known, or without limit. */
const odd = (x: number): string => (Number.isNaN(x) ? t('unknown') : x > 0 ? t('unlimited') : `-${t('unlimited')}`);

function scaled(x: number, base: number, units: readonly string[]): string {
  if (!Number.isFinite(x)) return odd(x);
  let i = 0;
  while (i < units.length - 1 && Number(Math.abs(x).toPrecision(3)) >= base) {
    x /= base;
    i++;
  }
  return `${i === 0 && Number.isInteger(x) ? String(x) : three(x)} ${units[i]}`;
}

/** Decimal units, as device memories and links are quoted: 31.2 GB. */
export const formatBytes = (bytes: number): string => scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']);

/** 604 MFLOP */
export const formatFlops = (flops: number): string => scaled(flops, 1000, ['FLOP', 'kFLOP', 'MFLOP', 'GFLOP', 'TFLOP', 'PFLOP']);

/** 1.37 ms */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return odd(seconds);
  if (seconds < 0) return `-${formatSeconds(-seconds)}`;
  if (seconds === 0) return '0 s';
  if (Number(seconds.toPrecision(3)) >= 1) return `${three(seconds)} s`;
  if (Number((seconds * 1e3).toPrecision(3)) >= 1) return `${three(seconds * 1e3)} ms`;
  if (Number((seconds * 1e6).toPrecision(3)) >= 1) return `${three(seconds * 1e6)} µs`;
  return `${three(seconds * 1e9)} ns`;
}

/** 25.6 M, for counts of parameters */
export const formatCount = (count: number): string => scaled(count, 1000, ['', 'k', 'M', 'G', 'T']).trimEnd();

const whole = new Intl.NumberFormat('en-US');

/** 9,614: whole numbers in full */
export const formatWhole = (count: number): string => whole.format(count);

/** "1 operator", "2,345 operators" */
export const operatorsText = (count: number): string => (count === 1 ? t('1 operator') : t('{0} operators', formatWhole(count)));

/** 1.8 %; never "0 %" for something that is not zero */
export function formatPercent(share: number): string {
  if (!Number.isFinite(share)) return odd(share);
  const percent = share * 100;
  if (percent === 0) return '0 %';
  if (percent > 0 && percent < 0.01) return t({ message: 'under {0}', args: ['0.01 %'], comment: 'Less than a number' });
  return `${three(percent)} %`;
}
