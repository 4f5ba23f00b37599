import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sharedData } from '../export/externalFiles';
import type { ExportPlan } from '../export/exportPlan';
import { cutTypes } from '../export/stages/cutTypes';
import type { PipelineManifest } from '../export/stages/manifest';
import { writeExport } from '../export/writeExport';
import { subModels } from '../onnx/write/subModel';
import type { ChainModel, ChainRequest, TensorDifference } from '../runtime/child/tasks';
import { runTask } from '../runtime/runTask';
import type { Control } from '../shared/progress';
import { openExportPlan } from './exportPlacement';
import { modelInputs } from './modelInputs';
import type { Bindings } from './requests';
import { chainOf, runtimeFor, wholeOf, workFolder, type RuntimePlace } from './runModels';
import { splitPlan } from './splitPlacement';

/** Plain data: it crosses to a worker. */
export interface VerifyRequest {
  readonly sidecarPath: string;
  readonly runtime: RuntimePlace;
  /** of the random inputs; 1 if absent */
  readonly seed?: number;
  /** JSON file with inputs; random ones if absent */
  readonly inputsPath?: string;
  /** sizes of dimensions, instead of those of the placement */
  readonly bind?: Bindings;
  /** largest difference that counts as equal, as a share of the largest magnitude in a tensor; if absent 0, or `HALF_TOLERANCE` for models in half precision */
  readonly tolerance?: number;
}

export interface VerifyResult {
  readonly equal: boolean;
  readonly tolerance: number;
  /** version of ONNX Runtime */
  readonly runtime: string;
  readonly bound: Bindings;
  readonly manifest: PipelineManifest;
  /** outputs of the model */
  readonly outputs: readonly TensorDifference[];
  /** the first tensor of the pipeline that differs, cut tensors included; null if the outputs are equal */
  readonly firstDifference: TensorDifference | null;
  /** one run of the whole model, and of each stage model */
  readonly wholeSeconds: number;
  readonly seconds: readonly number[];
}

/**
 * Half-precision kernels of the CPU keep single precision between operators that they fuse, so a cut there rounds once more; such models agree to about
 * this share of a tensor's largest magnitude.
 */
export const HALF_TOLERANCE = 1e-2;

/**
 * Runs a model, and the chain of its stage models, in ONNX Runtime on the same inputs, without optimisation of the graph, and compares what they give.
 *
 * @throws UserError if the placement does not fit its model, ONNX Runtime is not there or refuses a model, an input has a dimension without a size, or
 *   a cut tensor is of a type that cannot be handed over; CancelledError
 */
export async function verifyPlacement(request: VerifyRequest, control: Control): Promise<VerifyResult> {
  const { sidecarPath, runtime, seed = 1 } = request;
  const plan = openExportPlan(sidecarPath, control);
  const { model } = plan;
  const found = runtimeFor(model, runtime);
  const bound = { ...plan.bound, ...request.bind };
  const feeds = modelInputs(model, bound, seed, request.inputsPath);
  const tolerance = request.tolerance ?? (isHalf(plan) ? HALF_TOLERANCE : 0);
  const folder = workFolder(model);
  try {
    const { manifest } = splitPlan(plan, { sidecarPath, folder }, control);
    const models = chainOf(manifest, folder);
    const compare = (reference: ChainModel) =>
      runTask('compareChain', { runtime: found.folder, whole: reference, models, feeds, tolerance } satisfies ChainRequest, { script: runtime.script, subject: basename(model.path) }, control);
    const report = await compare(wholeOf(model));
    const equal = report.tensors.every((tensor) => tensor.equal);
    let firstDifference: TensorDifference | null = null;
    if (!equal) {
      // only now are the cut tensors wanted of the whole model too: it is another file that gives them
      const told = await compare(withCuts(plan, manifest, folder, basename(sidecarPath), control));
      firstDifference = [...told.tensors, ...report.tensors].find((tensor) => !tensor.equal) ?? null;
    }
    return { equal, tolerance, runtime: found.version, bound, manifest, outputs: report.tensors, firstDifference, wholeSeconds: report.wholeSeconds, seconds: report.seconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isHalf = ({ graph }: ExportPlan): boolean => graph.tensors.some(({ elementType }) => elementType === 'float16' || elementType === 'bfloat16');

/** The whole model, written once more with the cut tensors among its outputs. */
function withCuts({ model, graph }: ExportPlan, manifest: PipelineManifest, folder: string, subject: string, control: Control): ChainModel {
  const given = model.graph.outputs.map(({ name }) => name);
  const outputs = [...new Set([...manifest.models.flatMap((stage) => stage.outputs.map(({ name }) => name)), ...given])];
  const infoOf = cutTypes({ model, graph }, subject);
  const [pieces] = subModels(model, [{ nodes: model.graph.nodes, initializers: [...model.graph.initializers.keys()], inputs: model.graph.inputs, outputs: outputs.map(infoOf) }], subject);
  const file = 'whole.onnx';
  writeExport([...sharedData(model), { path: file, kind: 'model', pieces: pieces! }], model, folder, control);
  return { ...wholeOf(model), path: join(folder, file), outputs };
}
