import type { DeviceClass } from './problem';

/** All ways to have used some devices of each class, numbered 0 .. states - 1: one mixed-radix digit per class. */
export interface DeviceCounts {
  readonly states: number;
  /** stride[c]: what one more device of class c adds to the number of a state */
  readonly stride: Int32Array;
  /** used[c][s]: devices of class c that state s has used */
  readonly used: readonly Int32Array[];
  /** devices of all classes that each state has used */
  readonly total: Int32Array;
  readonly limit: Int32Array;
}

export function deviceCounts(classes: readonly DeviceClass[]): DeviceCounts {
  const stride = new Int32Array(classes.length);
  let states = 1;
  classes.forEach((cls, c) => {
    stride[c] = states;
    states *= cls.count + 1;
  });
  const limit = Int32Array.from(classes, (cls) => cls.count);
  const used = classes.map((_, c) => Int32Array.from({ length: states }, (_, s) => Math.floor(s / stride[c]!) % (limit[c]! + 1)));
  const total = Int32Array.from({ length: states }, (_, s) => used.reduce((sum, of) => sum + of[s]!, 0));
  return { states, stride, used, total, limit };
}
