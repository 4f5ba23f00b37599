import type { OnnxModel, ValueInfo, ValueType } from '../../onnx/model';
import { quote } from '../../onnx/quote';
import { inferShapes } from '../../onnx/shapes/inferShapes';
import type { TensorFact } from '../../onnx/shapes/types';
import { UserError } from '../../shared/userError';
import type { ExportPlan } from '../exportPlan';

/**
 * Types of tensors between stages. Shapes are those of the model with its dimensions left free, so that stages take the sizes that the model takes; what
 * inference does not know then, the file's own value info may, and the rank is known at least for the sizes that the plan was made for.
 *
 * @returns finds the type of a tensor by name; it throws UserError where not even the element type is known
 */
export function cutTypes({ model, graph }: Pick<ExportPlan, 'model' | 'graph'>, subject: string): (name: string) => ValueInfo {
  const free = inferShapes(model, new Map()).tensors;
  const stated = statedTypes(model);
  const bound = new Map(graph.tensors.map((tensor) => [tensor.name, tensor]));
  return (name) => {
    const fact = free.get(name);
    const file = stated.get(name);
    if (file && (file.kind === 'sequence' || file.kind === 'optional' || file.kind === 'map')) return { name, type: file };
    const tensor = file?.kind === 'tensor' || file?.kind === 'sparse_tensor' ? file : undefined;
    const rank = bound.get(name)?.shape?.length;
    const elementType = fact?.elementType ?? tensor?.elementType ?? bound.get(name)?.elementType;
    if (elementType === undefined) {
      throw new UserError(subject, `cuts the tensor ${quote(name)}, whose type nobody knows, and a model has to state the types of its inputs.`, 'Move the cut to another operator.');
    }
    const shape = fact?.shape ?? tensor?.shape ?? (rank === undefined ? undefined : Array.from({ length: rank }, () => null));
    return { name, type: typeOf(fact, { kind: 'tensor', elementType, shape }) };
  };
}

function typeOf(fact: TensorFact | undefined, tensor: ValueType): ValueType {
  return fact?.kind === 'sequence' || fact?.kind === 'optional' ? { kind: fact.kind, element: tensor } : tensor;
}

function statedTypes({ graph }: OnnxModel): Map<string, ValueType> {
  const types = new Map<string, ValueType>();
  for (const info of [...graph.valueInfos.values(), ...graph.outputs, ...graph.inputs]) if (info.type.kind !== 'unknown') types.set(info.name, info.type);
  return types;
}
