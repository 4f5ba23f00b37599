import { gainSentence, type PlanComparison } from './comparisonView';
import type { PlanExplanation } from './explanationView';
import { formatBytes, formatSeconds } from './format';
import type { PlanView } from './planView';

/** Plans in plain words, for language models and others who cannot look at a picture. Names of a model may be anything: they are cut short and kept on their line. */

const LONGEST_NAME = 120;
const MOST_ROWS = 40;

const plain = (name: string): string => {
  const line = name.replaceAll(/\s+/g, ' ');
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME)}…` : line;
};

/** A plan: its value, what is known of it, and a line for each stage. */
export function planText({ modelName, plan, warnings }: PlanView): string {
  if (plan === null) return `${plain(modelName)} has no plan.`;
  const { certificate, cluster, objective, stages, stale } = plan;
  const rows = stages.slice(0, MOST_ROWS).map(
    (stage) =>
      `stage ${stage.name} on ${plain(stage.device)}${stage.replicas === undefined ? '' : ` x ${stage.replicas}`}: ${formatSeconds(stage.loadSeconds)} per sample (compute ${formatSeconds(stage.computeSeconds)}, transfers ${formatSeconds(stage.communicationSeconds)}), ` +
      `${formatBytes(stage.weightBytes + stage.activationBytes)} of memory, ${stage.operatorCount} operators${stage.bottleneck ? ', the bottleneck' : ''}`,
  );
  return [
    `${plain(modelName)} on ${plain(cluster.name)}, ${objective}: ${formatSeconds(certificate.value)} per sample; ${certificate.sentence}.`,
    ...(stale === null ? [] : [`The plan is stale: ${plain(stale)}.`]),
    ...rows,
    ...(stages.length > MOST_ROWS ? [`and ${stages.length - MOST_ROWS} more stages`] : []),
    ...warnings.slice(0, 5).map((warning) => `Warning: ${plain(warning)}`),
  ].join('\n');
}

/** Why a plan is as it is, a line for each statement. */
export const explanationText = ({ statements }: PlanExplanation): string => statements.map(({ topic, text }) => `${topic}: ${text}`).join('\n');

/** How two plans differ. */
export function comparisonText(comparison: PlanComparison): string {
  const sides = comparison.sides.map(({ name, cluster, objective, value, stages, optimal }) => `${plain(name)} on ${plain(cluster)}, ${objective}: ${formatSeconds(value)} per sample, ${stages} stages${optimal ? ', optimal' : ''}`);
  const moves = comparison.moves.slice(0, MOST_ROWS).map(({ from, to, operators, scope, examples }) => `${operators} from ${from} to ${to}: ${plain(scope === '' ? examples.join(', ') : scope)}`);
  return [...sides, gainSentence(comparison), ...moves].join('\n');
}
