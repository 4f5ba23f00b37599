// Written against Hugging Face Accelerate 1.10: `device_map` of dispatch_model and from_pretrained. From its documentation; it was not run.
import { UserError } from '../../shared/userError';
import type { ExportPlan, ExportTarget } from '../exportPlan';
import { layerExpressible, moduleName, wholeLayers, type LayerSplit } from '../layers';
import { withRounding } from './partitions';

export const accelerate: ExportTarget = {
  name: 'accelerate',
  summary: 'device_map.json for Hugging Face Accelerate',
  writtenAgainst: 'Accelerate 1.10',
  expressible: (plan, options) => [
    ...layerExpressible(plan, options).filter(({ aspect }) => aspect === 'cuts'),
    { aspect: 'devices', state: 'yes', note: 'Each module names the number of its accelerator, or "cpu".' },
    ...(plan.stages.some(({ replicas }) => replicas > 1) ? [{ aspect: 'replicas', state: 'no', note: 'A module has one device.' } as const] : []),
    { aspect: 'schedule', state: 'no', note: 'Accelerate runs one module after the other: the model fits, but there is no pipeline.' },
  ],
  make: (plan, options, subject) => {
    if (plan.stages.some(({ replicas }) => replicas > 1)) throw new UserError(subject, 'has replicated stages, and a device map gives each module one device.', 'Partition without --replicas.');
    const split = wholeLayers(plan, options, subject);
    const map = deviceMap(plan, split);
    const bare = uncovered(plan, map);
    if (bare !== undefined) throw new UserError(subject, `has the parameter "${bare}", whose module its name does not tell.`, 'Export the model with the names of its modules (torch.onnx.export keeps them), or export to onnx-ir11.');
    const text = `${JSON.stringify(Object.fromEntries(map), null, 2)}\n`;
    return withRounding({ files: [{ path: 'device_map.json', kind: 'text', text }], notes: [`${map.size} modules; the names are those of the ONNX file: compare with model.named_modules().`] }, split);
  },
};

type DeviceMap = ReadonlyMap<string, number | 'cpu'>;

export function deviceMap(plan: ExportPlan, { modules, stageOfLayer, layerOf, layers }: LayerSplit): DeviceMap {
  const deviceOf = (stage: number): number | 'cpu' => (plan.stages[stage]!.host ? 'cpu' : plan.stages[stage]!.accelerator);
  const map = new Map<string, number | 'cpu'>();
  const around = (wanted: number, stage: number): void =>
    plan.graph.operators.forEach((operator, v) => {
      if (layerOf[v] === wanted) for (const module of modulesOfWeights(plan, operator.index)) if (module !== '' && !map.has(module) && !covered(module, modules)) map.set(module, deviceOf(stage));
    });
  around(-1, 0);
  modules.forEach((module, layer) => map.set(module, deviceOf(stageOfLayer[layer]!)));
  around(layers, plan.stages.length - 1);
  return map;
}

/** Modules of the weights that an operator reads: from the weight's name, or else from the operator's scope; '' where neither tells. */
function modulesOfWeights({ graph }: ExportPlan, v: number): string[] {
  const operator = graph.operators[v]!;
  return operator.inputs.flatMap((t) => (t >= 0 && isParameter(graph, t) ? [moduleOf(graph.tensors[t]!.name, operator.name)] : []));
}

const isParameter = ({ tensors }: ExportPlan['graph'], t: number): boolean =>
  tensors[t]!.kind === 'weight' && !/^(u?int|bool|string)/.test(tensors[t]!.elementType ?? '') && (tensors[t]!.shape?.length ?? 1) > 0;

function moduleOf(weight: string, scope: string): string {
  if (!weight.startsWith('onnx::') && /^[\w.]+\.\w+$/.test(weight)) return weight.slice(0, weight.lastIndexOf('.'));
  return scope.includes('/') ? moduleName(scope.slice(0, scope.lastIndexOf('/'))) : '';
}

const covered = (module: string, by: Iterable<string>): boolean => {
  for (const prefix of by) if (module === prefix || module.startsWith(`${prefix}.`)) return true;
  return false;
};

/** The first parameter that no module of the map holds. */
function uncovered(plan: ExportPlan, map: DeviceMap): string | undefined {
  const { graph } = plan;
  for (const operator of graph.operators) {
    for (const t of operator.inputs) {
      if (t >= 0 && isParameter(graph, t) && !covered(moduleOf(graph.tensors[t]!.name, operator.name), map.keys())) return graph.tensors[t]!.name;
    }
  }
  return undefined;
}
