import { t } from '@vscode/l10n';
import { basename } from 'node:path';
import { buildProblem } from '../cost/buildProblem';
import type { ClusterFile } from '../cost/clusterFile';
import { judge } from '../placement/judge';
import type { Placement, Solution } from '../placement/problem';
import { solvePlacement } from '../placement/solvePlacement';
import type { PlanExplanation, PlanStatement } from '../shared/explanationView';
import { formatBytes, formatPercent, formatSeconds } from '../shared/format';
import { throwIfCancelled, type Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { typeName } from '../sidecar/staleness';
import { moveSentence } from './explainOperator';
import { problemWithPins } from './pins';
import { classOfDevices, type Planned } from './planned';

/** Seconds for each question that is answered by solving again. */
const EACH_SECONDS = 10;
/** Cuts that are looked at, the ones beside the bottleneck first: more than this nobody reads. */
const MOST_CUTS = 8;
/** Differences of values below this are none. */
const SAME = 1e-6;
/** Share of its memory from which a device counts as full. */
const FULL = 0.9;

/**
 * Why a plan is as it is, and what would change it: what bounds the bottleneck, what the next operator moved across each cut would cost, and what one
 * more device, twice the link and twice the memory would bring. Each number is an evaluation or a solution of the changed problem, not an
 * estimate.
 *
 * @throws CancelledError if cancelled
 */
export async function explainPlan(planned: Planned, certificate: Solution['certificate'], control: Control): Promise<PlanExplanation> {
  const { placement, prepared } = planned;
  if (!placement) throw new Error('explainPlan: there is no placement');
  control.report({ phase: t('looking at the stages') });
  const bottleneck = bottleneckOf(planned);
  const statements: PlanStatement[] = [
    { topic: t('Certificate'), text: certificateText(certificate, planned) },
    { topic: t('Bottleneck'), text: bottleneckText(planned, placement, bottleneck) },
    ...balance(planned, placement, certificate),
    ...cutStatements(planned, placement, bottleneck),
    ...(await changes(planned, certificate.value, control)),
  ];
  return { modelName: basename(prepared.model.path), statements };
}

function certificateText({ value, lowerBound, optimal }: Solution['certificate'], { objective }: Planned): string {
  const time = objective === 'latency' ? t('{0} for one sample.', formatSeconds(value)) : t('{0} per sample.', formatSeconds(value));
  if (optimal) return `${time} ${t('It is proven that nothing of its kind is faster: every other split was ruled out.')}`;
  if (!(lowerBound > 0)) return `${time} ${t('No lower bound is known, so it may be far from the best.')}`;
  return `${time} ${t('No split of its kind is below {0}, so at most {1} of the time can still be saved.', formatSeconds(lowerBound), formatPercent(1 - lowerBound / value))}`;
}

function bottleneckOf({ loads }: Planned): number {
  return loads!.reduce((worst, load, stage) => (load.loadSeconds > loads![worst]!.loadSeconds ? stage : worst), 0);
}

/** Nodes of a stage, in topological order. */
function nodesOf({ stages, input }: Planned, stage: number): number[] {
  return [...input.nodes].flatMap((operator, node) => (stages![operator] === stage ? [node] : []));
}

function bottleneckText(planned: Planned, placement: Placement, stage: number): string {
  const { problem, input, prepared } = planned;
  const load = planned.loads![stage]!;
  const device = input.devices[placement.order[stage]!]!.name;
  const cls = problem.classes[load.class]!;
  const nodes = nodesOf(planned, stage);
  const time = (node: number): number => problem.seconds[load.class]![node]! + (problem.training?.seconds[load.class]![node] ?? 0);
  const longest = nodes.reduce((most, node) => (time(node) > time(most) ? node : most), nodes[0]!);
  const name = `"${prepared.graph.operators[input.nodes[longest]!]!.id}" (${typeName(prepared.graph.operators[input.nodes[longest]!]!)})`;
  const parts = [t('Stage {0} on {1} takes {2} per sample: {3} computing and {4} added by transfers.', stage, device, formatSeconds(load.loadSeconds), formatSeconds(load.computeSeconds), formatSeconds(Math.max(0, load.loadSeconds - load.computeSeconds)))];
  const memory = load.residentBytes + load.workspaceBytes + load.stashBytes;
  const only = nodes.filter((node) => problem.classes.every((other, c) => c === load.class || other.count === 0 || !Number.isFinite(problem.seconds[c]![node]!)));
  if (nodes.length === 1) parts.push(t('It is one operator, {0}: an operator cannot be split, so no plan on this class of device can be below this stage without replicas.', name));
  else if (time(longest) > 0.5 * load.computeSeconds) parts.push(t({ message: 'More than half of that is one operator, {0}, {1}, which cannot be split.', args: [name, formatSeconds(time(longest))], comment: 'The name of an operator, and its time' }));
  else if (load.receiveSeconds + load.sendSeconds > load.computeSeconds) parts.push(t('Its transfers bound it, not its operators: a faster link helps more than a faster device.'));
  else parts.push(t({ message: 'Its operators bound it; the longest is {0}, {1}.', args: [name, formatSeconds(time(longest))], comment: 'The name of an operator, and its time' }));
  if (Number.isFinite(cls.memoryBytes) && memory > FULL * cls.memoryBytes) parts.push(t('Its memory is nearly full ({0} of {1}), which limits what can be moved here.', formatBytes(memory), formatBytes(cls.memoryBytes)));
  if (problem.classes.filter(({ count }) => count > 0).length > 1 && only.length > 0 && only.length < problem.labels.length) {
    parts.push(only.length === 1 ? t('1 operator of it can run on {0} only.', cls.name) : t('{0} operators of it can run on {1} only.', only.length, cls.name));
  }
  return parts.join(' ');
}

/** Plans that look uneven are distrusted: how uneven it is, and why that is no fault. */
function balance(planned: Planned, placement: Placement, { optimal }: Solution['certificate']): PlanStatement[] {
  if (placement.order.length < 2 || planned.objective === 'latency') return [];
  const loads = planned.loads!.map(({ loadSeconds }) => loadSeconds);
  const [least, most] = [Math.min(...loads), Math.max(...loads)];
  if (least > 0.95 * most) return [{ topic: t('Balance'), text: t('The stages differ by at most {0}.', formatPercent(1 - least / most)) }];
  const stage = loads.indexOf(least);
  const why = optimal
    ? t('Only the largest load counts: work that moves to it from its neighbours does not lower that one, or moves in pieces too large, or makes transfers that cost more than it saves, as the cuts below show.')
    : t('A more even split may exist; none was found.');
  return [{ topic: t('Balance'), text: `${t('Stage {0} takes {1}, {2} less than the largest.', stage, formatSeconds(least), formatPercent(1 - least / most))} ${why}` }];
}

/** What the next operator on either side of a cut would do on the other side. */
function cutStatements(planned: Planned, placement: Placement, bottleneck: number): PlanStatement[] {
  if (planned.objective === 'latency') return [];
  const cuts = placement.order.slice(1).map((_, i) => i);
  const near = (cut: number): number => Math.min(Math.abs(cut - bottleneck), Math.abs(cut + 1 - bottleneck));
  const chosen = [...cuts].sort((a, b) => near(a) - near(b) || a - b).slice(0, MOST_CUTS).sort((a, b) => a - b);
  return chosen.map((cut) => {
    const last = nodesOf(planned, cut).at(-1)!;
    const first = nodesOf(planned, cut + 1)[0]!;
    const named = (node: number): string => `"${planned.prepared.graph.operators[planned.input.nodes[node]!]!.id}"`;
    return {
      topic: t({ message: 'Cut {0} → {1}', args: [cut, cut + 1], comment: 'Where the graph is cut between two stages' }),
      text: `${moveSentence(planned, placement, last, cut, cut + 1, named(last))} ${moveSentence(planned, placement, first, cut + 1, cut, named(first))}`,
    };
  });
}

/** The class with the most devices that are not the host: the accelerators of every usual cluster. */
function mainDevices(cluster: ClusterFile): number {
  const counts = cluster.devices.map(({ count, host }) => (host === true ? 0 : count));
  const most = Math.max(...counts);
  return most > 0 ? counts.indexOf(most) : 0;
}

/** What more of one thing would bring, each by solving the changed problem. */
async function changes(planned: Planned, value: number, control: Control): Promise<PlanStatement[]> {
  const { cluster, problem, placement } = planned;
  const main = mainDevices(cluster);
  const { class: name, count } = cluster.devices[main]!;
  const each = cluster.servers?.count ?? 1;
  const device = (change: Partial<ClusterFile['devices'][number]>): ClusterFile => ({ ...cluster, devices: cluster.devices.map((d, i) => (i === main ? { ...d, ...change } : d)) });
  const faster = { ...cluster, links: cluster.links.map((link) => ({ ...link, bytesPerSecond: 2 * link.bytesPerSecond })), ...(cluster.servers && { servers: { ...cluster.servers, bytesPerSecond: 2 * cluster.servers.bytesPerSecond } }) };
  const memory = cluster.devices[main]!.memoryBytes;
  const anyTransfer = problem.nets.some(({ transferSeconds }) => transferSeconds.some((seconds) => seconds > 0));
  const used = new Set(placement!.order).size;
  const questions: { readonly topic: string; readonly what: string; readonly cluster: ClusterFile | null; readonly none: string }[] = [
    { topic: t('One more device'), what: each === 1 ? t('With {0} instead of {1} {2}', count + 1, count, name) : t('With one more {0} in each server', name), cluster: device({ count: count + each }), none: '' },
    { topic: t('Twice the link'), what: t('With twice the bandwidth of every link'), cluster: anyTransfer ? faster : null, none: t('Nothing is transferred at a cost, so the links do not matter.') },
    { topic: t('Twice the memory'), what: t('With twice the memory of each {0}', name), cluster: memory === undefined ? null : device({ memoryBytes: 2 * memory }), none: t('The memory of {0} is unbounded.', name) },
  ];
  const found: PlanStatement[] = [];
  for (const { topic, what, cluster: changed, none } of questions) {
    throwIfCancelled(control);
    control.report({ phase: topic });
    found.push({ topic, text: changed === null ? none : await changeText(planned, changed, what, value, used, control) });
  }
  return found;
}

async function changeText(planned: Planned, cluster: ClusterFile, what: string, value: number, used: number, control: Control): Promise<string> {
  const input = buildProblem(planned.prepared.graph, planned.prepared.costs, cluster, planned.planning);
  // devices keep their numbers within a class; those of later classes move up
  const shift = input.devices.map(({ name }) => name);
  const before = planned.input.devices;
  const pinned = new Map([...planned.pinned].map(([operator, to]) => [operator, 'device' in to ? { device: shift.indexOf(before[to.device]!.name) } : to]));
  const problem = problemWithPins({ ...input }, pinned);
  const slots = Math.max(1, ...[...new Set(planned.placement!.order)].map((device) => planned.placement!.order.filter((other) => other === device).length));
  try {
    const { placement, certificate } = await solvePlacement(problem, { objective: planned.objective, method: 'auto', timeLimitSeconds: EACH_SECONDS, slots }, { ...control, report: () => undefined });
    const { value: now } = judge(problem, placement, planned.objective);
    const devices = classOfDevices(problem).length;
    return changeSentence(what, value, now, certificate, used < devices);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${what}: ${error.problem}`;
  }
}

/** @param what a condition: "With twice the memory of each a100" */
function changeSentence(what: string, value: number, now: number, { optimal, lowerBound }: Solution['certificate'], idle: boolean): string {
  const bound = formatSeconds(lowerBound);
  if (now < value * (1 - SAME)) {
    const [time, less] = [formatSeconds(now), formatPercent(1 - now / value)];
    return optimal
      ? t({ message: '{0} the best plan takes {1}, {2} less.', args: [what, time, less], comment: 'What is filled in first is a condition, such as "With twice the memory of each a100"' })
      : t({ message: '{0} the best plan takes {1}, {2} less ({3} is the best possible).', args: [what, time, less, bound], comment: 'What is filled in first is a condition, such as "With twice the memory of each a100"' });
  }
  if (now > value * (1 + SAME) && !optimal) {
    return t({ message: '{0} nothing better was found in {1} s ({2} is the best possible).', args: [what, EACH_SECONDS, bound], comment: 'What is filled in first is a condition, such as "With twice the memory of each a100"' });
  }
  return idle
    ? t({ message: '{0} the best plan stays as fast as it is; not all devices are in use.', args: [what], comment: 'What is filled in first is a condition, such as "With twice the memory of each a100"' })
    : t({ message: '{0} the best plan stays as fast as it is.', args: [what], comment: 'What is filled in first is a condition, such as "With twice the memory of each a100"' });
}
