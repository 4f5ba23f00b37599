import { evaluate } from '../placement/evaluate';
import { UserError } from '../shared/userError';
import type { ExportOptions, ExportPlan, Expressible, Rounding } from './exportPlan';

/** `layers.12`, `h.12`, `/model/layers.12/...`, `encoder/layer/3/...`, `blocks.7`: what frameworks call their repeated layers. */
export const USUAL_LAYER_PATTERN = /(?:^|[./])(?:layers?|h|blocks?)[._/](\d+)(?=[./]|$)/;

/** Names longer than this are not searched: patterns may take time quadratic in them. */
const LONGEST_NAME = 500;
const MOST_LAYERS = 10_000;

/** The transformer layers of a model and where a plan puts them. */
export interface LayerSplit {
  readonly layers: number;
  /** stage of each layer, not descending, every stage at least once */
  readonly stageOfLayer: readonly number[];
  /** name of the module of each layer: `model.layers.3` */
  readonly modules: readonly string[];
  /** layer of each operator, -1 before the first layer, `layers` after the last */
  readonly layerOf: Int32Array;
  /** null if the plan's cuts are between layers as they are */
  readonly rounding: Rounding | null;
  /** what stands in the way without rounding, a sentence; '' if nothing does */
  readonly obstacle: string;
}

/**
 * Finds the layers of a model by the names and scopes of its operators, and the split between whole layers that is nearest to the plan:
 * a layer goes where most of its time is spent, what comes before the layers goes to the first stage and what comes after to the last.
 *
 * @throws UserError if there are no layers, their numbers have gaps, a stage would hold no whole layer, or the stages are no simple chain
 */
export function splitByLayers(plan: ExportPlan, options: ExportOptions, subject: string): LayerSplit {
  const { graph, stageOf, stages } = plan;
  const { found, modules } = findLayers(plan, options.layerPattern ?? USUAL_LAYER_PATTERN);
  const layers = modules.length;
  if (layers === 0) {
    throw new UserError(subject, 'has no operators whose names tell their layer, and this target splits between whole layers only.', 'Give the pattern with --layer-pattern, with one group for the number: --layer-pattern "block_(\\d+)".');
  }
  const gap = modules.findIndex((module) => module === undefined);
  if (gap >= 0) throw new UserError(subject, `has operators of layer ${layers - 1} but none of layer ${gap}.`, 'Give the pattern of its layers with --layer-pattern.');
  const layerOf = spread(plan, found, layers);

  const seconds = Array.from({ length: layers }, () => new Float64Array(stages.length));
  const classes = classOfDevice(plan);
  plan.nodes.forEach((operator, node) => {
    const layer = layerOf[operator]!;
    if (layer >= 0 && layer < layers) seconds[layer]![stageOf[operator]!]! += plan.problem.seconds[classes[plan.placement.assignment[node]!]!]![node]! + Number.MIN_VALUE;
  });
  const stageOfLayer = seconds.map((row) => row.indexOf(Math.max(...row)));
  stageOfLayer.forEach((stage, layer) => {
    if (layer > 0 && stage < stageOfLayer[layer - 1]!) throw new UserError(subject, `gives layer ${layer} to stage ${stage}, before layer ${layer - 1} in stage ${stageOfLayer[layer - 1]!}: engines run layers in order.`, 'Partition for throughput, or export to onnx-ir11.');
  });
  const empty = stages.findIndex((_, stage) => !stageOfLayer.includes(stage));
  if (empty >= 0) throw new UserError(subject, `has no layer that lies mostly in stage ${empty}, and engines give every stage at least one.`, 'Partition for fewer devices, or export to onnx-ir11.');

  const rounded = Int32Array.from(layerOf, (layer) => (layer < 0 ? 0 : layer >= layers ? stages.length - 1 : stageOfLayer[layer]!));
  const moved = [...plan.nodes].filter((operator) => rounded[operator] !== stageOf[operator]);
  const first = moved.find((operator) => layerOf[operator]! >= 0 && layerOf[operator]! < layers) ?? moved[0];
  if (first === undefined) return { layers, stageOfLayer, modules: modules as string[], layerOf, rounding: null, obstacle: '' };
  const layer = layerOf[first]!;
  const part = layer < 0 ? 'what comes before the layers' : layer >= layers ? 'what comes after the layers' : `layer ${layer}`;
  const { id } = graph.operators[first]!;
  return {
    layers, stageOfLayer, modules: modules as string[], layerOf,
    rounding: { ...costOf(plan, rounded, subject), moved: moved.length },
    obstacle: `a cut falls inside ${part}: "${id}" is in stage ${stageOf[first]!} and the rest in stage ${rounded[first]!}`,
  };
}

/** The split, if the options allow what it costs. @throws UserError if a cut falls inside a layer and `round` is not set */
export function wholeLayers(plan: ExportPlan, options: ExportOptions, subject: string): LayerSplit {
  const split = splitByLayers(plan, options, subject);
  if (split.rounding === null || options.round === true) return split;
  throw new UserError(subject, `cannot be split between whole layers as planned: ${split.obstacle}.`, `Round to whole layers with --round: ${roundingSentence(split.rounding)}`);
}

/** "takes 2.10 ms instead of 2.00 ms per sample (+5.0 %), 3 operators change their stage." */
export function roundingSentence({ plannedSeconds, roundedSeconds, moved }: Rounding): string {
  const change = plannedSeconds > 0 ? ` (${roundedSeconds >= plannedSeconds ? '+' : ''}${((roundedSeconds / plannedSeconds - 1) * 100).toFixed(1)} %)` : '';
  const milliseconds = (seconds: number): string => `${(seconds * 1e3).toPrecision(4)} ms`;
  return `the slowest stage takes ${milliseconds(roundedSeconds)} instead of ${milliseconds(plannedSeconds)}${change}; ${moved} operator${moved === 1 ? ' changes its' : 's change their'} stage.`;
}

/** Layers in each stage: `[12, 10, 10]`. */
export const layerCounts = ({ stageOfLayer }: LayerSplit, stages: number): number[] =>
  Array.from({ length: stages }, (_, stage) => stageOfLayer.filter((of) => of === stage).length);

/** What all layer-granular targets can carry of a plan. */
export function layerExpressible(plan: ExportPlan, options: ExportOptions): Expressible[] {
  const devices = plan.stages.map(({ device }) => device);
  const replicas = new Set(plan.stages.map((stage) => stage.replicas));
  return [
    cutsExpressible(plan, options),
    { aspect: 'devices', state: 'partly', note: 'Stages take the devices in the order of their ranks; which device that is, the launcher decides.' },
    ...(replicas.size > 1 || !replicas.has(1)
      ? [{ aspect: 'replicas', state: replicas.size > 1 ? 'no' : 'partly', note: replicas.size > 1 ? 'Stages with different numbers of replicas cannot be described.' : 'All stages have the same number of replicas: start the engine with that data-parallel size.' } as const]
      : []),
    ...(new Set(devices).size < devices.length ? [{ aspect: 'revisits', state: 'no', note: 'A device that holds several stages cannot be described.' } as const] : []),
  ];
}

function cutsExpressible(plan: ExportPlan, options: ExportOptions): Expressible {
  try {
    const { rounding, obstacle } = splitByLayers(plan, options, 'the plan');
    if (rounding === null) return { aspect: 'cuts', state: 'yes', note: 'All cuts are between whole layers.' };
    return { aspect: 'cuts', state: 'partly', note: `Only between whole layers, and ${obstacle}. Rounded, ${roundingSentence(rounding)}` };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { aspect: 'cuts', state: 'no', note: `Only between whole layers: the plan ${error.problem}` };
  }
}

/** @throws UserError if stages differ in replicas or share a device, or one runs on the host */
export function refuseUneven(plan: ExportPlan, subject: string): void {
  if (new Set(plan.stages.map((stage) => stage.replicas)).size > 1) {
    throw new UserError(subject, 'has stages with different numbers of replicas, which this engine cannot run.', 'Partition without --replicas.');
  }
  if (new Set(plan.stages.map(({ device }) => device)).size < plan.stages.length) {
    throw new UserError(subject, 'has a device that runs several stages, which this engine cannot do.', 'Partition for throughput.');
  }
}

function findLayers({ graph }: ExportPlan, pattern: RegExp): { found: Int32Array; modules: (string | undefined)[] } {
  const modules: (string | undefined)[] = [];
  const global = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''));
  const found = Int32Array.from(graph.operators, (operator) => {
    const weights = operator.inputs.flatMap((t) => (t >= 0 && graph.tensors[t]!.kind === 'weight' ? [graph.tensors[t]!.name] : []));
    for (const name of [operator.name, ...weights, operator.id]) {
      const match = name.length > LONGEST_NAME ? null : global.exec(name);
      const layer = match?.[1] === undefined ? NaN : Number(match[1]);
      if (!match || !Number.isInteger(layer) || layer < 0 || layer >= MOST_LAYERS) continue;
      while (modules.length <= layer) modules.push(undefined);
      const groupEnd = match.index + match[0].lastIndexOf(match[1]!) + match[1]!.length;
      modules[layer] ??= moduleName(name.slice(0, groupEnd));
      return layer;
    }
    return -1;
  });
  return { found, modules };
}

/** A scope as PyTorch names the module: `/model/layers.3` is `model.layers.3`. */
export const moduleName = (scope: string): string => scope.replace(/^\/+/, '').replaceAll('/', '.');

/** Operators without a layer: before the layers if a layer depends on them, after the layers otherwise. */
function spread({ graph }: ExportPlan, found: Int32Array, layers: number): Int32Array {
  const feeds = new Uint8Array(graph.operators.length);
  const layerOf = Int32Array.from(found);
  for (let v = graph.operators.length - 1; v >= 0; v--) {
    const { outputs } = graph.operators[v]!;
    feeds[v] = found[v]! >= 0 || outputs.some((t) => t >= 0 && graph.tensors[t]!.consumers.some((reader) => feeds[reader] === 1)) ? 1 : 0;
    if (found[v]! < 0) layerOf[v] = feeds[v] === 1 ? -1 : layers;
  }
  return layerOf;
}

function costOf(plan: ExportPlan, rounded: Int32Array, subject: string): { plannedSeconds: number; roundedSeconds: number } {
  const { problem, placement, nodes, objective } = plan;
  const goal = objective === 'latency' ? 'throughput' : objective;
  const options = { objective: goal, requireContiguity: false, ...(placement.replicas && { order: placement.order, replicas: placement.replicas }) } as const;
  const assignment = Int32Array.from(nodes, (operator) => placement.order[rounded[operator]!]!);
  const planned = evaluate(problem, placement.assignment, options);
  const after = evaluate(problem, assignment, options);
  if (after.violations.length > 0 && planned.violations.length === 0) {
    throw new UserError(subject, `breaks its rules when its cuts are rounded to whole layers: ${after.violations[0]!}.`, 'Partition for fewer or larger devices, or without the pins.');
  }
  return { plannedSeconds: planned.value, roundedSeconds: after.value };
}

const classOfDevice = ({ problem }: ExportPlan): number[] => problem.classes.flatMap((deviceClass, c) => Array.from({ length: deviceClass.count }, () => c));
