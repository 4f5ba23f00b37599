import type { Pipeline } from './pipeline';
import { replicatedOrder } from './replicatedOrder';
import type { Visits } from './visits';

/** In which order micro-batches go through a pipeline. */
export type Schedule =
  /** inference: samples one after the other, forward only */
  | 'stream'
  /** all forward parts, then all backward parts (Huang et al., GPipe, NeurIPS 2019, figure 2c) */
  | 'gpipe'
  /** a backward part as soon as a stage has as many micro-batches in flight as there are devices from it to the end (Narayanan et al., PipeDream, SOSP 2019) */
  | '1f1b'
  /** 1F1B with several chunks of the model on each device (Narayanan et al., Efficient Large-Scale Language Model Training, SC 2021, section 2.2) */
  | 'interleaved';

export const schedules = ['stream', 'gpipe', '1f1b', 'interleaved'] as const satisfies readonly Schedule[];

/** Micro-batches that a stage of 1F1B may have in flight on each of its devices: see `evaluate` of the placement, which counts memory the same way. */
export function inFlightLimits({ stages }: Pipeline, microBatches: number): number[] {
  let behind = 0;
  return [...stages]
    .reverse()
    .map(({ replicas }) => {
      behind += replicas;
      return Math.min(Math.ceil(microBatches / replicas), Math.ceil(behind / replicas));
    })
    .reverse();
}

/** For each device the visits in the order that it computes them. */
export function visitOrders(pipeline: Pipeline, visits: Visits, schedule: Schedule): number[][] {
  switch (schedule) {
    case 'stream':
      return perDevice(pipeline, visits, (forward) => forward);
    case 'gpipe':
      return perDevice(pipeline, visits, (forward, backward) => [...forward, ...backward.reverse()]);
    case '1f1b': {
      const limits = inFlightLimits(pipeline, visits.microBatches);
      if (pipeline.stages.some(({ replicas }) => replicas > 1)) return replicatedOrder(pipeline, visits, limits);
      return perDevice(pipeline, visits, (forward, backward, stage) => alternate(forward, backward, limits[stage]!));
    }
    case 'interleaved':
      return interleaved(pipeline, visits);
  }
}

/** The order of each device from those of its own micro-batches; for pipelines whose devices run one stage each. */
function perDevice({ devices, stages }: Pipeline, visits: Visits, order: (forward: number[], backward: number[], stage: number) => number[]): number[][] {
  const result: number[][] = devices.map(() => []);
  stages.forEach(({ device, replicas }, s) => {
    for (let replica = 0; replica < replicas; replica++) {
      const own: number[] = [];
      for (let m = replica; m < visits.microBatches; m += replicas) own.push(m);
      result[device + replica] = order(own.map((m) => visits.forward(s, m)), own.map((m) => visits.backward(s, m)), s);
    }
  });
  return result;
}

/** As many forward parts as may be in flight, then a backward and a forward part in turn, then the backward parts that are left. */
function alternate(forward: readonly number[], backward: readonly number[], warmUp: number): number[] {
  const order = forward.slice(0, warmUp);
  backward.forEach((visit, k) => {
    order.push(visit);
    const next = forward[k + warmUp];
    if (next !== undefined) order.push(next);
  });
  return order;
}

/** Chunk c of device p is stage c * devices + p; micro-batches go through a chunk in groups of as many as there are devices. */
function interleaved({ devices, stages }: Pipeline, visits: Visits): number[][] {
  const p = devices.length;
  const chunks = stages.length / p;
  const total = visits.microBatches * chunks;
  return devices.map((_, device) => {
    const at = (k: number): { chunk: number; microBatch: number } => ({ chunk: Math.floor((k % (p * chunks)) / p), microBatch: Math.floor(k / (p * chunks)) * p + (k % p) });
    const forward = Array.from({ length: total }, (_, k) => visits.forward(at(k).chunk * p + device, at(k).microBatch));
    const backward = Array.from({ length: total }, (_, k) => visits.backward((chunks - 1 - at(k).chunk) * p + device, at(k).microBatch));
    // one more than the source's count of warm-up steps: there a step of the steady state is a forward and then a backward part
    return alternate(forward, backward, Math.min(total, (p - device - 1) * 2 + (chunks - 1) * p + 1));
  });
}
