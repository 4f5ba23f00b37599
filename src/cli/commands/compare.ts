import { basename, resolve } from 'node:path';
import { compareMethods, compareOn } from '../../engine/compareMethods';
import { comparePlans } from '../../engine/comparePlans';
import { readExpert } from '../../engine/readExpert';
import { readInstance } from '../../placement/instance';
import { objectives } from '../../placement/problem';
import { gainSentence, gapOf, type MethodComparison, type MethodRow, type PlanComparison } from '../../shared/comparisonView';
import { formatBytes, formatPercent, formatSeconds } from '../../shared/format';
import type { Control } from '../../shared/progress';
import { readTextFile } from '../../sidecar/textFile';
import { parseBindings, parseChoice, parseCount, parseSeconds, UsageError, type Arguments, type Command } from '../command';
import { progressBar } from '../progressBar';
import { printable, table } from '../table';
import { styler, type Terminal } from '../terminal';

const HELP = `Usage: stagewright compare <model.onnx | instance.json> [options]
       stagewright compare <before.placement.json> <after.placement.json>

Runs all methods on one problem and shows what each makes of it; or says how two plans of one model differ.

  --methods a,b    only these methods
  --objective o    throughput, 1f1b, gpipe, latency (default: throughput)
  --time-limit s   for each method (default: 20)
  --cluster c, --bind n=v, --replicas r, --slots q   as for partition
  --expert file    an instance's split made by hand ("fpgas" and "cpus" with their "nodes"), as a row of its own
  --json           {"objective", "rows": [{"method", "value", "lowerBound", "optimal", "contiguous", "devices", "seconds", "problem"}],
                   "contiguousBound", "bound"}; of two plans {"modelName", "sides": [{"name", "cluster", "objective", "value", "lowerBound",
                   "optimal", "stages", "tensorsCut", "bytesCut", "maxLoadSeconds", "fullest", "stageViews"}], "moves": [{"from", "to",
                   "operators", "scope", "examples"}], "moved", "sameCluster", "movedBy", "differs", "flows": [{"from", "to", "operators",
                   "moved", "scope", "seconds"}], "secondOnFirst", "incomparable"}
`;

export const compare: Command = {
  name: 'compare',
  summary: 'runs all methods on a model or an instance, or compares two plans',
  help: HELP,
  options: {
    methods: { type: 'string' }, objective: { type: 'string' }, 'time-limit': { type: 'string' }, cluster: { type: 'string' },
    bind: { type: 'string', multiple: true }, replicas: { type: 'string' }, slots: { type: 'string' }, expert: { type: 'string' },
  },
  operands: [1, 2],
  run: async (args, terminal) => {
    const bar = progressBar(terminal, plainNumber);
    try {
      const json = args.flag('json');
      if (args.operands.length === 2) {
        const comparison = comparePlans({ path: args.operands[0]! }, { path: args.operands[1]! }, bar);
        bar.clear();
        // what is said of every operator is in the flows and in "moved" as well
        const { stageBefore: _, ...told } = comparison;
        terminal.out(json ? `${JSON.stringify(told, null, 2)}\n` : plansText(comparison, terminal));
        return 0;
      }
      if (args.operands[0]!.endsWith('.placement.json')) throw new UsageError('compare: name a second placement to compare with.');
      // people see each row as soon as it is there; the table, sorted, is the result
      const announce = (row: MethodRow, unit: (value: number) => string): void => {
        if (!terminal.watched || json) return;
        bar.wipe();
        terminal.err(`${row.method}: ${row.value === null ? row.problem : unit(row.value)} (${formatSeconds(row.seconds)})\n`);
      };
      const { comparison, unit } = await methodTable(args, bar, announce);
      bar.clear();
      terminal.out(json ? `${JSON.stringify(comparison, null, 2)}\n` : methodsText(comparison, unit, terminal));
      return 0;
    } finally {
      bar.clear();
    }
  },
};

const plainNumber = (value: number): string => (value === 0 ? '0' : String(Number(value.toPrecision(6))));

async function methodTable(args: Arguments, control: Control, announce: (row: MethodRow, unit: (value: number) => string) => void): Promise<{ comparison: MethodComparison; unit: (value: number) => string }> {
  const path = args.operands[0]!;
  const timeLimitSeconds = parseSeconds('time-limit', args.text('time-limit'));
  const methods = args.text('methods')?.split(',').map((method) => method.trim());
  const objective = parseChoice('objective', args.text('objective'), objectives) ?? 'throughput';
  const replicas = parseCount('replicas', args.text('replicas'));
  const slots = parseCount('slots', args.text('slots'));
  const cluster = args.text('cluster');
  const options = { ...(methods && { methods }), ...(timeLimitSeconds !== undefined && { timeLimitSeconds }) };
  const expertPath = args.text('expert');
  if (path.endsWith('.onnx')) {
    if (expertPath !== undefined) throw new UsageError('--expert: only instances have splits of this format.');
    const request = { modelPath: path, bind: parseBindings(args.list('bind')), objective, ...(cluster !== undefined && { cluster }), ...(replicas !== undefined && { replicas }), ...(slots !== undefined && { slots }) };
    const { modelName: _, ...comparison } = await compareMethods(request, options, control, (row) => announce(row, formatSeconds));
    return { comparison, unit: formatSeconds };
  }
  if (cluster !== undefined || replicas !== undefined || args.list('bind').length > 0) throw new UsageError('compare: --cluster, --bind and --replicas belong to models.');
  const subject = basename(path);
  const instance = readInstance(readTextFile(path, subject), subject);
  const expert = expertPath === undefined ? undefined : { name: 'expert', assignment: readExpert(readTextFile(resolve(expertPath), expertPath), expertPath, instance) };
  const comparison = await compareOn(instance.problem, { ...options, objective, ...(slots !== undefined && { slots }), ...(expert && { expert }) }, control, (row) => announce(row, plainNumber));
  return { comparison, unit: plainNumber };
}

function methodsText(comparison: MethodComparison, unit: (value: number) => string, terminal: Terminal): string {
  const { bold, faint } = styler(terminal);
  const rows = [...comparison.rows].sort((a, b) => (a.value ?? Infinity) - (b.value ?? Infinity));
  const best = rows[0]?.value ?? null;
  const cells = (row: MethodRow): string[] => {
    const gap = gapOf(row, comparison);
    return [
      row.method,
      row.value === null ? '–' : unit(row.value),
      row.value === null || best === null || best === 0 ? '' : `${(row.value / best).toFixed(3)} ×`,
      row.optimal ? 'optimal' : gap === null ? '' : formatPercent(gap),
      row.value === null ? '' : row.contiguous ? 'yes' : 'no',
      row.value === null ? '' : String(row.devices),
      formatSeconds(row.seconds),
      row.problem,
    ];
  };
  const { bound, contiguousBound } = comparison;
  const floors = [contiguousBound > 0 ? `no contiguous split is below ${unit(contiguousBound)}` : '', bound > 0 ? `no split at all is below ${unit(bound)}` : ''].filter((text) => text !== '').join('; ');
  return [
    table([['Method', comparison.objective, 'To best', 'Gap', 'Pipeline', 'Devices', 'Time', ''], ...rows.map(cells)], ['left', 'right', 'right', 'right', 'left', 'right', 'right', 'left'], bold),
    floors === '' ? '' : faint(`${floors}\n`),
  ].join('');
}

function plansText(comparison: PlanComparison, terminal: Terminal): string {
  const { sides, moves } = comparison;
  const { bold, faint } = styler(terminal);
  const rows = sides.map((side) => [printable(side.name), printable(side.cluster), side.objective, formatSeconds(side.value), side.optimal ? 'optimal' : `at least ${formatSeconds(side.lowerBound)}`, String(side.stages), String(side.tensorsCut), side.bytesCut === null ? 'unknown' : formatBytes(side.bytesCut), formatBytes(side.fullest.bytes)]);
  const list = moves.slice(0, 20).map((move) => [`${move.from} → ${move.to}`, String(move.operators), printable(move.scope), printable(move.examples.join(', '))]);
  return [
    table([['Plan', 'Cluster', 'Objective', 'Per sample', 'Bound', 'Stages', 'Cut tensors', 'Cut bytes', 'Fullest memory'], ...rows], ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'], bold),
    `\n${printable(gainSentence(comparison))}\n`,
    ...(list.length === 0 ? [] : ['\n', table([['Moved', 'Operators', 'Scope', 'Among them'], ...list], ['left', 'right', 'left', 'left'], bold)]),
    moves.length > 20 ? faint(`… and ${moves.length - 20} more ways\n`) : '',
  ].join('');
}
