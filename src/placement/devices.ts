import type { DeviceClass } from './problem';

/** Class of each device, devices numbered class by class. */
export const classOfDevices = (classes: readonly DeviceClass[]): Int32Array => Int32Array.from(classes.flatMap((cls, c) => Array.from({ length: cls.count }, () => c)));

/** First device of each class. */
export function firstDevices(classes: readonly DeviceClass[]): number[] {
  let next = 0;
  return classes.map(({ count }) => (next += count) - count);
}
