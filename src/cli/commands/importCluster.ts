import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { importCluster } from '../../engine/importCluster';
import { UserError } from '../../shared/userError';
import { saveAtomically } from '../../sidecar/saveAtomically';
import { parseCount, type Command } from '../command';
import { printable } from '../table';

const HELP = `Usage: stagewright import-cluster <file> -o <x.cluster.json> [--device class] [--servers n]

Makes a cluster file from a description that is there already: the output of "nvidia-smi topo -m", the topology that NCCL dumps
(NCCL_TOPO_DUMP_FILE), or a system of Calculon. Numbers that it does not state are those of the presets; correct them in the file.

  -o, --out file    where to write; a file that is there is not replaced unless --force is given
  --device class    class of the accelerators: a100, h100, h200, b200, l4, ...; needed for nvidia-smi
  --servers n       n equal servers like the one described
  --json            {"file", "cluster", "notes"}
`;

export const importClusterCommand: Command = {
  name: 'import-cluster',
  summary: 'makes a cluster file from nvidia-smi, NCCL or Calculon',
  help: HELP,
  options: { out: { type: 'string', short: 'o' }, device: { type: 'string' }, servers: { type: 'string' }, force: { type: 'boolean' } },
  operands: [1, 1],
  run: async (args, terminal) => {
    const servers = parseCount('servers', args.text('servers'));
    const device = args.text('device');
    const { cluster, notes, text } = importCluster(args.operands[0]!, { ...(device !== undefined && { device }), ...(servers !== undefined && { servers }) });
    const out = args.text('out');
    if (out === undefined) {
      terminal.out(args.flag('json') ? `${JSON.stringify({ file: null, cluster, notes }, null, 2)}\n` : text);
      return 0;
    }
    const path = resolve(out);
    if (!args.flag('force') && existsSync(path)) throw new UserError(out, 'is there already.', 'Choose another name, or replace it with --force.');
    if (args.flag('force')) saveAtomically(path, text, undefined, out);
    else saveAtomically(path, text, null, out);
    terminal.out(args.flag('json') ? `${JSON.stringify({ file: out, cluster, notes }, null, 2)}\n` : `${[...notes, `${cluster.name} written to ${out}`].map((line) => `${printable(line)}\n`).join('')}`);
    return 0;
  },
};
