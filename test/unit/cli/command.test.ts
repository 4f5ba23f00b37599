import { describe, expect, it } from 'vitest';
import { parseArguments, parseBindings, parseChoice, parseSeconds, UsageError, type Command } from '../../../src/cli/command';

const command: Command = {
  name: 'try',
  summary: '',
  help: '',
  options: { bind: { type: 'string', multiple: true }, out: { type: 'string' } },
  operands: [1, 1],
  run: () => Promise.resolve(0),
};
const usage = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error('was accepted');
};

describe('the command line', () => {
  it('gives options and operands', () => {
    const args = parseArguments(command, ['--bind', 'a=1', 'm.onnx', '--bind=b=2', '--json']);
    expect(args.operands).toEqual(['m.onnx']);
    expect(args.list('bind')).toEqual(['a=1', 'b=2']);
    expect(args.flag('json')).toBe(true);
    expect(args.text('out')).toBeUndefined();
    expect(args.flag('constructor')).toBe(false);
  });
  it('takes everything after -- for an operand', () => {
    expect(parseArguments(command, ['--', '--json']).operands).toEqual(['--json']);
  });
  it('refuses what it does not know, and too few or too many operands', () => {
    expect(usage(() => parseArguments(command, ['--what', 'm']))).toMatch(/^try: Unknown option '--what'\.$/);
    expect(usage(() => parseArguments(command, ['m', '--out']))).toMatch(/argument missing/);
    expect(usage(() => parseArguments(command, []))).toMatch(/name a file/);
    expect(usage(() => parseArguments(command, ['a', 'b']))).toMatch(/"b" is one operand too many/);
  });
  it('asks for no operand where help is asked for', () => {
    expect(parseArguments(command, ['--help']).flag('help')).toBe(true);
  });
});

describe('option values', () => {
  it('binds dimensions, also those with = in their name', () => {
    expect(parseBindings(['batch=1', 'a=b=2', 'x.0 = 3'])).toEqual({ batch: 1, 'a=b': 2, 'x.0': 3 });
  });
  it.each(['batch', '=1', 'batch=', 'batch=one', 'batch=-1', 'batch=1.5', 'batch=1e3', 'batch=99999999999999999999'])('refuses --bind %s', (item) => {
    expect(usage(() => parseBindings([item]))).toMatch(/expected a dimension and a whole number/);
  });
  it('refuses binding twice', () => {
    expect(usage(() => parseBindings(['a=1', 'a=2']))).toMatch(/bound twice/);
  });
  it('reads seconds and choices', () => {
    expect(parseSeconds('time-limit', '1.5')).toBe(1.5);
    for (const bad of ['0', '-1', 'soon', '', 'Infinity', 'NaN']) expect(usage(() => parseSeconds('time-limit', bad))).toMatch(/positive number/);
    expect(parseChoice('objective', 'throughput', ['throughput'])).toBe('throughput');
    expect(usage(() => parseChoice('objective', 'beauty', ['throughput']))).toMatch(/expected throughput/);
  });
});
