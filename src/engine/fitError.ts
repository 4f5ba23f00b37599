import { t } from '@vscode/l10n';
import { qualifiedType } from '../cost/operatorCost';
import type { PlacementProblem } from '../placement/problem';
import { formatBytes } from '../shared/format';
import { UserError } from '../shared/userError';
import { fitOn } from './fit';
import type { Planned } from './planned';

type Attempt = Pick<Planned, 'prepared' | 'cluster' | 'input' | 'problem' | 'pinned'>;

/**
 * Why no placement exists, in one sentence, with what would do.
 *
 * @param subject what messages call the model
 */
export function noPlacement(attempt: Attempt, subject: string): UserError {
  const { prepared, input, problem, pinned } = attempt;
  const homeless = problem.labels.findIndex((_, v) => input.problem.seconds.every((seconds) => !Number.isFinite(seconds[v]!)));
  if (homeless >= 0) {
    const operator = prepared.graph.operators[input.nodes[homeless]!]!;
    return new UserError(subject, t('no device of the cluster runs {0} ("{1}").', qualifiedType(operator), operator.id), t('Add a device that does, such as the host.'));
  }
  if (pinned.size > 0) {
    return pinned.size === 1
      ? new UserError(subject, t('cannot be placed with its pin: every plan that keeps it is ruled out by the memory of the devices, by what they support, or by the order in which data flows.'), t('Remove it.'))
      : new UserError(
          subject,
          t('cannot be placed with its {0} pins: every plan that keeps all of them is ruled out by the memory of the devices, by what they support, or by the order in which data flows.', pinned.size),
          t('Remove some.'),
        );
  }
  const main = mainClass(input.problem);
  const { name, count, memoryBytes } = input.problem.classes[main]!;
  const fit = fitOn(input.problem, main);
  const remedies = [
    ...(fit.memoryBytes === undefined ? [] : [`${count} x ${formatBytes(roundedUp(fit.memoryBytes))}`]),
    ...(fit.devices === undefined || fit.devices <= count ? [] : [`${fit.devices} x ${formatBytes(memoryBytes)}`]),
  ];
  return new UserError(subject, t('needs {0}, the cluster has {1}.', formatBytes(fit.totalBytes), clusterText(input.problem)), remedyText(remedies, problem.classes.length > 1 ? name : null));
}

/** The class that has most memory in all: the accelerators, in every usual cluster. */
function mainClass({ classes }: PlacementProblem): number {
  const total = classes.map(({ count, memoryBytes }) => count * memoryBytes);
  return total.indexOf(Math.max(...total));
}

const clusterText = ({ classes }: PlacementProblem): string =>
  classes.map(({ count, memoryBytes, name }) => `${count} x ${formatBytes(memoryBytes)}${classes.length > 1 ? ` (${name})` : ''}`).reduce((all, each) => t({ message: '{0} and {1}', args: [all, each], comment: 'Devices of a cluster' }));

/** @param name of the class of devices, if there are several */
function remedyText([one, other]: readonly string[], name: string | null): string {
  if (one === undefined) return t('Give the cluster devices that run all operators.');
  if (other === undefined) return name === null ? t('The smallest found that would fit is {0}.', one) : t('The smallest found that would fit is {0} of {1}.', one, name);
  return name === null ? t('The smallest found that would fit is {0}, or {1}.', one, other) : t('The smallest found that would fit is {0}, or {1} of {2}.', one, other, name);
}

/** To three digits, upwards: what is advised must be enough. */
function roundedUp(bytes: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, bytes))) - 2);
  return Math.ceil(bytes / unit) * unit;
}
