import type { ExportTarget } from '../exportPlan';
import { accelerate } from './accelerate';
import { onnxIr11 } from './onnxIr11';
import { ortLayers } from './ortLayers';
import { megatron, sglang, tensorrtLlm, vllm } from './partitions';
import { torch } from './torch';
import { triton } from './triton';

/** All targets, in the order in which they are offered. */
export const exportTargets: readonly ExportTarget[] = [onnxIr11, ortLayers, triton, megatron, vllm, sglang, tensorrtLlm, accelerate, torch];
