import { t } from '@vscode/l10n';
import { stagesOfNodes } from '../cost/expandPlacement';
import { classOfDevices, firstDevices } from '../placement/devices';
import type { Pipeline, PipelineStage, Work } from '../schedule/pipeline';
import { UserError } from '../shared/userError';
import type { Planned } from './planned';

type Sums = { -readonly [K in keyof Work]: number };

const idle = (): Sums => ({ computeSeconds: 0, receiveSeconds: 0, sendSeconds: 0 });

/**
 * A plan as a pipeline to be run: each pass of each stage with the time that it computes, receives and sends per micro-batch, from the same definition
 * as the evaluator's loads.
 *
 * @param planned with a placement
 * @throws UserError if the plan is not one for a pipeline
 */
export function pipelineOf(planned: Planned): Pipeline {
  const { placement, problem, objective, input, loads } = planned;
  if (!placement || !loads) throw new Error('pipelineOf: there is no placement');
  if (objective === 'latency') throw new UserError('timeline', t('this plan is for the latency of a single sample, not for a pipeline.'), t('Partition for throughput or for training.'));
  const { order, assignment, replicas } = placement;
  const classes = classOfDevices(problem.classes);
  const firsts = firstDevices(problem.classes);
  const { training, servers } = problem;
  const stageOfNode = stagesOfNodes(placement);
  const stageOf = (v: number): number => stageOfNode[v]!;
  const classOf = order.map((device) => classes[device]!);
  const forward = order.map(idle);
  const backward = order.map(idle);
  const sources = order.map(() => new Set<number>());
  const trained = training !== undefined || problem.backward.includes(1);

  assignment.forEach((_, v) => {
    const s = stageOf(v);
    const c = classOf[s]!;
    (problem.backward[v] === 1 ? backward : forward)[s]!.computeSeconds += problem.seconds[c]![v]!;
    backward[s]!.computeSeconds += training?.seconds[c]![v] ?? 0;
  });
  const serverOf = (stage: number): number => {
    const c = classOf[stage]!;
    return Math.floor((order[stage]! - firsts[c]!) / (problem.classes[c]!.count / (servers?.count ?? 1)));
  };
  problem.nets.forEach((net, e) => {
    const home = stageOf(net.producer);
    if (net.consumers.every((v) => stageOf(v) === home)) return;
    const receivers = new Set(net.consumers.map(stageOf));
    receivers.delete(home);
    const isBackward = problem.backward[net.producer] === 1;
    const way = isBackward ? backward : forward;
    const near = (stage: number): boolean => servers === undefined || serverOf(stage) === serverOf(home);
    const paid = (stage: number, inside: boolean): number => (inside ? net.transferSeconds : servers!.crossSeconds[e]!)[classOf[stage]!]!;
    const gradient = (stage: number, inside: boolean): number => (inside ? training?.gradientSeconds[e] : servers!.crossGradientSeconds[e])?.[classOf[stage]!] ?? 0;
    // a value is sent once to the sender's own server and once to all others
    for (const inside of new Set([...receivers].map(near))) {
      way[home]!.sendSeconds += paid(home, inside);
      backward[home]!.receiveSeconds += gradient(home, inside);
    }
    for (const stage of receivers) {
      way[stage]!.receiveSeconds += paid(stage, near(stage));
      backward[stage]!.sendSeconds += gradient(stage, near(stage));
      // gradients flow the other way through the same stages; a backward value adds nothing to that
      const [from, to] = isBackward ? [stage, home] : [home, stage];
      if (from < to) sources[to]!.add(from);
    }
  });

  const devices: Pipeline['devices'][number][] = [];
  const stages = order.map((device, s): PipelineStage => {
    const width = replicas?.[s] ?? 1;
    const { overlap, memoryBytes } = problem.classes[classOf[s]!]!;
    const first = devices.length;
    for (let replica = 0; replica < width; replica++) devices.push({ name: input.devices[device + replica]!.name, overlap, capacityBytes: Number.isFinite(memoryBytes) ? memoryBytes : null });
    const { residentBytes, workspaceBytes, stashBytes, inFlight, syncSeconds } = loads[s]!;
    return {
      name: String(s),
      device: first,
      replicas: width,
      sources: [...sources[s]!].sort((a, b) => a - b),
      forward: forward[s]!,
      backward: trained ? backward[s]! : null,
      // loads count the exchange per sample; each replica has one of `width` samples
      syncSeconds: syncSeconds * width,
      weightBytes: residentBytes,
      workspaceBytes,
      activationBytesPerMicroBatch: inFlight > 0 ? stashBytes / inFlight : 0,
    };
  });
  return { devices, stages };
}
