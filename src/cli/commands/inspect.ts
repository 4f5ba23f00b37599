import { parameterCount } from '../../cost/parameters';
import { inspectModel } from '../../engine/inspectModel';
import { formatBytes, formatCount, formatFlops } from '../../shared/format';
import { measuredSentence } from '../../shared/measured';
import type { PlanView } from '../../shared/planView';
import { parseBindings, type Arguments, type Command } from '../command';
import { shape, warningLines } from '../planTable';
import { PROFILE_HELP, profileChoice, profileOptions } from '../profileOption';
import { progressBar } from '../progressBar';
import { printable, table } from '../table';
import { styler, type Terminal } from '../terminal';

const HELP = `Usage: stagewright inspect <model.onnx> [options]

Shows what a model consists of: operators by type, parameters, FLOPs, bytes, and what is unknown.

  --bind n=v       bind the symbolic dimension n of the inputs to v; may be repeated.
                   Dimensions that are not bound take a suggested value, which is shown.
  --free           leave dimensions that are not bound free
  --cluster c      a preset, or the path of a *.cluster.json file: whose classes a profile's times may be for
${PROFILE_HELP}  --json           {"model", "opsets", "inputs", "outputs", "operators", "foldable", "types": [{"type", "count", "flops", "bytes"}],
                   "parameters", "weightBytes", "flops", "bytesRead", "bytesWritten", "unknownTensors", "bound", "assumed", "free", "warnings",
                   and with a profile "measured": {"device", "deviceClass", "operators", "of"}}
`;

export const inspect: Command = {
  name: 'inspect',
  summary: 'shows what a model consists of',
  help: HELP,
  options: { bind: { type: 'string', multiple: true }, free: { type: 'boolean' }, cluster: { type: 'string' }, ...profileOptions },
  operands: [1, 1],
  run: async (args, terminal) => {
    const summary = summarise(args, terminal);
    terminal.out(args.flag('json') ? `${JSON.stringify(summary, null, 2)}\n` : text(summary, terminal));
    return 0;
  },
};

function summarise(args: Arguments, terminal: Terminal) {
  const bar = progressBar(terminal);
  try {
    const cluster = args.text('cluster');
    const profile = profileChoice(args);
    const { view, assumed, planned } = inspectModel(
      { modelPath: args.operands[0]!, bind: parseBindings(args.list('bind')), assumeSuggestions: !args.flag('free'), ...(cluster !== undefined && { cluster }), ...(profile && { profile }) },
      bar,
    );
    const { graph, bound } = planned.prepared;
    const tensor = (index: number) => {
      const { name, elementType, shape: dims } = view.tensors[index]!;
      return { name, elementType, shape: dims };
    };
    return {
      model: view.modelName,
      opsets: Object.fromEntries([...graph.opsets].map(([domain, version]) => [domain === '' ? 'ai.onnx' : domain, version])),
      inputs: graph.inputs.map(tensor),
      outputs: graph.outputs.map(tensor),
      operators: view.operators.length,
      foldable: view.operators.filter((operator) => operator.foldable).length,
      types: byType(view),
      parameters: parameterCount(graph),
      weightBytes: view.totals.weightBytes,
      flops: view.totals.flops,
      bytesRead: sum(view, (operator) => operator.bytesRead),
      bytesWritten: sum(view, (operator) => operator.bytesWritten),
      unknownTensors: view.totals.unknownTensors,
      bound,
      assumed: assumed.map(({ symbol, value }) => ({ symbol, value })),
      free: view.free,
      warnings: view.warnings,
      ...(view.measured && { measured: view.measured }),
    };
  } finally {
    bar.clear();
  }
}

type Operator = PlanView['operators'][number];

const sum = (view: PlanView, of: (operator: Operator) => number | null): number => view.operators.reduce((total, operator) => total + (of(operator) ?? 0), 0);

function byType(view: PlanView) {
  const types = new Map<string, { type: string; count: number; flops: number; bytes: number }>();
  for (const operator of view.operators) {
    const entry = types.get(operator.type) ?? { type: operator.type, count: 0, flops: 0, bytes: 0 };
    entry.count++;
    entry.flops += operator.flops ?? 0;
    entry.bytes += (operator.bytesRead ?? 0) + (operator.bytesWritten ?? 0);
    types.set(operator.type, entry);
  }
  return [...types.values()].sort((a, b) => b.flops - a.flops || b.count - a.count || (a.type < b.type ? -1 : 1));
}

function text(summary: ReturnType<typeof summarise>, terminal: Terminal): string {
  const { bold, faint } = styler(terminal);
  const assumed = new Set(summary.assumed.map(({ symbol }) => symbol));
  const bound = Object.entries(summary.bound).map(([symbol, value]) => `${printable(symbol)}=${value}${assumed.has(symbol) ? ' (assumed)' : ''}`);
  const facts: [string, string][] = [
    ['Opsets', Object.entries(summary.opsets).map(([domain, version]) => `${printable(domain)} ${version}`).join(', ')],
    ...summary.inputs.map((tensor): [string, string] => ['Input', `${printable(tensor.name)}: ${shape(tensor)}`]),
    ...summary.outputs.map((tensor): [string, string] => ['Output', `${printable(tensor.name)}: ${shape(tensor)}`]),
    ...(bound.length > 0 ? [['Bound', bound.join(', ')] as [string, string]] : []),
    ...(summary.free.length > 0 ? [['Free', summary.free.map(({ symbol }) => printable(symbol)).join(', ')] as [string, string]] : []),
    ['Operators', `${summary.operators}, of which ${summary.foldable} cost nothing`],
    ['Parameters', `${formatCount(summary.parameters)} (${formatBytes(summary.weightBytes)} of weights)`],
    ['Compute', formatFlops(summary.flops)],
    ['Traffic', `${formatBytes(summary.bytesRead)} read, ${formatBytes(summary.bytesWritten)} written`],
    ['Unknown', summary.unknownTensors === 0 ? 'no shape is unknown' : `${summary.unknownTensors} tensors have an unknown shape or type`],
    ...(summary.measured ? [['Times', printable(measuredSentence(summary.measured))] as [string, string]] : []),
  ];
  const types = summary.types.map((entry) => [printable(entry.type), String(entry.count), formatFlops(entry.flops), formatBytes(entry.bytes)]);
  return [
    `${bold(printable(summary.model))}\n`,
    ...facts.map(([name, value]) => `${faint(name.padEnd(11))} ${value}\n`),
    '\n',
    table([['Type', 'Operators', 'Compute', 'Traffic'], ...types], ['left', 'right', 'right', 'right'], bold),
    ...(summary.warnings.length > 0 ? ['\n', warningLines(summary.warnings, terminal)] : []),
  ].join('');
}
