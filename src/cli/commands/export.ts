import { resolve } from 'node:path';
import { exportPlacement, listTargets } from '../../engine/exportPlacement';
import { exportTargets } from '../../export/targets/registry';
import { UsageError, type Command } from '../command';
import { progressBar } from '../progressBar';
import { printable } from '../table';
import { styler } from '../terminal';

const HELP = `Usage: stagewright export <x.placement.json> --to <target> -o <folder> [options]
       stagewright export <x.placement.json>

Writes a plan in the format of an engine. Without --to, says what each target can and cannot carry of this plan.

Targets:
${exportTargets.map(({ name, summary, writtenAgainst }) => `  ${name.padEnd(14)}${summary} (${writtenAgainst})`).join('\n')}

  -o, --out folder     where to write; created if it is not there
  --layer-pattern p    regular expression with one group, the number of the layer in the name of an operator;
                       of targets that split between whole layers
  --round              move cuts that fall inside a layer to the nearest layer; what that costs is said
  --json               {"target", "writtenAgainst", "files", "notes", "expressible": [{"aspect", "state": "yes" | "partly" | "no", "note"}],
                       "rounding": {"plannedSeconds", "roundedSeconds", "moved"} | null}; without --to {"targets": [...]}

Files appear whole or not at all. External data of a model is copied beside its copy.
`;

export const exportCommand: Command = {
  name: 'export',
  summary: 'writes a plan in the format of an engine',
  help: HELP,
  options: { to: { type: 'string' }, out: { type: 'string', short: 'o' }, 'layer-pattern': { type: 'string' }, round: { type: 'boolean' } },
  operands: [1, 1],
  run: async (args, terminal) => {
    const sidecarPath = resolve(args.operands[0]!);
    const target = args.text('to');
    const out = args.text('out');
    const layerPattern = args.text('layer-pattern');
    const pattern = layerPattern === undefined ? {} : { layerPattern };
    const { bold, faint } = styler(terminal);
    const bar = progressBar(terminal);
    try {
      if (target === undefined) {
        const targets = listTargets({ sidecarPath, ...pattern }, bar);
        bar.clear();
        const lines = targets.map(({ name, summary, expressible }) => `${bold(name)}  ${summary}\n${expressible.map(({ aspect, state, note }) => `  ${state.padEnd(7)}${aspect}: ${printable(note)}\n`).join('')}`);
        terminal.out(args.flag('json') ? `${JSON.stringify({ targets }, null, 2)}\n` : lines.join(''));
        return 0;
      }
      if (out === undefined) throw new UsageError('export: name the folder to write to with -o.');
      const result = exportPlacement({ sidecarPath, target, folder: resolve(out), round: args.flag('round'), ...pattern }, bar);
      bar.clear();
      const limits = result.expressible.filter(({ state }) => state !== 'yes');
      terminal.out(
        args.flag('json')
          ? `${JSON.stringify(result, null, 2)}\n`
          : [
              ...result.notes.map((note) => `${printable(note)}\n`),
              ...limits.map(({ aspect, state, note }) => faint(`${state === 'no' ? 'not carried' : 'partly carried'}, ${aspect}: ${printable(note)}\n`)),
              ...result.files.map((file) => `written ${printable(`${out.replace(/\/$/, '')}/${file}`)}\n`),
            ].join(''),
      );
      return 0;
    } finally {
      bar.clear();
    }
  },
};
