import { relative } from 'node:path';
import { profileModel, type ProfileRequest, type ProfileResult } from '../../engine/profileModel';
import { formatPercent, formatSeconds } from '../../shared/format';
import { saveAtomically } from '../../sidecar/saveAtomically';
import { parseBindings, parseCount, parseSeconds, UsageError, type Arguments, type Command } from '../command';
import { parseClass } from '../profileOption';
import { progressBar } from '../progressBar';
import { runtimePlace } from '../runtimePlace';
import { printable, table } from '../table';
import { styler, type Terminal } from '../terminal';

const HELP = `Usage: stagewright profile <model.onnx> [options]

Measures what every operator of a model takes and writes <model.onnx>.profile.json beside it. From then on these times replace the estimates of their
device class, and calibrate those of operators that have none. The model is run in ONNX Runtime (onnxruntime-node, looked for from the model's folder
upwards) on one thread of the CPU, without optimisation of the graph, in a process of its own.

  --bind n=v         bind the symbolic dimension n of the inputs to v; may be repeated.
                     Dimensions that are not bound take a suggested value, which is shown.
  --repeats n        runs whose median counts (default: 10)
  --warm-up n        runs before those (default: 2)
  --inputs file      {"x": {"type": "float32", "dims": [1, 2], "data": [0.5, 1]}}; inputs that it does not name are random
  --seed n           of the random inputs (default: 1)
  --timeout s        longest time that loading or one run may take (default: 600)
  --runtime folder   that holds ONNX Runtime
  --device-class c   the device class of clusters that the times stand for (default: core, one thread of a processor; for imports the only
                     accelerator of a cluster)
  --device-name text name of the device (default: that of the processor, or what the imported file says)
  --from file        take measurements of another program instead; may be repeated. A profile of ONNX Runtime (JSON, fused operators too),
                     its table of node memory (#name,input_sizes,...), a table operator,seconds, or {"operator": seconds}.
                     Operators go by their first output or by their node's name.
  -o, --out file     where to write
  --json             {"profile", "device", "class", "measured", "operators", "seconds", "runSeconds", "assumed", "fused": [{"name", "operators"}], "unknown"}
`;

const DEFAULT_REPEATS = 10;
const DEFAULT_WARM_UP = 2;
/** More runs than anybody waits for: a digit too many. */
const MOST_RUNS = 10_000;
const MOST_SHOWN = 8;

export const profile: Command = {
  name: 'profile',
  summary: 'measures what the operators of a model take',
  help: HELP,
  options: {
    bind: { type: 'string', multiple: true },
    repeats: { type: 'string' },
    'warm-up': { type: 'string' },
    inputs: { type: 'string' },
    seed: { type: 'string' },
    timeout: { type: 'string' },
    runtime: { type: 'string' },
    'device-class': { type: 'string' },
    'device-name': { type: 'string' },
    from: { type: 'string', multiple: true },
    out: { type: 'string', short: 'o' },
  },
  operands: [1, 1],
  run: async (args, terminal) => {
    const request = requestOf(args);
    const bar = progressBar(terminal);
    try {
      const result = await profileModel(request, bar);
      bar.clear();
      const shown = relative(process.cwd(), result.profilePath) || result.profilePath;
      saveAtomically(result.profilePath, result.text, result.previous, shown);
      terminal.out(args.flag('json') ? `${JSON.stringify(summary(result, shown), null, 2)}\n` : text(result, shown, terminal));
      return 0;
    } finally {
      bar.clear();
    }
  },
};

/** Options that only say how a model is run. */
const RUN_ONLY = ['repeats', 'warm-up', 'inputs', 'seed', 'timeout', 'runtime'];

function requestOf(args: Arguments): ProfileRequest {
  const deviceClass = args.text('device-class');
  const deviceName = args.text('device-name')?.trim();
  if (deviceName === '') throw new UsageError('--device-name: expected a name.');
  const out = args.text('out');
  return {
    modelPath: args.operands[0]!,
    bind: parseBindings(args.list('bind')),
    source: sourceOf(args),
    ...(deviceClass !== undefined && { deviceClass: parseClass('device-class', deviceClass) }),
    ...(deviceName !== undefined && { deviceName }),
    ...(out !== undefined && { profilePath: out }),
  };
}

function sourceOf(args: Arguments): ProfileRequest['source'] {
  const from = args.list('from');
  if (from.length > 0) {
    const pointless = RUN_ONLY.find((option) => args.text(option) !== undefined);
    if (pointless !== undefined) throw new UsageError(`--${pointless} says how a model is run, and --from runs none.`);
    return { kind: 'import', paths: from };
  }
  const repeats = runs('repeats', parseCount('repeats', args.text('repeats'))) ?? DEFAULT_REPEATS;
  const warmUp = args.text('warm-up') === '0' ? 0 : (runs('warm-up', parseCount('warm-up', args.text('warm-up'))) ?? DEFAULT_WARM_UP);
  const seed = parseCount('seed', args.text('seed'));
  const inputsPath = args.text('inputs');
  const patienceSeconds = parseSeconds('timeout', args.text('timeout'));
  const runtime = runtimePlace(args.text('runtime'));
  return {
    kind: 'run',
    timing: { runtime, repeats, warmUp, ...(seed !== undefined && { seed }), ...(inputsPath !== undefined && { inputsPath }), ...(patienceSeconds !== undefined && { patienceSeconds }) },
  };
}

function runs(option: string, count: number | undefined): number | undefined {
  if (count !== undefined && count > MOST_RUNS) throw new UsageError(`--${option} ${count}: expected at most ${MOST_RUNS}.`);
  return count;
}

const totalSeconds = ({ file }: ProfileResult): number => file.operators.reduce((sum, [, , seconds]) => sum + seconds, 0);

function summary(result: ProfileResult, shown: string) {
  const { file, runSeconds, assumed, fused, unknown } = result;
  return {
    profile: shown,
    device: file.device.name,
    class: file.device.class ?? null,
    ...file.coverage,
    seconds: totalSeconds(result),
    runSeconds,
    assumed: assumed.map(({ symbol, value }) => ({ symbol, value })),
    fused,
    unknown,
  };
}

function text(result: ProfileResult, shown: string, terminal: Terminal): string {
  const { bold, faint } = styler(terminal);
  const { file, assumed, fused, unknown } = result;
  const { measured, operators } = file.coverage;
  const total = totalSeconds(result);
  const types = new Map<string, { count: number; seconds: number }>();
  for (const [, type, seconds] of file.operators) {
    const sum = types.get(type) ?? { count: 0, seconds: 0 };
    types.set(type, { count: sum.count + 1, seconds: sum.seconds + seconds });
  }
  const heaviest = [...types].sort(([a, x], [b, y]) => y.seconds - x.seconds || (a < b ? -1 : 1));
  const rows = heaviest.slice(0, MOST_SHOWN).map(([type, { count, seconds }]) => [printable(type), String(count), formatSeconds(seconds), total > 0 ? formatPercent(seconds / total) : '']);
  const method = file.method.kind === 'run' ? `median of ${file.method.repeats} runs` : 'imported';
  return [
    `${bold(`${measured} of ${operators} operators measured`)} on ${printable(file.device.name)}${file.device.class === undefined ? '' : ` (${file.device.class})`}: ${formatSeconds(total)} in all ${faint(`(${method})`)}\n`,
    ...(assumed.length > 0 ? [`assumed ${assumed.map(({ symbol, value }) => `${printable(symbol)}=${value}`).join(', ')} (set with --bind)\n`] : []),
    '\n',
    table([['Type', 'Operators', 'Time', 'Share'], ...rows], ['left', 'right', 'right', 'right'], bold),
    ...(heaviest.length > MOST_SHOWN ? [faint(`… and ${heaviest.length - MOST_SHOWN} more types\n`)] : []),
    ...(fused.length > 0 ? [`\n${fused.length} fused ${fused.length === 1 ? 'name' : 'names'} shared among the operators that they hold\n`] : []),
    ...(unknown.length > 0 ? [`\n${unknown.length} ${unknown.length === 1 ? 'name says' : 'names say'} nothing of this model: ${unknown.slice(0, 3).map(printable).join(', ')}${unknown.length > 3 ? ' …' : ''}\n`] : []),
    `\nwritten to ${printable(shown)}\n`,
  ].join('');
}
