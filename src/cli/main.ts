import { CancelledError, UserError } from '../shared/userError';
import { version } from '../../package.json';
import { check } from './commands/check';
import { compare } from './commands/compare';
import { explain } from './commands/explain';
import { fidelity } from './commands/fidelity';
import { exportCommand } from './commands/export';
import { importClusterCommand } from './commands/importCluster';
import { inspect } from './commands/inspect';
import { partition } from './commands/partition';
import { profile } from './commands/profile';
import { report } from './commands/report';
import { solveInstance } from './commands/solve';
import { split } from './commands/split';
import { timeline } from './commands/timeline';
import { verify } from './commands/verify';
import { parseArguments, UsageError, type Command } from './command';
import { printable } from './table';
import { processTerminal, type Terminal } from './terminal';

const COMMANDS: readonly Command[] = [inspect, profile, partition, check, explain, timeline, compare, exportCommand, split, verify, fidelity, report, importClusterCommand, solveInstance];

const HELP = `stagewright ${version}: splits an ONNX model over the devices of a cluster, provably well.

Usage: stagewright <command> [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(16)}${summary}`).join('\n')}
  help            this text, or that of a command: stagewright help partition
  version         the version

Every command takes --json (for machines: one JSON value on standard output) and --help.
Exit status: 0 done; 1 the answer is no, or the input is bad; 2 wrong usage.
Errors are one line on standard error; with --json, standard output holds {"error": {"message", "subject", "problem", "remedy"}} besides.
`;

/** Runs one command line. @returns the exit status */
async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [first, ...rest] = argv;
  const json = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length).includes('--json');
  try {
    if (first === undefined) {
      terminal.err(HELP);
      return 2;
    }
    if (first === 'help' || first === '--help' || first === '-h') {
      const named = rest.find((word) => !word.startsWith('-'));
      terminal.out(named === undefined ? HELP : find(named).help);
      return 0;
    }
    if (first === 'version' || first === '--version' || first === '-v') {
      terminal.out(`${version}\n`);
      return 0;
    }
    const command = find(first);
    const args = parseArguments(command, rest);
    if (args.flag('help')) {
      terminal.out(command.help);
      return 0;
    }
    refuseMissingFolder();
    return await command.run(args, terminal);
  } catch (error) {
    return fail(error, json, terminal);
  }
}

/** The working folder can be gone: removed by another program, or a branch that was left. */
function refuseMissingFolder(): void {
  try {
    process.cwd();
  } catch {
    throw new UserError('.', 'the working folder does not exist any more.', 'Change to another folder.');
  }
}

function find(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) throw new UsageError(`there is no command "${name}"; the commands are ${COMMANDS.map((candidate) => candidate.name).join(', ')}.`);
  return command;
}

/** Says what went wrong. What the user can mend is one line; a defect shows its stack, for the report. */
function fail(error: unknown, json: boolean, terminal: Terminal): number {
  const say = (message: string, details: object = {}): void => {
    terminal.err(`stagewright: ${printable(message)}\n`);
    if (json) terminal.out(`${JSON.stringify({ error: { message, ...details } }, null, 2)}\n`);
  };
  if (error instanceof UsageError) {
    say(`${error.message} See stagewright --help.`);
    return 2;
  }
  if (error instanceof UserError) {
    say(error.message, { subject: error.subject, problem: error.problem, remedy: error.remedy });
    return 1;
  }
  if (error instanceof CancelledError) {
    say('cancelled');
    return 1;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (json) terminal.out(`${JSON.stringify({ error: { message: `internal error: ${String(error)}` } }, null, 2)}\n`);
  terminal.err(`stagewright ${version}: internal error, please report it with the command and this text:\n${stack}\n`);
  return 1;
}

// Whoever reads our output may stop early (head, less): that is no error, and there is nobody left to tell.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
}

// The signals keep their default effect: files appear whole or not at all, so stopping at once is clean.
void run(process.argv.slice(2), processTerminal()).then((status) => {
  process.exitCode = status;
});
