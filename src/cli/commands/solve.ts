import { solveInstance as solveFile, type SolvedInstance } from '../../engine/solveInstance';
import { certificateSentence } from '../../engine/sentences';
import { objectives } from '../../placement/problem';
import { placementMethods } from '../../placement/solvePlacement';
import { formatBytes, formatSeconds } from '../../shared/format';
import { parseChoice, parseCount, parseSeconds, type Command } from '../command';
import { progressBar } from '../progressBar';
import { table } from '../table';
import { styler, type Terminal } from '../terminal';

const HELP = `Usage: stagewright solve <instance.json> [options]

Solves a placement instance in the format of the reference program of Tarnawski et al. (NeurIPS 2020): maxFPGAs accelerators with
maxSizePerFPGA bytes each, maxCPUs CPUs, nodes and edges. Times are in the instance's own unit.

  --objective o    throughput: the smallest largest load of a device (default); 1f1b is the same for an instance;
                   gpipe: the smallest sum of the largest forward and the largest backward load;
                   latency: the shortest time of one sample (maxCPUs then stands for as many CPUs as are needed)
  --method m       ${placementMethods.join(', ')};
                   integer and local-search may give splits that are not contiguous (default: auto);
                   for latency auto, ideals, linearized or greedy
  --replicas r     throughput, 1f1b, gpipe: at most r devices for one stage, each with a share of the samples (default: 1)
  --slots q        latency: at most q subgraphs for an accelerator, one after the other (default: 1)
  --time-limit s   stop improving after so many seconds; the certificate says how good the result is
  --json           {"objective", "value", "lowerBound", "optimal", "method", "seconds",
                   "assignment": {operator id: device index; accelerators from 0, then CPUs},
                   "slots": {operator id: slot of its accelerator, -1 on the CPUs} for latency,
                   "devices": [{"kind": "accelerator" | "cpu", "load", "memory", "operators": [operator ids], "replicas"?}]}
`;

export const solveInstance: Command = {
  name: 'solve',
  summary: 'solves a placement instance in the reference format',
  help: HELP,
  options: { objective: { type: 'string' }, method: { type: 'string' }, 'time-limit': { type: 'string' }, replicas: { type: 'string' }, slots: { type: 'string' } },
  operands: [1, 1],
  run: async (args, terminal) => {
    const timeLimitSeconds = parseSeconds('time-limit', args.text('time-limit'));
    const replicas = parseCount('replicas', args.text('replicas'));
    const slots = parseCount('slots', args.text('slots'));
    const request = {
      path: args.operands[0]!,
      objective: parseChoice('objective', args.text('objective'), objectives) ?? ('throughput' as const),
      method: parseChoice('method', args.text('method'), placementMethods) ?? 'auto',
      ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
      ...(replicas === undefined ? {} : { replicas }),
      ...(slots === undefined ? {} : { slots }),
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
    `${certificateSentence(result, 0, result.objective)} ${faint(`(${result.method}, bound ${number(result.lowerBound)}, ${formatSeconds(result.seconds)})`)}\n\n`,
    table([['Device', 'Kind', 'Load', 'Memory', 'Operators'], ...rows], ['right', 'left', 'right', 'right', 'right'], bold),
  ].join('');
}
