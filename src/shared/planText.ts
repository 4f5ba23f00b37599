import { t } from '@vscode/l10n';
import { gainSentence, type PlanComparison } from './comparisonView';
import type { PlanExplanation } from './explanationView';
import { formatBytes, formatSeconds, operatorsText } from './format';
import { objectiveName } from './planning';
import type { PlanView, StageView } from './planView';

/** Plans in plain words, for language models and others who cannot look at a picture. Names of a model may be anything: they are cut short and kept on their line. */

const LONGEST_NAME = 120;
const LONGEST_SENTENCE = 1000;
/** Lines of one kind: more are counted, not listed. */
const MOST_ROWS = 40;
const MOST_WARNINGS = 5;

const cut = (text: string, longest: number): string => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
};
const plain = (name: string): string => cut(name, LONGEST_NAME);
const sentence = (text: string): string => cut(text, LONGEST_SENTENCE);

/** A plan: its value, what is known of it, and a line for each stage; of very many stages, for those that take longest. */
export function planText({ modelName, plan, warnings }: PlanView): string {
  if (plan === null) return t('{0} has no plan.', plain(modelName));
  const { certificate, cluster, objective, stages, stale } = plan;
  const longest = new Set([...stages].sort((a, b) => b.loadSeconds - a.loadSeconds || Number(b.bottleneck) - Number(a.bottleneck)).slice(0, MOST_ROWS));
  const others = stages.filter((stage) => !longest.has(stage));
  const moreWarnings = warnings.length - MOST_WARNINGS;
  return [
    `${placeAndTime(modelName, cluster.name, objective, certificate.value)}; ${sentence(certificate.sentence)}.`,
    ...(stale === null ? [] : [t('The plan is stale: {0}.', sentence(stale))]),
    ...stages.filter((stage) => longest.has(stage)).map(stageLine),
    ...(others.length > 0 ? [othersText(others)] : []),
    ...warnings.slice(0, MOST_WARNINGS).map((warning) => t('Warning: {0}', sentence(warning))),
    ...(moreWarnings > 0 ? [moreWarnings === 1 ? t('and 1 more warning') : t('and {0} more warnings', moreWarnings)] : []),
  ].join('\n');
}

const placeAndTime = (name: string, cluster: string, objective: string, value: number): string =>
  t({ message: '{0} on {1}, {2}: {3} per sample', args: [plain(name), plain(cluster), objectiveName(objective), formatSeconds(value)], comment: 'A model or a plan, its cluster, what the plan is made for, and a time' });

function stageLine({ name, device, replicas, loadSeconds, computeSeconds, communicationSeconds, weightBytes, activationBytes, operatorCount, bottleneck }: StageView): string {
  const where = replicas === undefined ? plain(device) : `${plain(device)} x ${replicas}`;
  const facts = [
    t('stage {0} on {1}: {2} per sample (compute {3}, transfers {4})', plain(name), where, formatSeconds(loadSeconds), formatSeconds(computeSeconds), formatSeconds(communicationSeconds)),
    t('{0} of memory', formatBytes(weightBytes + activationBytes)),
    operatorsText(operatorCount),
    ...(bottleneck ? [t('the bottleneck')] : []),
  ];
  return facts.join(', ');
}

function othersText(others: readonly StageView[]): string {
  const most = formatSeconds(Math.max(...others.map(({ loadSeconds }) => loadSeconds)));
  return others.length === 1 ? t('and 1 other stage, which takes {0} per sample', most) : t('and {0} other stages, none of which takes more than {1} per sample', others.length, most);
}

const stagesText = (count: number): string => (count === 1 ? t('1 stage') : t('{0} stages', count));

/** Why a plan is as it is, a line for each statement. */
export const explanationText = ({ statements }: PlanExplanation): string => statements.map(({ topic, text }) => `${topic}: ${sentence(text)}`).join('\n');

/** How two plans differ: of very many ways that operators went, those that most of them went. */
export function comparisonText(comparison: PlanComparison): string {
  const sides = comparison.sides.map(({ name, cluster, objective, value, stages, optimal }) => [placeAndTime(name, cluster, objective, value), stagesText(stages), ...(optimal ? [t('optimal')] : [])].join(', '));
  const moves = comparison.moves.slice(0, MOST_ROWS).map(({ from, to, operators, scope, examples }) =>
    t({ message: '{0} from {1} to {2}: {3}', args: [operators, plain(from), plain(to), plain(scope === '' ? examples.join(', ') : scope)], comment: 'So many operators went from one device to another; which' }),
  );
  const others = comparison.moves.slice(MOST_ROWS).reduce((sum, { operators }) => sum + operators, 0);
  return [...sides, sentence(gainSentence(comparison)), ...moves, ...(others > 0 ? [t('{0} in other ways', operatorsText(others))] : [])].join('\n');
}
