import { t } from '@vscode/l10n';
import type { Operator, OperatorGraph } from '../graph/operatorGraph';
import type { OperatorCost } from './operatorCost';

/** What running something takes, and whether that is fully known. */
export type Work = Pick<OperatorCost, 'flops' | 'bytesRead' | 'bytesWritten' | 'known' | 'reason'>;

/** Loops that claim to run longer than this run until their condition ends them. */
const MAX_TRIPS = 2 ** 40;

/**
 * If: the costlier branch. Loop and Scan: the body as often as it runs, or once where that is not known. A loop that its condition may end
 * early counts in full.
 *
 * @param bodies the work of one run of each body
 */
export function controlFlowWork(graph: OperatorGraph, operator: Operator, bodies: readonly Work[]): Work {
  const costliest = bodies.reduce((a, b) => (weightOf(b) > weightOf(a) ? b : a));
  const unknown = bodies.find((body) => !body.known);
  if (operator.type === 'If') return { ...costliest, known: unknown === undefined, reason: unknown?.reason ?? '' };
  const trips = tripCount(graph, operator);
  const runs = trips ?? 1;
  return {
    flops: costliest.flops * runs,
    bytesRead: costliest.bytesRead * runs,
    bytesWritten: costliest.bytesWritten * runs,
    known: unknown === undefined && trips !== undefined,
    reason: unknown?.reason ?? (trips === undefined ? t('how often its body runs is not known; it counts once') : ''),
  };
}

/** Which of two bodies is costlier hardly ever depends on how FLOPs are weighed against bytes. */
const weightOf = ({ flops, bytesRead, bytesWritten }: Work): number => flops + bytesRead + bytesWritten;

/** The work of all operators of a body together. */
export function workOf(costs: readonly OperatorCost[]): Work {
  const unknown = costs.find((cost) => !cost.known);
  return {
    flops: costs.reduce((sum, cost) => sum + cost.flops, 0),
    bytesRead: costs.reduce((sum, cost) => sum + cost.bytesRead, 0),
    bytesWritten: costs.reduce((sum, cost) => sum + cost.bytesWritten, 0),
    known: unknown === undefined,
    reason: unknown === undefined ? '' : inBody(unknown.reason),
  };
}

/** Of a body in a body, it is said once. */
function inBody(reason: string): string {
  const [head = '', tail = ''] = t({ message: 'in its body, {0}', args: ['\0'], comment: 'The body of a loop or a branch; what is filled in says what is not known there' }).split('\0');
  return reason.startsWith(head) && reason.endsWith(tail) ? reason : `${head}${reason}${tail}`;
}

/** Loop: its first input where the value is known. Scan: the length of what it scans. */
function tripCount(graph: OperatorGraph, operator: Operator): number | undefined {
  if (operator.type === 'Loop') {
    const limit = graph.tensors[operator.inputs[0] ?? -1]?.value?.[0];
    return typeof limit === 'number' && limit < MAX_TRIPS ? Math.max(0, limit) : undefined;
  }
  if (operator.type !== 'Scan') return undefined;
  const count = operator.attributes.get('num_scan_inputs');
  if (count?.kind !== 'int') return undefined;
  const scanned = graph.tensors[operator.inputs[operator.inputs.length - count.value] ?? -1];
  const axes = operator.attributes.get('scan_input_axes');
  const axis = axes?.kind === 'ints' ? (axes.value[0] ?? 0) : 0;
  const steps = scanned?.shape?.at(axis);
  return typeof steps === 'number' ? steps : undefined;
}
