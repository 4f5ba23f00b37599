import { solveInstance as solveFile, type SolvedInstance } from '../../engine/solveInstance';
import { certificateSentence } from '../../engine/sentences';
import { placementMethods } from '../../placement/solvePlacement';
import { formatBytes, formatSeconds } from '../../shared/format';
import { parseChoice, parseSeconds, type Command } from '../command';
import { progressBar } from '../progressBar';
import { table } from '../table';
import { styler, type Terminal } from '../terminal';

const HELP = `Usage: stagewright solve <instance.json> [options]

Solves a placement instance in the format of the reference program of Tarnawski et al. (NeurIPS 2020): maxFPGAs accelerators with
maxSizePerFPGA bytes each, maxCPUs CPUs, nodes and edges. Times are in the instance's own unit.

  --objective o    throughput: the smallest largest load of a device (default)
  --method m       ${placementMethods.join(', ')};
                   integer alone may give splits that are not contiguous (default: auto)
  --time-limit s   stop improving after so many seconds; the certificate says how good the result is
  --json           {"objective", "value", "lowerBound", "optimal", "method", "seconds",
                   "assignment": {operator id: device index; accelerators from 0, then CPUs},
                   "devices": [{"kind": "accelerator" | "cpu", "load", "memory", "operators": [operator ids]}]}
`;

export const solveInstance: Command = {
  name: 'solve',
  summary: 'solves a placement instance in the reference format',
  help: HELP,
  options: { objective: { type: 'string' }, method: { type: 'string' }, 'time-limit': { type: 'string' } },
  operands: [1, 1],
  run: async (args, terminal) => {
    const timeLimitSeconds = parseSeconds('time-limit', args.text('time-limit'));
    const request = {
      path: args.operands[0]!,
      objective: parseChoice('objective', args.text('objective'), ['throughput'] as const) ?? ('throughput' as const),
      method: parseChoice('method', args.text('method'), placementMethods) ?? 'auto',
      ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
    };
    const bar = progressBar(terminal, number);
    try {
      const result = await solveFile(request, bar);
      bar.clear();
      terminal.out(args.flag('json') ? `${JSON.stringify(result, null, 2)}\n` : text(result, terminal));
      return 0;
    } finally {
      bar.clear();
    }
  },
};

/** Times of an instance have no unit that we know. */
const number = (value: number): string => (value === 0 ? '0' : String(Number(value.toPrecision(6))));

function text(result: SolvedInstance, terminal: Terminal): string {
  const { bold, faint } = styler(terminal);
  const rows = result.devices.map((device, i) => [String(i), device.kind, number(device.load), formatBytes(device.memory), String(device.operators.length)]);
  return [
    `${bold(`${result.objective} ${number(result.value)}`)}\n`,
    `${certificateSentence(result)} ${faint(`(${result.method}, bound ${number(result.lowerBound)}, ${formatSeconds(result.seconds)})`)}\n\n`,
    table([['Device', 'Kind', 'Load', 'Memory', 'Operators'], ...rows], ['right', 'left', 'right', 'right', 'right'], bold),
  ].join('');
}
