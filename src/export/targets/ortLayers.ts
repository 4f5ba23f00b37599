// Written against ONNX Runtime 1.30: node metadata layer_ann and the session option session.layer_assignment_settings.
import { annotationSplices, splicedPieces } from '../../onnx/annotate';
import { UserError } from '../../shared/userError';
import type { ExportPlan, ExportTarget } from '../exportPlan';
import { sharedData } from '../externalFiles';
import { annotatedName, stem } from './names';

const KEY = 'layer_ann';
export const SESSION_OPTION = 'session.layer_assignment_settings';

export const ortLayers: ExportTarget = {
  name: 'ort-layers',
  summary: 'the model with ONNX Runtime layer annotations, and the session option that assigns them',
  writtenAgainst: 'ONNX Runtime 1.30',
  expressible: (plan) => [
    { aspect: 'cuts', state: 'yes', note: 'Every operator of the main graph names its stage; ONNX Runtime may still move what a provider cannot run.' },
    several(plan)
      ? { aspect: 'devices', state: 'no', note: 'One session has one instance of each execution provider: it cannot use several accelerators.' }
      : { aspect: 'devices', state: 'yes', note: 'Stages of the host go to the CPU, the others to the one accelerator.' },
    { aspect: 'schedule', state: 'no', note: 'Stages of one session run one after the other: there is no pipeline.' },
  ],
  make: (plan, _options, subject) => {
    if (several(plan)) {
      throw new UserError(subject, 'uses several accelerators, and one session of ONNX Runtime has one instance of each execution provider.', 'Export to onnx-ir11, or partition for the host and one accelerator.');
    }
    const settings = layerSettings(plan);
    validateSettings(settings, plan, subject);
    const nodes = Array.from(plan.stageOf, (stage) => ({ metadata: [[KEY, `stage${stage}`] as const] }));
    const pieces = splicedPieces(annotationSplices(plan.model, { nodes }, subject), plan.model.fileBytes);
    const option = { [SESSION_OPTION]: settings };
    return {
      files: [
        { path: annotatedName(plan.model.path, 'layers'), kind: 'model', pieces },
        { path: `${stem(plan.model.path)}.session.json`, kind: 'text', text: `${JSON.stringify(option, null, 2)}\n` },
        ...sharedData(plan.model),
      ],
      notes: [`Set the session option ${SESSION_OPTION} to "${settings}".`],
    };
  },
};

const isCore = (plan: ExportPlan, i: number): boolean => plan.stages[i]!.host || /^(cpu|core)\b/.test(plan.stages[i]!.device);

const several = (plan: ExportPlan): boolean =>
  new Set(plan.stages.filter((_, i) => !isCore(plan, i)).map(({ device }) => device)).size > 1 || plan.stages.some(({ replicas }, i) => replicas > 1 && !isCore(plan, i));

/** `gpu(=stage0, =stage1); cpu(=stage2)`: each designator once, '=' for exact matches. */
export function layerSettings(plan: ExportPlan): string {
  const parts = (['accelerator', 'cpu'] as const).flatMap((designator) => {
    const stages = plan.stages.flatMap((_, i) => (isCore(plan, i) === (designator === 'cpu') ? [`=stage${i}`] : []));
    return stages.length === 0 ? [] : [`${designator}(${stages.join(', ')})`];
  });
  return parts.join('; ');
}

/** The stages of each designator, read back. ONNX Runtime passes over a missing ';' in silence, so the grammar is checked here. */
export function readSettings(settings: string): Map<string, string[]> | null {
  const result = new Map<string, string[]>();
  for (const part of settings.split(';')) {
    const match = /^\s*([a-z]+(?::[\w.-]+)?)\(([^();]+)\)\s*$/.exec(part);
    if (!match || result.has(match[1]!)) return null;
    result.set(match[1]!, match[2]!.split(',').map((word) => word.trim()));
  }
  const words = [...result.values()].flat();
  return new Set(words).size < words.length ? null : result;
}

function validateSettings(settings: string, plan: ExportPlan, subject: string): void {
  const words = [...(readSettings(settings)?.values() ?? [])].flat();
  if (words.length !== plan.stages.length || plan.stages.some((_, i) => !words.includes(`=stage${i}`))) {
    throw new UserError(subject, `gave the session option "${settings}", which does not name every stage once.`, 'Please report this.');
  }
}
