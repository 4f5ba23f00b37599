import type { Attribute, OnnxGraph, OnnxModel, TensorRef } from '../onnx/model';
import type { ExportFile } from './exportPlan';

/** The files with a model's weights, for where a copy of the model looks for them. */
export const sharedData = ({ graph }: OnnxModel): ExportFile[] => [...externalFiles(graph)].sort().map((path) => ({ path, kind: 'shared', from: path }));

/** The external data files that a graph refers to, bodies and attributes included. */
export function externalFiles(graph: OnnxGraph, found = new Set<string>()): Set<string> {
  graph.initializers.forEach((tensor) => addFile(tensor, found));
  for (const node of graph.nodes) node.attributes.forEach((attribute) => filesOfAttribute(attribute, found));
  return found;
}

/** The same of one attribute. */
export function filesOfAttribute(value: Attribute, found: Set<string>): void {
  if (value.kind === 'tensor') addFile(value.value, found);
  else if (value.kind === 'tensors') value.value.forEach((tensor) => addFile(tensor, found));
  else if (value.kind === 'graph') externalFiles(value.value, found);
  else if (value.kind === 'graphs') value.value.forEach((body) => externalFiles(body, found));
}

function addFile({ location }: TensorRef, found: Set<string>): void {
  if (location.kind === 'external') found.add(location.path);
}
