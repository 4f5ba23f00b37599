// Written against PyTorch 2.8: torch.distributed.pipelining.pipeline(split_spec=...). From its documentation; it was not run.
import { UserError } from '../../shared/userError';
import type { ExportTarget } from '../exportPlan';
import { layerExpressible, refuseUneven, wholeLayers } from '../layers';
import { withRounding } from './partitions';

/** The lines that turn the file into what `pipeline` takes. */
const LOADER = `import json
from pathlib import Path
from torch.distributed.pipelining import Schedule1F1B, ScheduleGPipe, SplitPoint, pipeline

plan = json.loads(Path(__file__).with_name("split_spec.json").read_text())
split_spec = {module: SplitPoint[point] for module, point in plan["split_spec"].items()}
schedule_class = {"1F1B": Schedule1F1B, "GPipe": ScheduleGPipe}[plan["schedule"]]


def build(module, example_micro_batch):
    """pipe = build(...); stage = pipe.build_stage(rank, device); schedule = schedule_class(stage, plan["n_microbatches"])"""
    return pipeline(module, mb_args=example_micro_batch, split_spec=split_spec)
`;

export const torch: ExportTarget = {
  name: 'torch',
  summary: 'split_spec.json for torch.distributed.pipelining, with the lines that load it',
  writtenAgainst: 'PyTorch 2.8',
  expressible: (plan, options) => [
    ...layerExpressible(plan, options),
    { aspect: 'schedule', state: 'yes', note: plan.objective === '1f1b' ? 'Micro-batches run in 1F1B order.' : 'Micro-batches run in the order of GPipe.' },
  ],
  make: (plan, options, subject) => {
    refuseUneven(plan, subject);
    const split = wholeLayers(plan, options, subject);
    const cuts = plan.stages.slice(1).map((_, i) => split.modules[split.stageOfLayer.indexOf(i + 1)]!);
    if (new Set(cuts).size < plan.stages.length - 1) throw new UserError(subject, 'has layers whose names repeat.', 'Give the pattern of its layers with --layer-pattern.');
    const spec = {
      split_spec: Object.fromEntries(cuts.map((module) => [module, 'BEGINNING'])),
      schedule: plan.objective === '1f1b' ? '1F1B' : 'GPipe',
      n_microbatches: plan.microBatches ?? 4 * plan.stages.length,
    };
    return withRounding(
      {
        files: [
          { path: 'split_spec.json', kind: 'text', text: `${JSON.stringify(spec, null, 2)}\n` },
          { path: 'load_split_spec.py', kind: 'text', text: LOADER },
        ],
        notes: [`${plan.stages.length} stages; the module names are those of the ONNX file: compare with module.named_modules().`],
      },
      split,
    );
  },
};
