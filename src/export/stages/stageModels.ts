import { basename } from 'node:path';
import type { OnnxModel } from '../../onnx/model';
import type { Piece } from '../../onnx/write/pieces';
import { subModels, type ExternalPlace, type SubModel } from '../../onnx/write/subModel';
import { filesOfAttribute, sharedData } from '../externalFiles';
import type { ExportFile, StagePlan } from '../exportPlan';
import { cutTypes } from './cutTypes';
import { manifestOf, type PipelineManifest } from './manifest';
import { stageParts, type StagePart } from './parts';

/** Where the stage models find the external data of the model: one file for all, or each its own with nothing but what it reads. */
export type DataChoice = 'shared' | 'per-stage';

export interface StageModels {
  readonly files: readonly ExportFile[];
  readonly manifest: PipelineManifest;
}

/** Start of each tensor in a file of data, for those that map files into memory. */
const ALIGNMENT = 4096;

/**
 * One model for each stage (several where a stage has to wait for others in between), and what flows between them.
 *
 * @param pathOf where a model goes, '/' between its parts: `stage_0.onnx`
 * @throws UserError if the type of a cut tensor is unknown, or the model's file changed
 */
export function stageModels(plan: StagePlan, data: DataChoice, pathOf: (file: string) => string, subject: string): StageModels {
  const { model } = plan;
  const parts = stageParts(plan);
  const several = new Set(parts.filter(({ part }) => part > 0).map(({ stage }) => stage));
  const fileOf = ({ stage, part }: StagePart): string => (several.has(stage) ? `stage_${stage}.part_${part}.onnx` : `stage_${stage}.onnx`);
  const infoOf = cutTypes(plan, subject);
  const own = parts.map((part) => (data === 'per-stage' ? ownData(model, part, `${pathOf(fileOf(part))}.data`) : { files: [], places: new Map<string, ExternalPlace>() }));
  const specs = parts.map((part, i): SubModel => ({
    nodes: part.operators.map((v) => model.graph.nodes[v]!),
    initializers: part.weights,
    inputs: part.inputs.map(infoOf),
    outputs: part.outputs.map(infoOf),
    external: own[i]!.places,
  }));
  const pieces = subModels(model, specs, subject);
  const files = parts.flatMap((part, i): ExportFile[] => [...own[i]!.files, { path: pathOf(fileOf(part)), kind: 'model', pieces: pieces[i]! }]);
  const shared = data === 'shared' ? sharedData(model) : attributeData(plan, parts, pathOf, fileOf);
  return { files: [...shared, ...files], manifest: manifestOf(plan, basename(model.path), parts, fileOf, infoOf) };
}

/** The data that a part reads, one tensor after the other: a file for each file that they come from, so that each is copied from one source. */
function ownData(model: OnnxModel, { weights }: StagePart, path: string): { readonly files: ExportFile[]; readonly places: Map<string, ExternalPlace> } {
  const places = new Map<string, ExternalPlace>();
  const bySource = new Map<string, { readonly path: string; readonly pieces: Piece[]; bytes: number }>();
  for (const name of weights) {
    const location = model.graph.initializers.get(name)?.location;
    if (location?.kind !== 'external') continue;
    let file = bySource.get(location.path);
    if (!file) bySource.set(location.path, (file = { path: bySource.size === 0 ? path : `${path}.${bySource.size}`, pieces: [], bytes: 0 }));
    const gap = (ALIGNMENT - (file.bytes % ALIGNMENT)) % ALIGNMENT;
    if (gap > 0) file.pieces.push(new Uint8Array(gap));
    file.pieces.push({ at: location.offset, end: location.offset + location.length });
    places.set(name, { location: file.path.slice(file.path.lastIndexOf('/') + 1), offset: file.bytes + gap, length: location.length });
    file.bytes += gap + location.length;
  }
  return { files: [...bySource].map(([from, { path: to, pieces }]) => ({ path: to, kind: 'data', from, pieces })), places };
}

/** Files that attributes refer to, bodies included: they are brought whole, beside each model that reads them. */
function attributeData(plan: StagePlan, parts: readonly StagePart[], pathOf: (file: string) => string, fileOf: (part: StagePart) => string): ExportFile[] {
  const paths = new Map<string, ExportFile>();
  for (const part of parts) {
    const found = new Set<string>();
    for (const v of part.operators) plan.model.graph.nodes[v]!.attributes.forEach((attribute) => filesOfAttribute(attribute, found));
    const to = pathOf(fileOf(part));
    for (const from of found) {
      const path = `${to.slice(0, to.lastIndexOf('/') + 1)}${from}`;
      paths.set(path, { path, kind: 'shared', from });
    }
  }
  return [...paths.values()];
}
