/** Events in order of their time; of equal times the one that was put in first comes first. */
export interface EventQueue {
  readonly size: () => number;
  /** time of the next event; Infinity if there is none */
  readonly nextSeconds: () => number;
  readonly push: (seconds: number, event: number) => void;
  /** the next event; -1 if there is none */
  readonly pop: () => number;
}

/** A binary heap. Pushing and popping take time logarithmic in the number of events. */
export function eventQueue(): EventQueue {
  const times: number[] = [];
  const serials: number[] = [];
  const events: number[] = [];
  let serial = 0;
  const before = (a: number, b: number): boolean => times[a]! < times[b]! || (times[a] === times[b] && serials[a]! < serials[b]!);
  const swap = (a: number, b: number): void => {
    for (const column of [times, serials, events]) [column[a], column[b]] = [column[b]!, column[a]!];
  };
  return {
    size: () => events.length,
    nextSeconds: () => times[0] ?? Infinity,
    push(seconds, event) {
      let at = events.length;
      times.push(seconds);
      serials.push(serial++);
      events.push(event);
      for (let up = (at - 1) >> 1; at > 0 && before(at, up); up = (at - 1) >> 1) {
        swap(at, up);
        at = up;
      }
    },
    pop() {
      const first = events[0];
      if (first === undefined) return -1;
      swap(0, events.length - 1);
      times.pop();
      serials.pop();
      events.pop();
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        if (left >= events.length) return first;
        const least = left + 1 < events.length && before(left + 1, left) ? left + 1 : left;
        if (!before(least, at)) return first;
        swap(at, least);
        at = least;
      }
    },
  };
}
