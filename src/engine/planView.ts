import { t } from '@vscode/l10n';
import { basename } from 'node:path';
import { bodyWeightBytes, weightUsers } from '../cost/weights';
import { buildProblem, type PlanningOptions } from '../cost/buildProblem';
import type { Certificate, Placement, PlacementProblem } from '../placement/problem';
import type { PlanState } from '../shared/planChange';
import type { CutView, OperatorView, PlanDetails, PlanView, StageView, TensorView } from '../shared/planView';
import type { PlacementFile } from '../sidecar/placementFile';
import { typeName } from '../sidecar/staleness';
import { brokenPins, brokenPinsWarning, keeps } from './pins';
import { targetOf } from './pinTargets';
import { classOfDevices, type Planned } from './planned';
import { brokenSentence, certificateSentence } from './sentences';
import { loadParts } from './stageLoads';
import { memoryWarnings, modelWarnings } from './warnings';

const MAX_HEAVIEST = 4;

/** How the cluster of a plan is called, and where it came from. */
type ClusterName = PlanDetails['cluster'];

/**
 * What the view shows of a model that has no plan yet. Times are those of the class that is fastest for each operator.
 *
 * @param warnings to be shown before those that the model itself gives
 */
export function modelView(planned: Planned, warnings: readonly string[] = []): PlanView {
  const { classes, seconds } = planned.problem;
  return baseView(planned, () => -1, (node) => Math.min(...classes.map((_, c) => seconds[c]![node]!)), null, warnings);
}

/**
 * What the view shows of a plan that fits its model. All loads are computed by the evaluator, none is taken from the solver.
 *
 * @param planned with a placement
 * @param warnings to be shown before those that the plan itself gives
 */
export function planView(planned: Planned, certificate: Certificate, cluster: ClusterName, warnings: readonly string[]): PlanView {
  const { plan, warnings: all } = planPart(planned, certificate, cluster, warnings);
  return baseView(planned, (operator) => planned.stages![operator]!, placedSeconds(planned), plan, all);
}

/** The same without what the model alone decides: what an edit of a plan changes. @param ofModel what `modelWarnings` gives, for every plan of the model */
export function planState(planned: Planned, certificate: Certificate, cluster: ClusterName, ofModel: readonly string[]): PlanState {
  const { plan, warnings } = planPart(planned, certificate, cluster, []);
  const secondsOf = shownSeconds(planned, placedSeconds(planned));
  const stages = planned.stages!;
  const seconds = new Float64Array(stages.length);
  for (let operator = 0; operator < seconds.length; operator++) seconds[operator] = secondsOf(operator) ?? NaN;
  return { stages, seconds, plan, warnings: [...warnings, ...ofModel] };
}

/** Time of a node on the class that its placement gives it. */
function placedSeconds({ problem, placement }: Planned): (node: number) => number {
  const classes = classOfDevices(problem);
  return (node) => bothPasses(problem, classes[placement!.assignment[node]!]!, node);
}

function planPart(planned: Planned, certificate: Certificate, cluster: ClusterName, warnings: readonly string[]): { readonly plan: PlanDetails; readonly warnings: readonly string[] } {
  const { placement, stages: stageOfOperator, loads, problem, input } = planned;
  if (!placement || !stageOfOperator || !loads) throw new Error('planView: there is no placement');
  const classes = classOfDevices(problem);
  const stageOf = (operator: number): number => stageOfOperator[operator]!;
  const membersOf = byStage(planned, stageOfOperator, placement.order.length);
  const mostLoaded = Math.max(...loads.map((load) => load.loadSeconds));
  const stages = placement.order.map((device, stage): StageView => {
    const load = loads[stage]!;
    const replicas = placement.replicas?.[stage] ?? 1;
    const deviceClass = problem.classes[load.class]!;
    const members = membersOf[stage]!;
    return {
      name: String(stage),
      device: input.devices[device]!.name,
      deviceClass: deviceClass.name,
      ...(replicas > 1 && { replicas }),
      ...loadParts(load),
      ...(problem.training && { forwardSeconds: load.forwardSeconds, backwardSeconds: load.backwardSeconds, inFlight: load.inFlight }),
      weightBytes: load.residentBytes,
      activationBytes: load.workspaceBytes + load.stashBytes,
      memoryCapacityBytes: Number.isFinite(deviceClass.memoryBytes) ? deviceClass.memoryBytes : null,
      operatorCount: members.length,
      bottleneck: load.loadSeconds >= mostLoaded * (1 - 1e-9) && mostLoaded > 0,
      heaviest: heaviest(planned, members, load.class, replicas),
    };
  });
  const details: PlanDetails = {
    cluster,
    objective: planned.objective,
    planning: planningView(planned.planning, placement),
    bound: planned.prepared.bound,
    stages,
    cuts: cuts(planned, stageOf, (stage) => classes[placement.order[stage]!]!),
    certificate: { ...certificate, sentence: sentenceOf(planned, certificate) },
    pins: [...planned.pinned].sort(([a], [b]) => a - b).map(([operator, to]) => ({ operator, to: targetOf(to, input.devices), kept: keeps(placement, input.nodeOf[operator]!, to) })),
    stale: null,
  };
  return { plan: details, warnings: [...warnings, ...brokenPinsWarning(planned), ...memoryWarnings(stages)] };
}

function sentenceOf(planned: Planned, certificate: Certificate): string {
  const broken = brokenPins(planned).length;
  return broken > 0 ? brokenSentence(broken, planned.pinned.size) : certificateSentence(certificate, planned.pinned.size, planned.objective, planned.cluster.servers?.count);
}

const planningView = ({ replicas = 1, training }: PlanningOptions, { order }: Placement): NonNullable<PlanDetails['planning']> => ({
  replicas,
  slots: Math.max(1, ...order.map((device) => order.filter((other) => other === device).length)),
  microBatches: training?.microBatches ?? null,
  optimizer: training?.optimizer ?? 'adam',
});

/**
 * What the view shows of a plan that was made for an earlier state of the model: stages, loads and certificate as recorded,
 * laid over the operators that are still there.
 *
 * @param planned the model as it is now on the recorded cluster, without a placement
 * @param stale what changed, in a few words
 */
export function staleView(planned: Planned, file: PlacementFile, stale: string, warnings: readonly string[]): PlanView {
  const { problem, input, prepared } = planned;
  const stageById = new Map(file.stages.flatMap((stage, i) => stage.operators.map(([id]) => [id, i] as const)));
  const stageOfOperator = Int32Array.from(prepared.graph.operators, ({ id }) => stageById.get(id) ?? -1);
  const stageOf = (operator: number): number => stageOfOperator[operator]!;
  const membersOf = byStage(planned, stageOfOperator, file.stages.length);
  const beforehand = new Set(prepared.graph.operators.flatMap(({ id, foldable }) => (foldable ? [id] : [])));
  const classOfStage = file.stages.map((stage) => input.devices.find((device) => device.name === stage.device)?.class ?? 0);
  const loads = file.stages.map((stage) => stage.load.computeSeconds + stage.load.communicationSeconds);
  const mostLoaded = Math.max(0, ...loads);
  const stages = file.stages.map((stage, i): StageView => {
    const deviceClass = problem.classes[classOfStage[i]!]!;
    return {
      name: stage.name,
      device: stage.device,
      deviceClass: deviceClass.name,
      ...(stage.replicas !== undefined && { replicas: stage.replicas }),
      ...stage.load,
      loadSeconds: loads[i]!,
      ...stage.memory,
      memoryCapacityBytes: Number.isFinite(deviceClass.memoryBytes) ? deviceClass.memoryBytes : null,
      operatorCount: stage.operators.filter(([id]) => !beforehand.has(id)).length,
      bottleneck: loads[i]! >= mostLoaded * (1 - 1e-9) && mostLoaded > 0,
      heaviest: heaviest(planned, membersOf[i]!, classOfStage[i]!, stage.replicas),
    };
  });
  const details: PlanDetails = {
    cluster: { name: file.cluster.name, from: file.cluster.from },
    objective: file.objective,
    bound: file.model.bound,
    stages,
    cuts: cuts(planned, stageOf, (stage) => classOfStage[stage]!),
    certificate: { ...file.certificate, sentence: t({ message: '{0}, for the model as it was', args: [certificateSentence(file.certificate, file.pins.length, file.objective, file.cluster.servers?.count)], comment: 'What is filled in says how good a plan is, such as "within 3 % of the best possible"' }) },
    stale,
  };
  const nodeSeconds = (node: number): number => {
    const stage = stageOf(input.nodes[node]!);
    return stage < 0 ? Math.min(...problem.classes.map((_, c) => problem.seconds[c]![node]!)) : problem.seconds[classOfStage[stage]!]![node]!;
  };
  return baseView(planned, stageOf, nodeSeconds, details, warnings);
}

/** How far measured times are from the estimates that they took the place of, by operator and node. */
function measuredRatios({ prepared, cluster, planning }: Planned): (id: string, node: number) => { readonly measuredRatio?: number } {
  const { measured, ...estimated } = planning;
  if (!measured) return () => ({});
  const { problem } = buildProblem(prepared.graph, prepared.costs, cluster, estimated);
  const estimates = problem.seconds[cluster.devices.findIndex((device) => device.class === measured.deviceClass)];
  return (id, node) => {
    const ratio = (measured.seconds.get(id) ?? NaN) / (estimates?.[node] ?? NaN);
    return Number.isFinite(ratio) ? { measuredRatio: ratio } : {};
  };
}

/** Seconds of each operator as the view shows them; null where not known. @param nodeSeconds of what takes time */
function shownSeconds({ prepared, input, planning: { measured } }: Planned, nodeSeconds: (node: number) => number): (operator: number) => number | null {
  const { graph, costs } = prepared;
  return (operator) => {
    const node = input.nodeOf[operator]!;
    const seconds = node < 0 ? 0 : nodeSeconds(node);
    // of what is not fully known a measured time is known all the same
    const known = costs[operator]!.known || node < 0 || (measured !== undefined && seconds === measured.seconds.get(graph.operators[operator]!.id));
    return known && Number.isFinite(seconds) ? seconds : null;
  };
}

function baseView(
  planned: Planned,
  stageOf: (operator: number) => number,
  nodeSeconds: (node: number) => number,
  plan: PlanDetails | null,
  warnings: readonly string[],
): PlanView {
  const { prepared, input } = planned;
  const { graph, costs, shapes, model } = prepared;
  const ratioOf = measuredRatios(planned);
  const secondsOf = shownSeconds(planned, nodeSeconds);
  const operators = graph.operators.map((operator, i): OperatorView => {
    const cost = costs[i]!;
    const node = input.nodeOf[i]!;
    return {
      id: operator.id,
      name: operator.name,
      type: typeName(operator),
      inputs: [...operator.inputs.filter((tensor) => tensor >= 0), ...operator.captures],
      outputs: operator.outputs.filter((tensor) => tensor >= 0),
      foldable: operator.foldable,
      flops: cost.known ? cost.flops : null,
      bytesRead: cost.known ? cost.bytesRead : null,
      bytesWritten: cost.known ? cost.bytesWritten : null,
      weightBytes: cost.weightBytes,
      seconds: secondsOf(i),
      ...ratioOf(operator.id, node),
      stage: stageOf(i),
    };
  });
  return {
    modelName: basename(model.path),
    operators,
    tensors: graph.tensors.map(
      (tensor): TensorView => ({
        name: tensor.name,
        kind: tensor.kind,
        elementType: tensor.elementType ?? null,
        shape: tensor.shape ?? null,
        bytes: tensor.bytes ?? null,
        producer: tensor.producer,
        consumers: tensor.consumers,
        isGraphOutput: tensor.isGraphOutput,
      }),
    ),
    totals: {
      flops: costs.reduce((sum, cost) => sum + (cost.known ? cost.flops : 0), 0),
      // each once, however many operators use it, and those in bodies of control flow
      weightBytes:
        weightUsers(graph, input.nodeOf).reduce((sum, { bytes }) => sum + bytes, 0) +
        graph.operators.reduce((sum, operator) => sum + (operator.foldable ? 0 : bodyWeightBytes(graph, operator)), 0),
      unknownTensors: shapes.unknown.length,
    },
    free: shapes.free.map(({ symbol, suggestion }) => ({ symbol, suggestion })),
    warnings: [...warnings, ...modelWarnings(planned)],
    ...measuredView(planned),
    plan,
  };
}

function measuredView({ planning: { measured }, input }: Planned): Pick<PlanView, 'measured'> {
  return measured ? { measured: { device: measured.device, deviceClass: measured.deviceClass, operators: measured.seconds.size, of: input.nodes.length } } : {};
}

/** Time of an operator on a class, with its backward part where it is trained. */
const bothPasses = (problem: PlacementProblem, c: number, node: number): number => problem.seconds[c]![node]! + (problem.training?.seconds[c]![node] ?? 0);

/** The operators that each stage runs: not those that are computed beforehand. */
function byStage({ input }: Planned, stageOfOperator: Int32Array, stages: number): number[][] {
  const members: number[][] = Array.from({ length: stages }, () => []);
  stageOfOperator.forEach((stage, operator) => void (input.nodeOf[operator]! >= 0 && members[stage]?.push(operator)));
  return members;
}

/** Operator types of a stage by their time, heaviest first. @param operators what `byStage` gives */
function heaviest({ prepared, input, problem }: Planned, operators: readonly number[], deviceClass: number, width = 1): StageView['heaviest'] {
  const byType = new Map<string, { count: number; seconds: number }>();
  for (const operator of operators) {
    const type = typeName(prepared.graph.operators[operator]!);
    let sum = byType.get(type);
    if (sum === undefined) byType.set(type, (sum = { count: 0, seconds: 0 }));
    const seconds = bothPasses(problem, deviceClass, input.nodeOf[operator]!) / width;
    sum.count++;
    if (Number.isFinite(seconds)) sum.seconds += seconds;
  }
  return [...byType]
    .map(([type, sum]) => ({ type, ...sum }))
    .sort((a, b) => b.seconds - a.seconds || (a.type < b.type ? -1 : 1))
    .slice(0, MAX_HEAVIEST);
}

/** The tensors that cross stages. What foldable operators write does not travel: it is computed where it is needed. */
function cuts({ prepared, input, problem }: Planned, stageOf: (operator: number) => number, classOfStage: (stage: number) => number): CutView[] {
  const { graph } = prepared;
  const found: CutView[] = [];
  for (const tensor of graph.tensors) {
    if (tensor.producer < 0 || input.nodeOf[tensor.producer]! < 0) continue;
    const from = stageOf(tensor.producer);
    const leaves = (consumer: number): boolean => input.nodeOf[consumer]! >= 0 && stageOf(consumer) >= 0 && stageOf(consumer) !== from;
    if (from < 0 || !tensor.consumers.some(leaves)) continue;
    const to = [...new Set(tensor.consumers.filter(leaves).map(stageOf))].sort((a, b) => a - b);
    const net = problem.nets[input.netOfTensor[tensor.index] ?? -1];
    const ends = [from, ...to].map((stage) => net?.transferSeconds[classOfStage(stage)] ?? 0);
    found.push({ tensor: tensor.index, from, to, transferSeconds: Math.max(...ends) });
  }
  return found;
}
