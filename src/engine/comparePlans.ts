import { t } from '@vscode/l10n';
import { basename, resolve } from 'node:path';
import { judge } from '../placement/judge';
import type { Placement } from '../placement/problem';
import type { PlanComparison } from '../shared/comparisonView';
import type { PlanEdit } from '../shared/planEdits';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { compareViews } from './compareViews';
import { openPlacement } from './openPlacement';
import type { Planned } from './planned';
import type { OpenedPlacement } from './requests';

/** A plan by its file, or by the text of one (an unsaved plan, a version from the history). */
export interface ComparedPlan {
  readonly path: string;
  readonly text?: string;
  /** steps by hand from `text` to the plan that is meant, where a host follows them */
  readonly edits?: readonly PlanEdit[];
  /** what people call it; the file's name if absent */
  readonly name?: string;
}

/** Reads a plan; a host that has it at hand gives its own. */
export type PlanOpener = (plan: ComparedPlan, control: Control) => OpenedPlacement;

const fromFile: PlanOpener = ({ path, text }, control) => openPlacement(resolve(path), control, text);

/**
 * What changed between two plans of one model, and what it gains on the terms of the first. Both are computed anew with the model as it is, so that old times do not pass
 * for a difference of plans.
 *
 * @throws UserError if a plan cannot be read, is stale, or the two are of different models
 */
export function comparePlans(before: ComparedPlan, after: ComparedPlan, control: Control, opener: PlanOpener = fromFile): PlanComparison {
  const open = (plan: ComparedPlan) => {
    const { view, planned, file } = opener(plan, control);
    if (!planned) throw new UserError(plan.name ?? basename(plan.path), t('is stale: {0}.', view.plan?.stale ?? t('the model changed')), t('Partition the model again before comparing.'));
    const { from: _, ...cluster } = file.cluster;
    return { view, planned, cluster: JSON.stringify(cluster), bound: JSON.stringify(Object.entries(file.model.bound).sort()) };
  };
  const [a, b] = [open(before), open(after)];
  if (a.view.modelName !== b.view.modelName || a.view.operators.length !== b.view.operators.length) {
    throw new UserError(after.name ?? basename(after.path), t('is a plan of {0}, the other one of {1}.', b.view.modelName, a.view.modelName), t('Compare two plans of one model.'));
  }
  const sameCluster = a.cluster === b.cluster;
  const nameOf = ({ name, path }: ComparedPlan): string => name ?? basename(path);
  return {
    ...compareViews({ name: nameOf(before), view: a.view }, { name: nameOf(after), view: b.view }, sameKinds(a.planned, b.planned) ? 'device' : 'stage'),
    sameCluster,
    differs: [...(sameCluster ? [] : ['cluster' as const]), ...(a.planned.objective === b.planned.objective ? [] : ['objective' as const]), ...(a.bound === b.bound ? [] : ['dimensions' as const])],
    ...onTermsOf(a.planned, b.planned),
  };
}

/** Whether each device class that a plan uses is one of the other's cluster, too: only then does a device's name mean the same in both. */
function sameKinds(a: Planned, b: Planned): boolean {
  const used = ({ input, placement }: Planned): string[] => placement!.order.map((device) => input.problem.classes[input.devices[device]!.class]!.name);
  const has = ({ input }: Planned, name: string): boolean => input.problem.classes.some((deviceClass) => deviceClass.name === name);
  return used(a).every((name) => has(b, name)) && used(b).every((name) => has(a, name));
}

/** What a plan takes on the cluster, for the objective, and with the dimensions of another one; devices go by class and position. */
function onTermsOf(first: Planned, second: Planned): Pick<PlanComparison, 'secondOnFirst' | 'incomparable'> {
  const without = (incomparable: string): Pick<PlanComparison, 'secondOnFirst' | 'incomparable'> => ({ secondOnFirst: null, incomparable });
  const placement = second.placement!;
  const numberOf = new Map(first.input.devices.map(({ name }, device) => [name, device]));
  const deviceOf = second.input.devices.map(({ name }) => numberOf.get(name) ?? -1);
  const lost = placement.order.find((device) => deviceOf[device]! < 0);
  if (lost !== undefined) return without(t('the first cluster has no device {0}', second.input.devices[lost]!.name));
  if (first.input.nodes.length !== second.input.nodes.length) return without(t('different operators can be computed before the model runs'));
  if (second.objective === 'latency' && first.objective !== 'latency' && new Set(placement.order).size < placement.order.length) return without(t('the second plan uses a device several times, which a pipeline cannot'));
  const translated: Placement = {
    ...placement,
    assignment: Int32Array.from(first.input.nodes, (operator) => deviceOf[second.devices![operator]!]!),
    order: placement.order.map((device) => deviceOf[device]!),
  };
  const { value, violations } = judge(first.input.problem, translated, first.objective, second.objective !== 'latency' || first.objective === 'latency');
  return violations.length > 0 ? without(t('the second plan is not possible on the terms of the first ({0})', violations[0]!)) : { secondOnFirst: value, incomparable: '' };
}
