import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Bindings } from '../engine/requests';
import type { Terminal } from './terminal';

/** The command line was used wrongly: exit status 2 and a pointer to the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type OptionConfigs = NonNullable<ParseArgsConfig['options']>;

/** The options and operands of one call. */
export interface Arguments {
  /** the operands, in order */
  readonly operands: readonly string[];
  readonly flag: (name: string) => boolean;
  /** the last value given, undefined if none was */
  readonly text: (name: string) => string | undefined;
  /** all values given */
  readonly list: (name: string) => readonly string[];
}

export interface Command {
  readonly name: string;
  /** one line for the list of commands */
  readonly summary: string;
  /** the whole help text */
  readonly help: string;
  readonly options: OptionConfigs;
  /** least and most operands */
  readonly operands: readonly [least: number, most: number];
  /** @returns the exit status: 0 done, 1 the answer is no */
  readonly run: (args: Arguments, terminal: Terminal) => Promise<number>;
}

/** Options that every command has. */
const COMMON: OptionConfigs = { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } };

/** @throws UsageError if an option is unknown, misused, or the number of operands is wrong */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const { values, positionals } = parse(command, argv);
  const [least, most] = command.operands;
  const value = (name: string): unknown => (Object.hasOwn(values, name) ? values[name] : undefined);
  const args: Arguments = {
    operands: positionals,
    flag: (name) => value(name) === true,
    text: (name) => {
      const given = value(name);
      return typeof given === 'string' ? given : undefined;
    },
    list: (name) => {
      const given = value(name);
      return Array.isArray(given) ? given.filter((item): item is string => typeof item === 'string') : [];
    },
  };
  if (args.flag('help')) return args;
  if (positionals.length < least) throw new UsageError(`${command.name}: name ${least === 1 ? 'a file' : `${least} files`}.`);
  if (positionals.length > most) throw new UsageError(`${command.name}: "${positionals[most]}" is one operand too many.`);
  return args;
}

function parse(command: Command, argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: { ...COMMON, ...command.options }, allowPositionals: true, strict: true });
  } catch (error) {
    if (error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')) {
      throw new UsageError(`${command.name}: ${error.message.split('. ')[0]!.replace(/\.$/, '')}.`);
    }
    throw error;
  }
}

/** `--bind n=v` as bindings. */
export function parseBindings(items: readonly string[]): Bindings {
  const bindings = new Map<string, number>();
  for (const item of items) {
    const at = item.lastIndexOf('=');
    const symbol = item.slice(0, Math.max(0, at)).trim();
    const text = item.slice(at + 1).trim();
    if (at < 0 || symbol === '' || !/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
      throw new UsageError(`--bind ${item}: expected a dimension and a whole number, as in --bind batch=1.`);
    }
    if (bindings.has(symbol)) throw new UsageError(`--bind ${item}: "${symbol}" is bound twice.`);
    bindings.set(symbol, Number(text));
  }
  return Object.fromEntries(bindings);
}

/** A positive number of seconds. */
export function parseSeconds(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (text.trim() === '' || !Number.isFinite(seconds) || seconds <= 0) throw new UsageError(`--${option} ${text}: expected a positive number of seconds.`);
  return seconds;
}

/** A whole number of at least 1. */
export function parseCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!/^\d+$/.test(text.trim()) || !Number.isSafeInteger(count) || count < 1) throw new UsageError(`--${option} ${text}: expected a whole number of at least 1.`);
  return count;
}

/** One of several words. */
export function parseChoice<T extends string>(option: string, text: string | undefined, choices: readonly T[]): T | undefined {
  if (text === undefined) return undefined;
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw new UsageError(`--${option} ${text}: expected ${choices.join(', ')}.`);
  return found;
}
