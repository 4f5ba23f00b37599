import { t } from '@vscode/l10n';
import { gainSentence, type PlanComparison } from './comparisonView';
import type { PlanExplanation } from './explanationView';
import { formatBytes, formatSeconds } from './format';
import { objectiveName } from './planning';
import type { PlanView, StageView } from './planView';

/** Plans in plain words, for language models and others who cannot look at a picture. Names of a model may be anything: they are cut short and kept on their line. */

const LONGEST_NAME = 120;
const MOST_ROWS = 40;

const plain = (name: string): string => {
  const line = name.replaceAll(/\s+/g, ' ');
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME)}…` : line;
};

/** A plan: its value, what is known of it, and a line for each stage. */
export function planText({ modelName, plan, warnings }: PlanView): string {
  if (plan === null) return t('{0} has no plan.', plain(modelName));
  const { certificate, cluster, objective, stages, stale } = plan;
  const more = stages.length - MOST_ROWS;
  return [
    `${placeAndTime(modelName, cluster.name, objective, certificate.value)}; ${certificate.sentence}.`,
    ...(stale === null ? [] : [t('The plan is stale: {0}.', plain(stale))]),
    ...stages.slice(0, MOST_ROWS).map(stageLine),
    ...(more > 0 ? [more === 1 ? t('and 1 more stage') : t('and {0} more stages', more)] : []),
    ...warnings.slice(0, 5).map((warning) => t('Warning: {0}', plain(warning))),
  ].join('\n');
}

const placeAndTime = (name: string, cluster: string, objective: string, value: number): string =>
  t({ message: '{0} on {1}, {2}: {3} per sample', args: [plain(name), plain(cluster), objectiveName(objective), formatSeconds(value)], comment: 'A model or a plan, its cluster, what the plan is made for, and a time' });

function stageLine({ name, device, replicas, loadSeconds, computeSeconds, communicationSeconds, weightBytes, activationBytes, operatorCount, bottleneck }: StageView): string {
  const where = replicas === undefined ? plain(device) : `${plain(device)} x ${replicas}`;
  const facts = [
    t('stage {0} on {1}: {2} per sample (compute {3}, transfers {4})', name, where, formatSeconds(loadSeconds), formatSeconds(computeSeconds), formatSeconds(communicationSeconds)),
    t('{0} of memory', formatBytes(weightBytes + activationBytes)),
    operatorsText(operatorCount),
    ...(bottleneck ? [t('the bottleneck')] : []),
  ];
  return facts.join(', ');
}

const operatorsText = (count: number): string => (count === 1 ? t('1 operator') : t('{0} operators', count));
const stagesText = (count: number): string => (count === 1 ? t('1 stage') : t('{0} stages', count));

/** Why a plan is as it is, a line for each statement. */
export const explanationText = ({ statements }: PlanExplanation): string => statements.map(({ topic, text }) => `${topic}: ${text}`).join('\n');

/** How two plans differ. */
export function comparisonText(comparison: PlanComparison): string {
  const sides = comparison.sides.map(({ name, cluster, objective, value, stages, optimal }) => [placeAndTime(name, cluster, objective, value), stagesText(stages), ...(optimal ? [t('optimal')] : [])].join(', '));
  const moves = comparison.moves.slice(0, MOST_ROWS).map(({ from, to, operators, scope, examples }) =>
    t({ message: '{0} from {1} to {2}: {3}', args: [operators, from, to, plain(scope === '' ? examples.join(', ') : scope)], comment: 'So many operators went from one device to another; which' }),
  );
  return [...sides, gainSentence(comparison), ...moves].join('\n');
}
