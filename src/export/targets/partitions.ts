// Written against: Megatron-LM core 0.13 (--pipeline-model-parallel-layout), vLLM 0.10 (VLLM_PP_LAYER_PARTITION), SGLang 0.5
// (SGLANG_PP_LAYER_PARTITION), TensorRT-LLM 1.0 (pp_partition). From their documentation; no engine was run.
import { UserError } from '../../shared/userError';
import type { Exported, ExportTarget } from '../exportPlan';
import { layerCounts, layerExpressible, refuseUneven, roundingSentence, wholeLayers, type LayerSplit } from '../layers';

const MEGATRON = '--pipeline-model-parallel-layout';

/** A target that is one short text made of the number of layers of each stage. */
function partitionTarget(parts: {
  readonly name: string;
  readonly summary: string;
  readonly writtenAgainst: string;
  readonly path: string;
  readonly text: (counts: readonly number[]) => string;
  /** the numbers of layers that the text says; null if it is not such a text */
  readonly read: (text: string) => readonly number[] | null;
}): ExportTarget {
  const { name, summary, writtenAgainst, path, text: write, read } = parts;
  return {
    name, summary, writtenAgainst,
    expressible: layerExpressible,
    make: (plan, options, subject) => {
      refuseUneven(plan, subject);
      const split = wholeLayers(plan, options, subject);
      const counts = layerCounts(split, plan.stages.length);
      const text = write(counts);
      if (read(text)?.join() !== counts.join()) throw new UserError(subject, `gave "${text.trim()}", which does not say what the plan says.`, 'Please report this.');
      return withRounding({ files: [{ path, kind: 'text', text }], notes: [text.trim()] }, split);
    },
  };
}

export function withRounding(exported: Exported, { rounding }: LayerSplit): Exported {
  return rounding === null ? exported : { ...exported, rounding, notes: [...exported.notes, `Rounded to whole layers: ${roundingSentence(rounding)}`] };
}

const listOf = (text: string): number[] => text.split(',').map(Number);

const environment = (name: string, summary: string, writtenAgainst: string, variable: string): ExportTarget =>
  partitionTarget({
    name, summary, writtenAgainst,
    path: `${name}.env`,
    text: (counts) => `${variable}=${counts.join(',')}\n`,
    read: (text) => {
      const match = new RegExp(`^${variable}=(\\d+(?:,\\d+)*)\\n$`).exec(text);
      return match ? listOf(match[1]!) : null;
    },
  });

export const vllm = environment('vllm', 'the number of layers of each stage, as an environment variable of vLLM', 'vLLM 0.10', 'VLLM_PP_LAYER_PARTITION');
export const sglang = environment('sglang', 'the number of layers of each stage, as an environment variable of SGLang', 'SGLang 0.5', 'SGLANG_PP_LAYER_PARTITION');

export const tensorrtLlm = partitionTarget({
  name: 'tensorrt-llm',
  summary: 'pp_size and pp_partition of TensorRT-LLM',
  writtenAgainst: 'TensorRT-LLM 1.0',
  path: 'tensorrt-llm.json',
  text: (counts) => `${JSON.stringify({ pp_size: counts.length, pp_partition: counts }, null, 2)}\n`,
  read: (text) => {
    const { pp_size, pp_partition } = JSON.parse(text) as { pp_size: number; pp_partition: number[] };
    return pp_size === pp_partition.length ? pp_partition : null;
  },
});

export const megatron = partitionTarget({
  name: 'megatron',
  summary: "the argument --pipeline-model-parallel-layout of Megatron-LM: 'Ettt|tt|ttL'",
  writtenAgainst: 'Megatron-LM core 0.13',
  path: 'megatron.args',
  text: (counts) => `--pipeline-model-parallel-size ${counts.length} ${MEGATRON} "${megatronLayout(counts)}"\n`,
  read: (text) => {
    const match = new RegExp(`^--pipeline-model-parallel-size (\\d+) ${MEGATRON} "([Et|L]+)"\\n$`).exec(text);
    const counts = match ? readMegatronLayout(match[2]!) : null;
    return counts?.length === Number(match?.[1]) ? counts : null;
  },
});

/** E is the embedding, t a layer, L the loss, '|' stands between stages. */
export const megatronLayout = (counts: readonly number[]): string => `E${counts.map((count) => 't'.repeat(count)).join('|')}L`;

/** Layers of each stage; null unless the embedding is first, the loss last, and every stage holds layers alone otherwise. */
export function readMegatronLayout(layout: string): number[] | null {
  return /^Et+(\|t+)*L$/.test(layout) ? layout.slice(1, -1).split('|').map((stage) => stage.length) : null;
}
