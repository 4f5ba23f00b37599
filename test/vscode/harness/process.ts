import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Runs a command to its end, all output into `log`.
 * @throws Error with the end of the output if it exits with anything but 0.
 */
export function run(command: string, args: readonly string[], options: { cwd: string; log: string; env?: NodeJS.ProcessEnv }): Promise<void> {
  mkdirSync(dirname(options.log), { recursive: true });
  appendFileSync(options.log, `\n$ ${command} ${args.join(' ')}\n`);
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let tail = '';
    const keep = (chunk: Buffer): void => {
      appendFileSync(options.log, chunk);
      tail = (tail + chunk.toString()).slice(-2000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0) done();
      else fail(new Error(`\`${command} ${args.join(' ')}\` in ${options.cwd} exited with ${String(code)}; its log is ${options.log}\n${tail}`));
    });
  });
}

/** The environment without what npm and vitest leave in it for their own children: a VS Code started from a test is nobody's child script. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const leftovers = /^(npm_(?!config_(registry|cache)$)|vitest|node_options$|node_env$|tinypool|test$|vscode_)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !leftovers.test(name)));
}

/**
 * Polls until `probe` gives something other than undefined, false or null; an exception counts as "not yet".
 * @throws Error that says what was waited for and why the last attempt failed.
 */
export async function eventually<T>(what: string, probe: () => T | Promise<T>, timeoutMilliseconds = 60_000): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = Date.now() + timeoutMilliseconds;
  for (;;) {
    let reason = '';
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) return value as NonNullable<Exclude<T, false>>;
    } catch (error) {
      reason = error instanceof Error ? `: ${error.message}` : '';
    }
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMilliseconds / 1000} s for ${what}${reason}`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}
