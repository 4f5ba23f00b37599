import { checkPlacements, type PlacementCheck } from '../../engine/checkPlacements';
import type { Command } from '../command';
import { progressBar } from '../progressBar';
import { printable } from '../table';

const HELP = `Usage: stagewright check [paths ...] [--json]

Checks every placement (*.placement.json) under the paths, or under the working folder: it must be valid, its model must be there, and it
must have been made for the model as it is now. For continuous integration and pre-commit hooks.

What is wrong is printed as path:line:column: error: message. Folders named node_modules and .git are passed over, and symbolic links in
folders are not followed.

  --json   {"checked", "failed", "placements": [{"path", "state": "fresh" | "stale" | "invalid", "message", "line", "column", "stages"}]}

Exit status: 0 all placements are fresh (or there are none); 1 one is not.
`;

export const check: Command = {
  name: 'check',
  summary: 'checks that placements are valid and fit their models',
  help: HELP,
  options: {},
  operands: [0, Infinity],
  run: async (args, terminal) => {
    const bar = progressBar(terminal);
    const checks = inspectAll(args.operands.length > 0 ? args.operands : ['.'], bar);
    const failed = checks.filter((result) => result.state !== 'fresh');
    terminal.out(
      args.flag('json') ? `${JSON.stringify({ checked: checks.length, failed: failed.length, placements: checks }, null, 2)}\n` : text(checks, failed.length),
    );
    return failed.length > 0 ? 1 : 0;
  },
};

function inspectAll(paths: readonly string[], bar: ReturnType<typeof progressBar>): PlacementCheck[] {
  try {
    return checkPlacements(paths, bar);
  } finally {
    bar.clear();
  }
}

function text(checks: readonly PlacementCheck[], failed: number): string {
  if (checks.length === 0) return 'no placements found\n';
  const lines = checks.map(({ path, state, message, line, column, stages }) =>
    state === 'fresh' ? `${printable(path)}: fresh, ${counted(stages, 'stage')}\n` : `${printable(path)}:${line}:${column}: error: ${printable(message)}\n`,
  );
  const verdict = failed === 0 ? `${counted(checks.length, 'placement')}, all fresh` : `${failed} of ${counted(checks.length, 'placement')} not fresh`;
  return `${lines.join('')}${verdict}\n`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
