import type { NodeAnnotation } from '../onnx/annotate';
import type { DeviceConfiguration } from '../onnx/model';
import { UserError } from '../shared/userError';
import type { ExportPlan } from './exportPlan';

/**
 * Checks annotations by the rules of IR version 11, which neither ONNX's checker nor ONNX Runtime looks at: configurations are named once and
 * list as many devices as they say, nodes name a configuration that exists, and stages do not decrease along an edge.
 *
 * @throws UserError for the first rule that is broken
 */
export function validateIr11({ graph, model }: Pick<ExportPlan, 'graph' | 'model'>, configuration: DeviceConfiguration, nodes: readonly (NodeAnnotation | undefined)[], subject: string): void {
  const broken = (problem: string): UserError => new UserError(subject, problem, 'Partition the model again, for throughput.');
  const names = [...model.deviceConfigurations, configuration].map(({ name }) => name);
  if (configuration.name === '' || new Set(names).size < names.length) throw broken(`has two device configurations named "${configuration.name}".`);
  if (configuration.deviceCount < 1 || (configuration.devices.length > 0 && configuration.devices.length !== configuration.deviceCount)) {
    throw broken(`has a device configuration of ${configuration.deviceCount} devices that lists ${configuration.devices.length}.`);
  }
  nodes.forEach((node, v) => {
    if (!node?.device) return;
    const { configurationId, pipelineStage } = node.device;
    if (!names.includes(configurationId)) throw broken(`names the device configuration "${configurationId}", which does not exist.`);
    if (!Number.isInteger(pipelineStage) || pipelineStage < 0) throw broken(`gives "${graph.operators[v]!.id}" the stage ${pipelineStage}.`);
    if (graph.operators[v]!.foldable) return; // computed anew wherever their value is needed
    for (const t of graph.operators[v]!.outputs) {
      const back = t < 0 ? undefined : graph.tensors[t]!.consumers.find((reader) => !graph.operators[reader]!.foldable && (nodes[reader]?.device?.pipelineStage ?? Infinity) < pipelineStage);
      if (back !== undefined) throw broken(`has stages that decrease along an edge: "${graph.operators[back]!.id}" in stage ${nodes[back]!.device!.pipelineStage} reads from stage ${pipelineStage}.`);
    }
  });
}
