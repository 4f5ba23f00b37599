/** Times of operators that were measured on one device class. */
export interface MeasuredTimes {
  readonly deviceClass: string;
  /** name of the device, for people */
  readonly device: string;
  /** operator id -> seconds */
  readonly seconds: ReadonlyMap<string, number>;
  /** operator id -> bytes of memory that it needs while it runs, beside its inputs and outputs */
  readonly memoryBytes: ReadonlyMap<string, number>;
  /** where the times were read: how a placement names that file, and the digest of its contents */
  readonly origin: { readonly path: string; readonly digest: string };
}

/** An operator whose time is estimated, and measured or not. */
export interface TimedOperator {
  readonly type: string;
  /** seconds; Infinity where the class does not support it */
  readonly estimate: number;
  readonly measured: number | undefined;
}

/**
 * The times of operators of which some were measured. A measured time stands as it is, unless the class does not support the operator. An
 * estimate is multiplied by how far measured times of its type are from their estimates (the geometric mean of the ratios), or by the same
 * of all measured operators where none of its type was measured.
 */
export function calibrated(operators: readonly TimedOperator[]): Float64Array {
  const ratios = new Map<string, number[]>();
  for (const { type, estimate, measured } of operators) {
    if (measured === undefined || !(measured > 0) || !(estimate > 0) || !Number.isFinite(estimate)) continue;
    const of = ratios.get(type) ?? [];
    of.push(Math.log(measured / estimate));
    ratios.set(type, of);
  }
  const overall = geometricMean([...ratios.values()].flat());
  const byType = new Map([...ratios].map(([type, logs]) => [type, geometricMean(logs)]));
  return Float64Array.from(operators, ({ type, estimate, measured }) => {
    if (!Number.isFinite(estimate)) return estimate;
    return measured ?? estimate * (byType.get(type) ?? overall);
  });
}

/** Of numbers given by their logarithms; 1 of none. */
const geometricMean = (logs: readonly number[]): number => (logs.length === 0 ? 1 : Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length));
