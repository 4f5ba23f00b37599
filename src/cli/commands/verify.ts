import { resolve } from 'node:path';
import { verifyPlacement, type VerifyResult } from '../../engine/verifyPlacement';
import type { TensorDifference } from '../../runtime/child/tasks';
import { formatSeconds } from '../../shared/format';
import { parseBindings, parseCount, UsageError, type Command } from '../command';
import { progressBar } from '../progressBar';
import { runtimePlace } from '../runtimePlace';
import { printable } from '../table';
import { styler, type Terminal } from '../terminal';

const HELP = `Usage: stagewright verify <x.placement.json> [options]

Runs the whole model and the chain of its stage models in ONNX Runtime on the same inputs, without optimisation of the graph, and compares what they
give. Exit status: 0 equal, 1 not (or the input is bad). ONNX Runtime (onnxruntime-node) is looked for from the model's folder upwards.

  --inputs file    {"x": {"type": "float32", "dims": [1, 2], "data": [0.5, 1]}}; inputs that it does not name are random
  --seed n         of the random inputs; 1 if absent
  --bind n=v       size of a dimension, instead of that of the placement; repeatable
  --tolerance t    largest difference that counts as equal, as a share of the largest magnitude in a tensor; 0, bit for bit, if absent,
                   but 0.01 for models in half precision
  --runtime folder that holds ONNX Runtime
  --json           {"equal", "tolerance", "runtime", "bound", "outputs": [{"tensor", "type", "dims", "identical", "equal", "largest", "relative", "from"}],
                   "firstDifference" | null, "wholeSeconds", "seconds", "manifest"}
`;

export const verify: Command = {
  name: 'verify',
  summary: 'runs the stages of a plan and compares them with the whole model',
  help: HELP,
  options: { inputs: { type: 'string' }, seed: { type: 'string' }, bind: { type: 'string', multiple: true }, tolerance: { type: 'string' }, runtime: { type: 'string' } },
  operands: [1, 1],
  run: async (args, terminal) => {
    const seed = parseCount('seed', args.text('seed'));
    const inputs = args.text('inputs');
    const tolerance = parseTolerance(args.text('tolerance'));
    const bar = progressBar(terminal);
    try {
      const result = await verifyPlacement(
        {
          sidecarPath: resolve(args.operands[0]!), runtime: runtimePlace(args.text('runtime')), bind: parseBindings(args.list('bind')),
          ...(seed !== undefined && { seed }), ...(inputs !== undefined && { inputsPath: inputs }), ...(tolerance !== undefined && { tolerance }),
        },
        bar,
      );
      bar.clear();
      terminal.out(args.flag('json') ? `${JSON.stringify(result, null, 2)}\n` : verdict(result, terminal));
      return result.equal ? 0 : 1;
    } finally {
      bar.clear();
    }
  },
};

function parseTolerance(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const tolerance = Number(text);
  if (text.trim() === '' || !(tolerance >= 0 && tolerance < 1)) throw new UsageError(`--tolerance ${text}: expected a number from 0 to below 1.`);
  return tolerance;
}

function verdict({ equal, tolerance, runtime, manifest, outputs, firstDifference, wholeSeconds, seconds }: VerifyResult, terminal: Terminal): string {
  const { bold, faint } = styler(terminal);
  const models = `${manifest.models.length} stage model${manifest.models.length === 1 ? '' : 's'}`;
  const identical = outputs.every((tensor) => tensor.identical);
  const head = equal
    ? bold(identical ? `equal bit for bit: ${models}, ${outputs.length} output${outputs.length === 1 ? '' : 's'}` : `equal within ${tolerance}: ${models}`)
    : bold(`not equal: ${models}`);
  const lines = outputs.filter((tensor) => !tensor.identical).map((tensor) => `  ${printable(describe(tensor))}\n`);
  const first = firstDifference === null ? '' : `first difference: ${printable(describe(firstDifference))}${firstDifference.from === null ? '' : `, made by ${firstDifference.from}`}\n`;
  return `${head}\n${lines.join('')}${first}${faint(`ONNX Runtime ${runtime}; one run of the whole ${formatSeconds(wholeSeconds)}, of the stages ${formatSeconds(seconds.reduce((a, b) => a + b, 0))}\n`)}`;
}

function describe({ tensor, type, dims, largest, relative }: TensorDifference): string {
  const how = largest === null ? 'differs in shape or kind' : `differs by at most ${largest.toPrecision(3)} (${((relative ?? 0) * 100).toPrecision(3)} % of its largest magnitude)`;
  return `${tensor}, ${type} ${dims.join('x')}, ${how}`;
}
