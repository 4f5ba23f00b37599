import { t } from '@vscode/l10n';
import { UserError } from '../../shared/userError';
import type { PlacementProblem } from '../problem';

/** On no accelerator: the operator runs on a processor of the host. */
export const HOST = -1;

/**
 * How a sample passes through the devices. Slot `s` belongs to accelerator `floor(s / slotsPerAccelerator)`, and the slots of one
 * accelerator run in ascending order.
 */
export interface LatencySplit {
  /** operator -> slot, or HOST */
  readonly slotOf: Int32Array;
  /** most subgraphs an accelerator runs one after the other; at least 1 */
  readonly slotsPerAccelerator: number;
}

/** Which class plays which part when one sample is timed. */
export interface LatencyRoles {
  /** index of the class whose devices run slots */
  readonly accelerator: number;
  /** index of the class that has a processor for everything that is ready and pays nothing for transfers; -1 if there is none */
  readonly host: number;
}

/**
 * Finds the accelerators and the host: at most two classes, and of two at least one pays nothing for any transfer. That one is the host;
 * if neither pays anything it is the second. A class without devices plays no part.
 * @throws UserError if the classes or a backward pass do not fit the model of one sample's latency
 */
export function latencyRoles(problem: PlacementProblem): LatencyRoles {
  const subject = 'latency of one sample';
  if (problem.backward.some((b) => b === 1)) throw new UserError(subject, t('the problem has a backward pass.'), t('Give the inference graph alone.'));
  if (problem.servers) throw new UserError(subject, t('the cluster has {0} servers.', problem.servers.count), t('Give one of them alone: one sample gains nothing from a slower link.'));
  const { classes } = problem;
  if (classes.length === 0 || classes.length > 2) {
    throw new UserError(subject, t('one class of accelerators and at most one of host processors are needed, got {0} classes.', classes.length));
  }
  const present = (c: number): number => (classes[c]!.count > 0 ? c : -1);
  if (classes.length === 1) return { accelerator: 0, host: -1 };
  const free = (c: number): boolean => problem.nets.every((net) => net.transferSeconds[c] === 0);
  if (free(1)) return { accelerator: 0, host: present(1) };
  if (free(0)) return { accelerator: 1, host: present(0) };
  throw new UserError(subject, t("both '{0}' and '{1}' pay for transfers.", classes[0]!.name, classes[1]!.name), t('One class must be the host, whose memory transfers go through.'));
}

/** @throws UserError if it is not a whole number of at least 1 */
export function checkSlots(slots: number): void {
  if (!Number.isInteger(slots) || slots < 1) throw new UserError('slots per accelerator', t('must be a whole number of at least {0}, got {1}.', 1, slots));
}
