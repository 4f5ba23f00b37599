import { join, resolve } from 'node:path';
import { makeReport } from '../../engine/makeReport';
import { formatBytes } from '../../shared/format';
import { saveAtomically } from '../../sidecar/saveAtomically';
import { UsageError, type Command } from '../command';
import { progressBar } from '../progressBar';
import { printable } from '../table';

const HELP = `Usage: stagewright report <x.placement.json> -o <plan.html> [--no-explain] [--json]

Writes a plan as one HTML page with the interactive view, for a pull request or an artefact of continuous integration. The page holds all that it needs
and loads nothing.

  -o, --out file   where to write
  --no-explain     without what one more device, twice the link or twice the memory would bring, which takes several solves
  --json           {"file", "bytes"}
`;

export const report: Command = {
  name: 'report',
  summary: 'writes a plan as one HTML page',
  help: HELP,
  options: { out: { type: 'string', short: 'o' }, 'no-explain': { type: 'boolean' } },
  operands: [1, 1],
  run: async (args, terminal) => {
    const out = args.text('out');
    if (out === undefined || out === '') throw new UsageError('report: name the file to write with -o.');
    const bar = progressBar(terminal);
    try {
      const html = await makeReport({ sidecarPath: resolve(args.operands[0]!), assets: join(__dirname, 'webview'), explain: !args.flag('no-explain') }, bar);
      saveAtomically(resolve(out), html);
      bar.clear();
      const bytes = Buffer.byteLength(html);
      terminal.out(args.flag('json') ? `${JSON.stringify({ file: out, bytes }, null, 2)}\n` : `written ${printable(out)} (${formatBytes(bytes)})\n`);
      return 0;
    } finally {
      bar.clear();
    }
  },
};
