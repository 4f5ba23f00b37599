// Written against NVIDIA Triton Inference Server 25.08: model repositories with an ensemble. The configuration is checked against its schema by tests; the
// server itself was not run.
import { quote } from '../../onnx/quote';
import { UserError } from '../../shared/userError';
import type { ExportPlan, ExportTarget } from '../exportPlan';
import type { FlowTensor, ManifestModel, PipelineManifest } from '../stages/manifest';
import { stageModels } from '../stages/stageModels';
import { stem } from './names';
import { pbtxt, type Message } from './pbtxt';

/** ModelConfig.DataType by the type of an ONNX tensor; there is none for 8-bit floats and 4-bit integers. */
const DATA_TYPES: Readonly<Record<string, string>> = {
  bool: 'TYPE_BOOL', uint8: 'TYPE_UINT8', uint16: 'TYPE_UINT16', uint32: 'TYPE_UINT32', uint64: 'TYPE_UINT64',
  int8: 'TYPE_INT8', int16: 'TYPE_INT16', int32: 'TYPE_INT32', int64: 'TYPE_INT64',
  float16: 'TYPE_FP16', float32: 'TYPE_FP32', float64: 'TYPE_FP64', bfloat16: 'TYPE_BF16', string: 'TYPE_STRING',
};

/** A model of the repository. */
export interface TritonModel {
  readonly name: string;
  readonly inputs: readonly FlowTensor[];
  readonly outputs: readonly FlowTensor[];
  /** numbers of its GPUs; null for the CPU */
  readonly gpus: readonly number[] | null;
}

export const triton: ExportTarget = {
  name: 'triton',
  summary: 'a model repository of NVIDIA Triton: one ONNX model for each stage, and an ensemble',
  writtenAgainst: 'Triton 25.08',
  expressible: ({ objective, stages }) => [
    { aspect: 'cuts', state: 'yes', note: 'Every stage is a model of its own; the ensemble hands tensors from one to the next.' },
    { aspect: 'devices', state: 'yes', note: "Stages name their GPUs by number, or the CPU; the plan's accelerators are numbered in the order of the cluster." },
    ...(stages.some(({ replicas }) => replicas > 1) ? [{ aspect: 'replicas', state: 'yes', note: 'A replicated stage has one instance on each of its GPUs.' } as const] : []),
    { aspect: 'types', state: 'partly', note: 'Tensors of 8-bit floats, of 4-bit types, sequences and optionals cannot be handed over.' },
    objective === 'throughput'
      ? { aspect: 'schedule', state: 'yes', note: 'An ensemble runs different requests in different stages at the same time.' }
      : { aspect: 'schedule', state: 'no', note: 'An ensemble is inference: it runs the forward pass of this plan.' },
  ],
  make: (plan, _options, subject) => {
    const name = stem(plan.model.path);
    // each model has a folder of its own, with the weights that it reads beside it
    const modelName = (file: string): string => `${name}_${file.replace(/\.onnx$/, '').replaceAll('.', '_')}`;
    const { files, manifest } = stageModels(plan, 'per-stage', (file) => `${modelName(file)}/1/model.onnx`, subject);
    const models = manifest.models.map((model): TritonModel => ({ name: modelName(model.file), inputs: model.inputs, outputs: model.outputs, gpus: gpusOf(plan, model) }));
    const pipeline = `${name}_pipeline`;
    refuseTypes(manifest, subject);
    const ensemble = ensembleConfig(pipeline, manifest, models);
    const faults = checkEnsemble(manifest, models);
    if (faults.length > 0) throw new UserError(subject, `cannot be an ensemble: ${faults[0]}.`, 'Export to onnx-ir11.');
    return {
      files: [
        ...files,
        ...models.map((model) => ({ path: `${model.name}/config.pbtxt`, kind: 'text', text: pbtxt(stageConfig(model)) }) as const),
        { path: `${pipeline}/config.pbtxt`, kind: 'text', text: pbtxt(ensemble) },
        // an ensemble has nothing in its version, and version control keeps no empty folder
        { path: `${pipeline}/1/.gitkeep`, kind: 'text', text: '' },
      ],
      notes: [`Start the server with --model-repository on this folder, and send requests to "${pipeline}".`],
    };
  },
};

function gpusOf(plan: ExportPlan, { stage }: ManifestModel): number[] | null {
  const { host, accelerator, replicas } = plan.stages[stage]!;
  return host || accelerator < 0 ? null : Array.from({ length: replicas }, (_, i) => accelerator + i);
}

/** A tensor of no dimensions is one of one element there, and reshaped for the model. */
function tensorConfig({ name, type, shape }: FlowTensor, ofModel: boolean): Message {
  const dims = shape!.map((dim) => (typeof dim === 'number' ? dim : -1));
  const scalar = dims.length === 0;
  return { name, data_type: { word: DATA_TYPES[type]! }, dims: scalar ? [1] : dims, ...(scalar && ofModel && { reshape: { shape: [] } }) };
}

export const stageConfig = ({ name, inputs, outputs, gpus }: TritonModel): Message => ({
  name,
  backend: 'onnxruntime',
  max_batch_size: 0,
  default_model_filename: 'model.onnx',
  input: inputs.map((tensor) => tensorConfig(tensor, true)),
  output: outputs.map((tensor) => tensorConfig(tensor, true)),
  instance_group: [gpus ? { kind: { word: 'KIND_GPU' }, count: 1, gpus } : { kind: { word: 'KIND_CPU' }, count: 1 }],
});

export const ensembleConfig = (name: string, { inputs, outputs }: PipelineManifest, models: readonly TritonModel[]): Message => ({
  name,
  platform: 'ensemble',
  max_batch_size: 0,
  input: inputs.map((tensor) => tensorConfig(tensor, false)),
  output: outputs.map((tensor) => tensorConfig(tensor, false)),
  ensemble_scheduling: {
    step: models.map((model) => ({
      model_name: model.name,
      model_version: -1,
      input_map: model.inputs.map((tensor) => ({ key: tensor.name, value: tensor.name })),
      output_map: model.outputs.map((tensor) => ({ key: tensor.name, value: tensor.name })),
    })),
  },
});

function refuseTypes({ inputs, outputs, models }: PipelineManifest, subject: string): void {
  for (const { name, type, shape } of [...inputs, ...models.flatMap((model) => model.outputs), ...outputs]) {
    if (DATA_TYPES[type] === undefined) throw new UserError(subject, `hands over the tensor ${quote(name)} of the type ${type}, which Triton does not carry.`, 'Move the cut to another operator, or export to onnx-ir11.');
    if (shape === null) throw new UserError(subject, `hands over the tensor ${quote(name)}, of which not even the number of dimensions is known, and Triton asks for them.`, 'Move the cut to another operator.');
  }
}

/** What the schema does not say: every tensor is made once, before it is read, as what it is read as. Sentences; empty if all is well. */
export function checkEnsemble({ inputs, outputs }: Pick<PipelineManifest, 'inputs' | 'outputs'>, models: readonly TritonModel[]): string[] {
  const faults: string[] = [];
  const made = new Map(inputs.map((tensor) => [tensor.name, tensor]));
  const read = new Set<string>();
  const names = new Set<string>();
  for (const model of models) {
    if (names.has(model.name)) faults.push(`two models are called ${quote(model.name)}`);
    names.add(model.name);
    for (const tensor of model.inputs) {
      const source = made.get(tensor.name);
      read.add(tensor.name);
      if (!source) faults.push(`${model.name} reads ${quote(tensor.name)} before it is made`);
      else if (source.type !== tensor.type || source.shape?.length !== tensor.shape?.length) faults.push(`${model.name} reads ${quote(tensor.name)} as something else than it is`);
    }
    for (const tensor of model.outputs) {
      if (made.has(tensor.name)) faults.push(`${quote(tensor.name)} is made twice`);
      made.set(tensor.name, tensor);
    }
    if (model.gpus?.some((gpu) => gpu < 0)) faults.push(`${model.name} has no number for its GPU`);
  }
  for (const { name } of inputs) if (!read.has(name)) faults.push(`no stage reads the input ${quote(name)}`);
  for (const { name } of outputs) if (!made.has(name) || inputs.some((input) => input.name === name)) faults.push(`no stage makes the output ${quote(name)}`);
  return faults;
}
