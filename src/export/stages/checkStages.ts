import { join } from 'node:path';
import { bodiesOf, capturedNames } from '../../onnx/bodies';
import { describe } from '../../onnx/checkGraph';
import type { OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from '../../onnx/model';
import { quote } from '../../onnx/quote';
import { readModel } from '../../onnx/readModel';
import type { Control } from '../../shared/progress';
import type { PipelineManifest } from './manifest';

/**
 * Reads the stage models back and checks that together they are the model: each operator that is not repeated stands in one of them, as it is in the
 * model, each input of a stage is made by an earlier one or given, of the same type, and all outputs are made.
 *
 * @param folder that holds the stage models
 * @returns what is wrong, in sentences; empty if nothing is
 * @throws UserError if a stage model cannot be read
 */
export function checkStages(folder: string, manifest: PipelineManifest, model: OnnxModel, control: Control): string[] {
  const faults: string[] = [];
  const original = new Map(model.graph.nodes.map((node) => [keyOf(node), node]));
  const needed = neededNodes(model.graph);
  const made = new Map<string, ValueInfo>(model.graph.inputs.map((info) => [info.name, info]));
  const placed = new Map<string, string>();
  for (const { file, inputs, outputs } of manifest.models) {
    const { graph } = readModel(join(folder, file), control);
    const expect = (what: string, named: readonly { readonly name: string }[], found: readonly ValueInfo[]): void => {
      const names = found.map(({ name }) => name);
      if (named.length !== names.length || named.some(({ name }) => !names.includes(name))) faults.push(`${file} has the ${what} ${names.map(quote).join(', ') || 'none'}, and the manifest says ${named.map(({ name }) => quote(name)).join(', ') || 'none'}`);
    };
    expect('inputs', inputs, graph.inputs);
    expect('outputs', outputs, graph.outputs);
    for (const info of graph.inputs) {
      const source = made.get(info.name);
      if (!source) faults.push(`${file} reads ${quote(info.name)}, which no earlier stage makes`);
      else if (elementOf(source) !== elementOf(info)) faults.push(`${file} takes ${quote(info.name)} as ${elementOf(info)}, and it is made as ${elementOf(source)}`);
    }
    for (const info of graph.outputs) made.set(info.name, info);
    for (const node of graph.nodes) {
      const source = original.get(keyOf(node));
      if (!source || source.opType !== node.opType || source.domain !== node.domain || source.inputs.join('\n') !== node.inputs.join('\n') || source.attributes.size !== node.attributes.size) {
        faults.push(`${file} holds ${describe(node)}, which is not as in the model`);
      }
      const other = placed.get(keyOf(node));
      if (other !== undefined && needed.get(keyOf(node)) === 'once') faults.push(`${describe(node)} stands in ${other} and in ${file}`);
      placed.set(keyOf(node), file);
    }
  }
  for (const [key, state] of needed) if (state === 'once' && !placed.has(key)) faults.push(`${describe(original.get(key)!)} stands in no stage`);
  for (const { name } of model.graph.outputs) if (!made.has(name)) faults.push(`the output ${quote(name)} is made by no stage`);
  return faults;
}

/** All outputs of a node: unique in a graph. */
const keyOf = ({ outputs }: OnnxNode): string => JSON.stringify(outputs);

const elementOf = ({ type }: ValueInfo): string => (type.kind === 'tensor' ? (type.elementType ?? 'unknown') : type.kind);

/** The nodes that outputs depend on: those that depend on inputs are to stand in one stage, the others may stand in any number. */
function neededNodes({ nodes, inputs, outputs }: OnnxGraph): Map<string, 'once' | 'any'> {
  const reads = nodes.map((node) => [...node.inputs, ...bodiesOf(node).flatMap((body) => [...capturedNames(body)])]);
  const variable = new Set(inputs.map(({ name }) => name));
  nodes.forEach((node, i) => {
    if (reads[i]!.some((name) => variable.has(name))) node.outputs.forEach((name) => variable.add(name));
  });
  const wanted = new Set(outputs.map(({ name }) => name));
  const result = new Map<string, 'once' | 'any'>();
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    if (!node.outputs.some((name) => wanted.has(name))) continue;
    reads[i]!.forEach((name) => wanted.add(name));
    result.set(keyOf(node), node.outputs.some((name) => variable.has(name)) ? 'once' : 'any');
  }
  return result;
}
