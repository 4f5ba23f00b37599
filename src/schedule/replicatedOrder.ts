import { eventQueue } from './eventQueue';
import { aloneSeconds, type Pipeline } from './pipeline';
import type { Visits } from './visits';

/**
 * 1F1B where stages have replicas: each device runs a backward part if one has come, otherwise the next forward part if fewer micro-batches
 * than the limit are in flight on it. With a fixed count of forward parts first, as without replicas, devices would wait for
 * forward parts while backward parts that others need lie there.
 *
 * @param limits micro-batches in flight on each device of a stage
 */
export function replicatedOrder({ devices, stages }: Pipeline, visits: Visits, limits: readonly number[]): number[][] {
  const orders: number[][] = devices.map(() => []);
  const nextForward = devices.map(() => 0);
  const inFlight = devices.map(() => 0);
  const busy = devices.map(() => false);
  /** backward parts that can run, ascending; few at a time */
  const waiting: number[][] = devices.map(() => []);
  const missing = Int32Array.from({ length: visits.count }, (_, visit) => visits.needs(visit));
  const stageOf = devices.map((_, device) => stages.findIndex((stage) => device >= stage.device && device < stage.device + stage.replicas));
  const queue = eventQueue();

  const choose = (device: number): number => {
    const stage = stageOf[device]!;
    if (stage < 0) return -1;
    const ready = waiting[device]!.shift();
    if (ready !== undefined) {
      inFlight[device]!--;
      return ready;
    }
    const { device: first, replicas } = stages[stage]!;
    const m = device - first + nextForward[device]! * replicas;
    if (m >= visits.microBatches || inFlight[device]! >= limits[stage]!) return -1;
    const visit = visits.forward(stage, m);
    if (missing[visit]! > 0) return -1;
    nextForward[device]!++;
    inFlight[device]!++;
    return visit;
  };
  const dispatch = (device: number, now: number): void => {
    if (busy[device]) return;
    const visit = choose(device);
    if (visit < 0) return;
    busy[device] = true;
    orders[device]!.push(visit);
    queue.push(now + aloneSeconds(visits.work(visit)) + visits.syncSeconds(visit), visit);
  };

  devices.forEach((_, device) => dispatch(device, 0));
  while (queue.size() > 0) {
    const now = queue.nextSeconds();
    const touched = new Set<number>();
    while (queue.nextSeconds() === now) {
      const visit = queue.pop();
      const device = visits.device(visit);
      busy[device] = false;
      touched.add(device);
      visits.dependents(visit, (dependent) => {
        missing[dependent]!--;
        if (missing[dependent] !== 0) return;
        const to = visits.device(dependent);
        touched.add(to);
        if (!visits.isBackward(dependent)) return;
        const list = waiting[to]!;
        const at = list.findIndex((other) => other > dependent);
        list.splice(at < 0 ? list.length : at, 0, dependent);
      });
    }
    for (const device of touched) dispatch(device, now);
  }
  return orders;
}
