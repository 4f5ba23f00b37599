import type { ValueInfo, ValueType } from '../../onnx/model';
import type { StagePlan } from '../exportPlan';
import type { StagePart } from './parts';

/** `pipeline.json`: what the stage models are and what flows between them. */
export interface PipelineManifest {
  readonly version: 1;
  /** file name of the model */
  readonly model: string;
  /** operators of the model */
  readonly operators: number;
  readonly inputs: readonly FlowTensor[];
  /** `from`: the file that makes it; null for an output that is an input */
  readonly outputs: readonly (FlowTensor & { readonly from: string | null })[];
  /** in an order in which each finds its inputs made */
  readonly models: readonly ManifestModel[];
}

export interface FlowTensor {
  readonly name: string;
  /** `float32`, `sequence(float32)`, … */
  readonly type: string;
  /** null where the rank is not known; its dimensions are numbers, symbols, or null where they are not known */
  readonly shape: readonly (number | string | null)[] | null;
}

export interface ManifestModel {
  readonly file: string;
  readonly stage: number;
  /** 0, 1, … among the models of its stage */
  readonly part: number;
  /** `class:index` of the first replica */
  readonly device: string;
  readonly replicas: number;
  readonly operators: number;
  /** `from`: the file that makes it; null for an input of the model */
  readonly inputs: readonly (FlowTensor & { readonly from: string | null })[];
  readonly outputs: readonly FlowTensor[];
}

export function manifestOf(plan: StagePlan, modelName: string, parts: readonly StagePart[], fileOf: (part: StagePart) => string, infoOf: (name: string) => ValueInfo): PipelineManifest {
  const maker = new Map(parts.flatMap((part) => part.outputs.map((name) => [name, fileOf(part)] as const)));
  const flow = (name: string): FlowTensor => flowTensor(infoOf(name));
  const from = (name: string): FlowTensor & { from: string | null } => ({ ...flow(name), from: maker.get(name) ?? null });
  return {
    version: 1,
    model: modelName,
    operators: plan.graph.operators.length,
    inputs: plan.model.graph.inputs.map(flowTensor),
    outputs: plan.model.graph.outputs.map(({ name }) => from(name)),
    models: parts.map((part) => {
      const { device, replicas } = plan.stages[part.stage]!;
      return { file: fileOf(part), stage: part.stage, part: part.part, device, replicas, operators: part.operators.length, inputs: part.inputs.map(from), outputs: part.outputs.map(flow) };
    }),
  };
}

function flowTensor({ name, type }: ValueInfo): FlowTensor {
  return { name, ...described(type) };
}

function described(type: ValueType): Pick<FlowTensor, 'type' | 'shape'> {
  switch (type.kind) {
    case 'tensor': case 'sparse_tensor': return { type: `${type.kind === 'tensor' ? '' : 'sparse '}${type.elementType ?? 'unknown'}`, shape: type.shape ? [...type.shape] : null };
    case 'sequence': case 'optional': return { type: `${type.kind}(${described(type.element).type})`, shape: null };
    case 'map': return { type: `map(${type.key}, ${described(type.value).type})`, shape: null };
    case 'unknown': return { type: 'unknown', shape: null };
  }
}
