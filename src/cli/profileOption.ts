import { existsSync } from 'node:fs';
import type { ProfileChoice } from '../engine/requests';
import { UsageError, type Arguments } from './command';

/** Options of commands that compute with measured times. */
export const profileOptions = { profile: { type: 'string' }, 'no-profile': { type: 'boolean' } } as const;

/** Their help, in the columns of the commands that have them. */
export const PROFILE_HELP = `  --profile f[=c]  use the measured times of the profile f for the device class c (default: <model.onnx>.profile.json if it is there, and
                   the class that it names); see stagewright help profile
  --no-profile     estimate all times
`;

/** What `--profile` and `--no-profile` ask for; undefined if neither is given. */
export function profileChoice(args: Arguments): ProfileChoice | undefined {
  const text = args.text('profile');
  if (args.flag('no-profile')) {
    if (text !== undefined) throw new UsageError('--profile and --no-profile exclude each other.');
    return 'none';
  }
  if (text === undefined) return undefined;
  if (text === '') throw new UsageError('--profile: name a file.');
  const at = text.lastIndexOf('=');
  if (at <= 0 || existsSync(text)) return { path: text };
  return { path: text.slice(0, at), deviceClass: parseClass('profile', text.slice(at + 1)) };
}

/** The name of a device class. */
export function parseClass(option: string, text: string): string {
  if (!/^[a-z0-9._-]+$/.test(text)) throw new UsageError(`--${option} ${text}: expected the name of a device class: lower-case letters, digits, '-', '_' and '.'.`);
  return text;
}
