// Written against ONNX 1.18 (IR version 11): ModelProto.configuration and NodeProto.device_configurations. Hints: a runtime may ignore them.
import { annotationSplices, splicedPieces } from '../../onnx/annotate';
import { validateIr11 } from '../validateIr11';
import type { ExportPlan, ExportTarget } from '../exportPlan';
import { sharedData } from '../externalFiles';
import { annotatedName } from './names';

/** What the configuration is called, followed by a number if the model has one of that name. */
const CONFIGURATION = 'stagewright';

export const onnxIr11: ExportTarget = {
  name: 'onnx-ir11',
  summary: "the model with ONNX's multi-device annotations (pipeline_stage of every node)",
  writtenAgainst: 'ONNX 1.18, IR version 11',
  expressible: ({ stages }) => [
    { aspect: 'cuts', state: 'yes', note: 'Every operator of the main graph names its stage.' },
    { aspect: 'devices', state: 'partly', note: 'Devices are listed in the order of the stages; a stage does not name its device, and runtimes may ignore the annotations.' },
    ...(stages.some(({ replicas }) => replicas > 1) ? [{ aspect: 'replicas', state: 'partly', note: 'All replicas are listed as devices, without which stage each belongs to.' } as const] : []),
    { aspect: 'schedule', state: 'no', note: 'The order of micro-batches is not part of the format.' },
  ],
  make: (plan, _options, subject) => {
    const taken = new Set(plan.model.deviceConfigurations.map(({ name }) => name));
    let name = CONFIGURATION;
    for (let i = 2; taken.has(name); i++) name = `${CONFIGURATION}-${i}`;
    const devices = devicesOf(plan);
    const configuration = { name, deviceCount: devices.length, devices };
    const nodes = Array.from(plan.stageOf, (pipelineStage) => ({ device: { configurationId: name, pipelineStage } }));
    validateIr11(plan, configuration, nodes, subject);
    const pieces = splicedPieces(annotationSplices(plan.model, { nodes, configuration }, subject), plan.model.fileBytes);
    const notes = [`Configuration "${name}": ${devices.length} devices, ${plan.stages.length} stages.`];
    return { files: [{ path: annotatedName(plan.model.path, 'stages'), kind: 'model', pieces }, ...sharedData(plan.model)], notes };
  },
};

/** Names of the devices, stage by stage, each once. */
function devicesOf({ stages }: ExportPlan): string[] {
  const names = stages.flatMap(({ device, replicas }) => {
    const at = device.lastIndexOf(':');
    return Array.from({ length: replicas }, (_, i) => `${device.slice(0, at)}:${Number(device.slice(at + 1)) + i}`);
  });
  return [...new Set(names)];
}
