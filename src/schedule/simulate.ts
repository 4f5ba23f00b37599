import { eventQueue } from './eventQueue';
import type { Pipeline } from './pipeline';
import type { Visits } from './visits';

/** When everything happens; columns by visit, in seconds from the start. */
export interface Simulation {
  readonly visits: Visits;
  /** for each device the visits in the order that it computes them */
  readonly orders: readonly (readonly number[])[];
  readonly receiveAt: Float64Array;
  readonly computeAt: Float64Array;
  readonly sendAt: Float64Array;
  /** when the exchange of gradients begins; NaN without one */
  readonly syncAt: Float64Array;
  readonly endAt: Float64Array;
  /** when the last visit ends; 0 if there is none */
  readonly totalSeconds: number;
}

/** What can end. An event is 4 * visit + kind. */
const RECEIVED = 0;
const COMPUTED = 1;
const SENT = 2;
const SYNCED = 3;

/** Inputs that may lie on a device before they are computed, and outputs before they are sent: one in use, one on its way. */
const BUFFERS = 2;

/** One device at work. Counts are of entries of its order. */
interface Worker {
  readonly order: readonly number[];
  /** entries that have begun and that are done, by activity */
  readonly begun: [receive: number, compute: number, send: number];
  readonly done: [receive: number, compute: number, send: number];
  /** first entry whose exchange of gradients is not done, or Infinity; later entries wait for it */
  barrier: number;
  synchronising: boolean;
  /** when the next receive and the next send could have begun, for taking turns; Infinity if they cannot */
  receiveReady: number;
  sendReady: number;
}

/**
 * Runs a pipeline. What was sent waits in the host's memory until its receiver takes it, so that nobody waits for a receiver. Devices without
 * any overlap do one visit after the other: receive, compute, send. The others keep as many inputs and outputs as there are buffers:
 *
 * - 'compute': transfers, one at a time in the order in which they could begin, beside the computation;
 * - 'duplex': the send of a visit beside the receive of the next, between their computations;
 * - 'full': all three beside each other.
 *
 * Time: O(n log n) for n visits.
 *
 * @param orders each device's visits; all visits must be there
 */
export function simulate({ devices }: Pipeline, visits: Visits, orders: readonly (readonly number[])[]): Simulation {
  const column = (): Float64Array => new Float64Array(visits.count).fill(NaN);
  const [receiveAt, computeAt, sendAt, syncAt, endAt] = [column(), column(), column(), column(), column()];
  const missing = Int32Array.from({ length: visits.count }, (_, visit) => visits.needs(visit));
  const queue = eventQueue();
  const barrierFrom = (order: readonly number[], from: number): number => {
    for (let i = from; i < order.length; i++) if (visits.syncSeconds(order[i]!) > 0) return i;
    return Infinity;
  };
  const workers = orders.map((order): Worker => ({ order, begun: [0, 0, 0], done: [0, 0, 0], barrier: barrierFrom(order, 0), synchronising: false, receiveReady: Infinity, sendReady: Infinity }));
  let totalSeconds = 0;
  let finished = 0;

  const finish = (visit: number, now: number): void => {
    endAt[visit] = now;
    totalSeconds = Math.max(totalSeconds, now);
    finished++;
  };

  /** A device that overlaps nothing: the next visit as a whole. */
  const runWhole = (worker: Worker, now: number): void => {
    const i = worker.begun[1];
    const visit = worker.order[i];
    if (visit === undefined || i > worker.done[1] || worker.synchronising || missing[visit]! > 0) return;
    const { receiveSeconds, computeSeconds, sendSeconds } = visits.work(visit);
    worker.begun.fill(i + 1);
    receiveAt[visit] = now;
    computeAt[visit] = now + receiveSeconds;
    sendAt[visit] = computeAt[visit] + computeSeconds;
    queue.push(sendAt[visit] + sendSeconds, 4 * visit + SENT);
  };

  /** A device that overlaps something: whatever can begin now, until nothing can. */
  const runParts = (worker: Worker, overlap: 'compute' | 'duplex' | 'full', now: number): void => {
    const { order, begun, done } = worker;
    const receiving = (): boolean => begun[0] > done[0];
    const computing = (): boolean => begun[1] > done[1];
    const sending = (): boolean => begun[2] > done[2];
    const ahead = overlap === 'duplex' ? 1 : BUFFERS;
    const start = (visit: number, activity: 0 | 1 | 2, at: Float64Array, seconds: number): void => {
      begun[activity]++;
      at[visit] = now;
      queue.push(now + seconds, 4 * visit + activity);
    };
    for (let progress = true; progress; ) {
      progress = false;
      const receive = order[begun[0]];
      const canReceive = receive !== undefined && !receiving() && missing[receive] === 0 && begun[0] <= worker.barrier && begun[0] < done[1] + ahead;
      const canSend = !sending() && begun[2] < done[1];
      worker.receiveReady = canReceive ? Math.min(worker.receiveReady, now) : Infinity;
      worker.sendReady = canSend ? Math.min(worker.sendReady, now) : Infinity;
      const turnTaking = overlap === 'compute';
      const receiveSeconds = canReceive ? visits.work(receive).receiveSeconds : 0;
      const sendSeconds = canSend ? visits.work(order[begun[2]]!).sendSeconds : 0;
      // what takes no time needs no link
      if (canSend && (sendSeconds === 0 || !turnTaking || (!receiving() && worker.sendReady <= worker.receiveReady))) {
        start(order[begun[2]]!, 2, sendAt, sendSeconds);
        worker.sendReady = Infinity;
        progress = true;
        continue;
      }
      if (canReceive && (receiveSeconds === 0 || !turnTaking || (!sending() && worker.receiveReady <= worker.sendReady))) {
        start(receive, 0, receiveAt, receiveSeconds);
        worker.receiveReady = Infinity;
        progress = true;
        continue;
      }
      const compute = order[begun[1]];
      if (compute !== undefined && !computing() && begun[1] < done[0] && begun[1] < done[2] + ahead && begun[1] <= worker.barrier) {
        start(compute, 1, computeAt, visits.work(compute).computeSeconds);
        progress = true;
        continue;
      }
      if (!worker.synchronising && done[2] > worker.barrier) {
        const visit = order[worker.barrier]!;
        worker.synchronising = true;
        syncAt[visit] = now;
        queue.push(now + visits.syncSeconds(visit), 4 * visit + SYNCED);
      }
    }
  };

  const dispatch = (device: number, now: number): void => {
    const { overlap } = devices[device]!;
    if (overlap === 'none') runWhole(workers[device]!, now);
    else runParts(workers[device]!, overlap, now);
  };

  const complete = (event: number, now: number, touched: Set<number>): void => {
    const visit = Math.floor(event / 4);
    const kind = event % 4;
    const device = visits.device(visit);
    const worker = workers[device]!;
    touched.add(device);
    if (kind === SYNCED) {
      worker.synchronising = false;
      worker.barrier = barrierFrom(worker.order, worker.barrier + 1);
      return finish(visit, now);
    }
    if (kind === RECEIVED || kind === COMPUTED) {
      worker.done[kind]++;
      return;
    }
    if (devices[device]!.overlap === 'none') {
      worker.done[0] = worker.done[1] = worker.done[2] = worker.begun[1];
      if (visits.syncSeconds(visit) > 0) {
        worker.synchronising = true;
        syncAt[visit] = now;
        queue.push(now + visits.syncSeconds(visit), 4 * visit + SYNCED);
      }
    } else {
      worker.done[2]++;
    }
    if (visits.syncSeconds(visit) === 0) finish(visit, now);
    visits.dependents(visit, (dependent) => {
      missing[dependent]!--;
      if (missing[dependent] === 0) touched.add(visits.device(dependent));
    });
  };

  const touched = new Set(devices.keys());
  for (let now = 0; ; now = queue.nextSeconds()) {
    while (queue.nextSeconds() === now) complete(queue.pop(), now, touched);
    for (const device of touched) dispatch(device, now);
    touched.clear();
    if (queue.size() === 0) break;
  }
  if (finished < visits.count) throw new Error(`simulate: ${visits.count - finished} of ${visits.count} visits wait for each other`);
  return { visits, orders, receiveAt, computeAt, sendAt, syncAt, endAt, totalSeconds };
}
