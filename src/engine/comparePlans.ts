import { t } from '@vscode/l10n';
import { basename, resolve } from 'node:path';
import { judge } from '../placement/judge';
import type { Placement } from '../placement/problem';
import type { PlanComparison, PlanMove, PlanSide } from '../shared/comparisonView';
import type { PlanView } from '../shared/planView';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { openPlacement } from './openPlacement';
import type { Planned } from './planned';

/** Ids that a move names. */
const EXAMPLES = 3;

/** A plan by its file, or by the text of one (an unsaved plan, a version from the history). */
export interface ComparedPlan {
  readonly path: string;
  readonly text?: string;
  /** what people call it; the file's name if absent */
  readonly name?: string;
}

/**
 * What changed between two plans of one model, and what it gains on the terms of the first. Both are computed anew with the model as it is, so that old times do not pass
 * for a difference of plans.
 *
 * @throws UserError if a plan cannot be read, is stale, or the two are of different models
 */
export function comparePlans(before: ComparedPlan, after: ComparedPlan, control: Control): PlanComparison {
  const open = (plan: ComparedPlan): { view: PlanView; planned: Planned; cluster: string } => {
    const { view, planned, file } = openPlacement(resolve(plan.path), control, plan.text);
    if (!planned) throw new UserError(plan.name ?? basename(plan.path), t('is stale: {0}.', view.plan?.stale ?? t('the model changed')), t('Partition the model again before comparing.'));
    const { from: _, ...cluster } = file.cluster;
    return { view, planned, cluster: JSON.stringify(cluster) };
  };
  const [a, b] = [open(before), open(after)];
  if (a.view.modelName !== b.view.modelName || a.view.operators.length !== b.view.operators.length) {
    throw new UserError(after.name ?? basename(after.path), t('is a plan of {0}, the other one of {1}.', b.view.modelName, a.view.modelName), t('Compare two plans of one model.'));
  }
  const sameCluster = a.cluster === b.cluster;
  const place = (view: PlanView, operator: number): string => view.plan!.stages[view.operators[operator]!.stage]?.device ?? '–';
  const byWay = new Map<string, number[]>();
  a.view.operators.forEach((operator, index) => {
    if (operator.foldable) return;
    const [from, to] = [place(a.view, index), place(b.view, index)];
    if (from === to) return;
    const way = `${from}\n${to}`;
    byWay.set(way, [...(byWay.get(way) ?? []), index]);
  });
  const moves = [...byWay].map(([way, indices]): PlanMove => {
    const [from, to] = way.split('\n') as [string, string];
    const operators = indices.map((index) => a.view.operators[index]!);
    return { from, to, operators: indices.length, scope: sharedScope(operators.map(({ name }) => name)), examples: operators.slice(0, EXAMPLES).map(({ id }) => id) };
  });
  moves.sort((x, y) => y.operators - x.operators || (x.from < y.from ? -1 : 1));
  return {
    modelName: a.view.modelName,
    sides: [sideOf(before, a.view), sideOf(after, b.view)],
    moves,
    moved: [...byWay.values()].flat().sort((x, y) => x - y).map((index) => a.view.operators[index]!.id),
    sameCluster,
    ...onTermsOf(a.planned, b.planned),
  };
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

function sideOf({ path, name }: ComparedPlan, { plan }: PlanView): PlanSide {
  const { value, lowerBound, optimal } = plan!.certificate;
  return { name: name ?? basename(path), cluster: plan!.cluster.name, objective: plan!.objective, value, lowerBound, optimal, stages: plan!.stages.length, tensorsCut: plan!.cuts.length };
}

/** The longest path of whole scopes that all names begin with. */
function sharedScope(names: readonly string[]): string {
  const parts = names.map((name) => name.split(/[/.]/).filter((part) => part !== '').slice(0, -1));
  const first = parts[0] ?? [];
  let shared = first.length;
  for (const other of parts) {
    let same = 0;
    while (same < shared && other[same] === first[same]) same++;
    shared = same;
  }
  return shared === 0 ? '' : `/${first.slice(0, shared).join('/')}`;
}
