import type { Contraction } from '../contract';
import type { DeviceClass, PlacementProblem } from '../problem';

/** A value, its transfers and those of its gradient, between units; pins are ascending and without the producer. */
export interface PipelineNet {
  readonly producer: number;
  readonly pins: readonly number[];
  /** time to send or to receive the value, by class */
  readonly transferSeconds: Float64Array;
  /** time to send or to receive its gradient, by class; it goes from the pins to the producer, in the backward pass */
  readonly gradientSeconds: Float64Array;
  /** both between servers */
  readonly crossSeconds: Float64Array;
  readonly crossGradientSeconds: Float64Array;
  /** the value itself belongs to the backward pass */
  readonly backward: boolean;
}

/** The units of a contraction with all that a pipeline in training asks about: both passes apart, and what is kept for each micro-batch. */
export interface PipelineUnits {
  readonly classes: readonly DeviceClass[];
  readonly size: number;
  /** forward[c][u], Infinity where class c does not support the unit; backward[c][u], then 0 */
  readonly forward: readonly Float64Array[];
  readonly backward: readonly Float64Array[];
  readonly residentBytes: Float64Array;
  readonly workspaceBytes: Float64Array;
  readonly stashBytes: Float64Array;
  readonly weightBytes: Float64Array;
  readonly shared: readonly { readonly bytes: number; readonly weightBytes: number; readonly units: readonly number[] }[];
  readonly nets: readonly PipelineNet[];
  /** the stage that each unit must be in, -1: any; absent: any for all */
  readonly requiredStage?: Int32Array;
}

/** Adds up a problem over the units of a contraction of it. */
export function pipelineUnits(problem: PlacementProblem, { size, unitOf, requiredStage }: Pick<Contraction, 'size' | 'unitOf' | 'requiredStage'>): PipelineUnits {
  const { training, replication, servers } = problem;
  const none = (): Float64Array => new Float64Array(problem.classes.length);
  const added = (values: Float64Array | undefined, wanted: (v: number) => boolean = () => true): Float64Array => {
    const total = new Float64Array(size);
    if (values !== undefined) unitOf.forEach((u, v) => (total[u]! += wanted(v) ? values[v]! : 0));
    return total;
  };
  const isBackward = (v: number): boolean => problem.backward[v] === 1;
  const supported = problem.seconds.map((of) => {
    const all = new Uint8Array(size).fill(1);
    unitOf.forEach((u, v) => (all[u]! &= Number.isFinite(of[v]!) ? 1 : 0));
    return all;
  });
  const forward = problem.seconds.map((of, c) => added(of, (v) => !isBackward(v)).map((t, u) => (supported[c]![u] === 1 ? t : Infinity)));
  const backward = problem.seconds.map((of, c) => {
    const own = added(of, isBackward);
    const derived = added(training?.seconds[c]);
    return own.map((t, u) => (supported[c]![u] === 1 ? t + derived[u]! : 0));
  });
  const workspaceBytes = new Float64Array(size);
  unitOf.forEach((u, v) => (workspaceBytes[u] = Math.max(workspaceBytes[u]!, problem.workspaceBytes[v]!)));

  const residentBytes = added(problem.residentBytes);
  const weightBytes = added(replication?.weightBytes);
  const shared: { bytes: number; weightBytes: number; units: number[] }[] = [];
  problem.sharedMemory.forEach(({ bytes, operators }, i) => {
    const units = [...new Set(operators.map((v) => unitOf[v]!))].sort((a, b) => a - b);
    const trained = replication?.sharedWeightBytes[i] ?? 0;
    if (units.length > 1) shared.push({ bytes, weightBytes: trained, units });
    else {
      residentBytes[units[0]!]! += bytes;
      weightBytes[units[0]!]! += trained;
    }
  });

  // nets with the same ends, in the same pass, are paid for together
  const byEnds = new Map<string, PipelineNet>();
  problem.nets.forEach((net, e) => {
    const producer = unitOf[net.producer]!;
    const pins = [...new Set(net.consumers.map((v) => unitOf[v]!))].filter((u) => u !== producer).sort((a, b) => a - b);
    const gradient = training?.gradientSeconds[e];
    const free = [net.transferSeconds, gradient, servers?.crossSeconds[e], servers?.crossGradientSeconds[e]].every((of) => of === undefined || of.every((t) => t === 0));
    if (pins.length === 0 || free) return;
    const back = isBackward(net.producer);
    const ends = `${back ? 'b' : 'f'}${producer}>${pins.join()}`;
    const same = byEnds.get(ends) ?? {
      producer, pins, backward: back, transferSeconds: none(), gradientSeconds: none(), crossSeconds: none(), crossGradientSeconds: none(),
    };
    net.transferSeconds.forEach((t, c) => (same.transferSeconds[c]! += t));
    gradient?.forEach((t, c) => (same.gradientSeconds[c]! += t));
    servers?.crossSeconds[e]!.forEach((t, c) => (same.crossSeconds[c]! += t));
    servers?.crossGradientSeconds[e]!.forEach((t, c) => (same.crossGradientSeconds[c]! += t));
    byEnds.set(ends, same);
  });
  return { classes: problem.classes, size, forward, backward, residentBytes, workspaceBytes, stashBytes: added(training?.stashBytes), weightBytes, shared, nets: [...byEnds.values()], ...(requiredStage && { requiredStage }) };
}
