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
    return new UserError(subject, `no device of the cluster runs ${qualifiedType(operator)} ("${operator.id}").`, 'Add a device that does, such as the host.');
  }
  if (pinned.size > 0) {
    const which = pinned.size === 1 ? 'pin: every plan that keeps it' : `${pinned.size} pins: every plan that keeps all of them`;
    return new UserError(subject, `cannot be placed with its ${which} is ruled out by the memory of the devices, by what they support, or by the order in which data flows.`, pinned.size === 1 ? 'Remove it.' : 'Remove some.');
  }
  const main = mainClass(input.problem);
  const { name, count, memoryBytes } = input.problem.classes[main]!;
  const fit = fitOn(input.problem, main);
  const remedies = [
    ...(fit.memoryBytes === undefined ? [] : [`${count} x ${formatBytes(roundedUp(fit.memoryBytes))}`]),
    ...(fit.devices === undefined || fit.devices <= count ? [] : [`${fit.devices} x ${formatBytes(memoryBytes)}`]),
  ];
  const remedy = remedies.length === 0 ? 'Give the cluster devices that run all operators.' : `The smallest found that would fit is ${remedies.join(', or ')}${nameOf(problem, name)}.`;
  return new UserError(subject, `needs ${formatBytes(fit.totalBytes)}, the cluster has ${clusterText(input.problem)}.`, remedy);
}

/** The class that has most memory in all: the accelerators, in every usual cluster. */
function mainClass({ classes }: PlacementProblem): number {
  const total = classes.map(({ count, memoryBytes }) => count * memoryBytes);
  return total.indexOf(Math.max(...total));
}

const clusterText = ({ classes }: PlacementProblem): string =>
  classes.map(({ count, memoryBytes, name }) => `${count} x ${formatBytes(memoryBytes)}${classes.length > 1 ? ` (${name})` : ''}`).join(' and ');

const nameOf = ({ classes }: PlacementProblem, name: string): string => (classes.length > 1 ? ` of ${name}` : '');

/** To three digits, upwards: what is advised must be enough. */
function roundedUp(bytes: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, bytes))) - 2);
  return Math.ceil(bytes / unit) * unit;
}
