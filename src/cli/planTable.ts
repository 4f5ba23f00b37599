import { formatBytes, formatPercent, formatSeconds } from '../shared/format';
import type { PlanDetails, PlanView } from '../shared/planView';
import { printable, table } from './table';
import { styler, type Terminal } from './terminal';

const BAR = 12;

/** The stages of a plan as people compare them. */
export function stageTable(plan: PlanDetails, terminal: Terminal): string {
  const { bold } = styler(terminal);
  const most = Math.max(...plan.stages.map((stage) => stage.loadSeconds));
  const rows = plan.stages.map((stage) => [
    stage.name,
    stage.replicas === undefined ? stage.device : `${stage.device} × ${stage.replicas}`,
    bar(most > 0 ? stage.loadSeconds / most : 0),
    formatSeconds(stage.loadSeconds),
    formatSeconds(stage.computeSeconds),
    formatSeconds(stage.communicationSeconds),
    memory(stage.weightBytes + stage.activationBytes, stage.memoryCapacityBytes),
    stage.operatorCount.toLocaleString('en-US'),
    stage.bottleneck ? `bottleneck: ${heaviest(stage)}` : heaviest(stage),
  ]);
  return table(
    [['Stage', 'Device', 'Load', '', 'Compute', 'Transfer', 'Memory', 'Operators', 'Most time in'], ...rows],
    ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right', 'left'],
    bold,
  );
}

const bar = (share: number): string => '█'.repeat(Math.max(1, Math.round(share * BAR))).padEnd(BAR, '░');

const memory = (used: number, capacity: number | null): string => (capacity === null ? formatBytes(used) : `${formatBytes(used)} of ${formatBytes(capacity)}`);

function heaviest(stage: PlanDetails['stages'][number]): string {
  const [first] = stage.heaviest;
  if (!first || stage.computeSeconds <= 0) return '';
  return `${printable(first.type)} × ${first.count}, ${formatPercent(first.seconds / stage.computeSeconds)}`;
}

/** The tensors that cross stages, largest transfers first. */
export function cutTable(view: PlanView, plan: PlanDetails, terminal: Terminal, most = 8): string {
  const { bold, faint } = styler(terminal);
  const cuts = [...plan.cuts].sort((a, b) => b.transferSeconds - a.transferSeconds || a.tensor - b.tensor);
  if (cuts.length === 0) return '';
  const rows = cuts.slice(0, most).map((cut) => {
    const tensor = view.tensors[cut.tensor]!;
    return [`${cut.from} → ${cut.to.join(', ')}`, printable(tensor.name), shape(tensor), tensor.bytes === null ? '?' : formatBytes(tensor.bytes), formatSeconds(cut.transferSeconds)];
  });
  const rest = cuts.length > most ? faint(`… and ${cuts.length - most} more\n`) : '';
  return table([['Cut', 'Tensor', 'Shape', 'Size', 'Transfer'], ...rows], ['left', 'left', 'left', 'right', 'right'], bold) + rest;
}

/** float32 [1, 3, 640, 640] */
export function shape(tensor: { readonly elementType: string | null; readonly shape: readonly (number | string | null)[] | null }): string {
  const dims = tensor.shape === null ? '?' : `[${tensor.shape.map((dim) => (dim === null ? '?' : typeof dim === 'string' ? printable(dim) : String(dim))).join(', ')}]`;
  return `${tensor.elementType ?? '?'} ${dims}`;
}

/** Each warning on a line of its own. */
export const warningLines = (warnings: readonly string[], terminal: Terminal): string =>
  warnings.map((warning) => `${styler(terminal).alert('warning:')} ${printable(warning)}\n`).join('');
