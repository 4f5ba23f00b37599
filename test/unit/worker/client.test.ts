import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Progress } from '../../../src/shared/progress';
import { CancelledError, UserError } from '../../../src/shared/userError';
import { makeWorkerClient, type WorkerClient, type WorkerClientOptions } from '../../../src/worker/client';
import { makeScriptFolder } from './scripts';

const scripts = makeScriptFolder();
const clients: WorkerClient[] = [];
const clientOf = (script: string, options: Partial<WorkerClientOptions> = {}): WorkerClient => {
  const client = makeWorkerClient({ script, ...options });
  clients.push(client);
  return client;
};
afterEach(() => clients.splice(0).forEach((client) => client.dispose()));
afterAll(() => scripts.remove());

/** Answers each check with its paths and with how many jobs this thread has done. */
const echo = scripts.script('echo', `globalThis.count = (globalThis.count ?? 0) + 1; parentPort.postMessage({ id, type: 'done', result: [...args.paths, String(globalThis.count)] });`);
/** Never looks at the flag. */
const deaf = scripts.script('deaf', `if (args.paths[0] === 'hang') for (;;); parentPort.postMessage({ id, type: 'done', result: args.paths });`);
/** Stops as soon as it is told to. */
const polite = scripts.script(
  'polite',
  `parentPort.postMessage({ id, type: 'progress', progress: { phase: 'searching', incumbent: 2 } });
   while (Atomics.load(flag, 0) === 0);
   parentPort.postMessage({ id, type: 'failed', error: { kind: 'cancelled' } });`,
);
const hungry = scripts.script('hungry', `const kept = []; for (;;) kept.push(new Array(100000).fill(id).map(String));`);
const broken = scripts.script('broken', `if (args.paths[0] === 'throw') throw new TypeError('a defect'); if (args.paths[0] === 'exit') process.exit(3); parentPort.postMessage({ id, type: 'done', result: args.paths });`);

describe('a worker client', () => {
  it('does jobs one after the other in one thread', async () => {
    const client = clientOf(echo);
    const results = await Promise.all(['a', 'b', 'c'].map((path) => client.run('check', { paths: [path] })));
    expect(results).toEqual([['a', '1'], ['b', '2'], ['c', '3']]);
  });

  it('ends a thread that nobody needs, and starts another', async () => {
    const client = clientOf(echo, { lingerMilliseconds: 20 });
    expect(await client.run('check', { paths: [] })).toEqual(['1']);
    expect(await client.run('check', { paths: [] })).toEqual(['2']);
    await new Promise((done) => setTimeout(done, 200));
    expect(await client.run('check', { paths: [] })).toEqual(['1']);
  });

  it('reports progress and cancels work that polls its flag, without ending the thread', async () => {
    const client = clientOf(polite, { graceMilliseconds: 60_000 });
    const abort = new AbortController();
    const reports: Progress[] = [];
    const running = client.run('check', { paths: [] }, { signal: abort.signal, report: (progress) => (reports.push(progress), abort.abort()) });
    await expect(running).rejects.toBeInstanceOf(CancelledError);
    expect(reports).toEqual([{ phase: 'searching', incumbent: 2 }]);
  });

  it('ends a thread that does not stop in time, and goes on with the next job', async () => {
    const client = clientOf(deaf, { graceMilliseconds: 50 });
    const abort = new AbortController();
    const hanging = client.run('check', { paths: ['hang'] }, { signal: abort.signal });
    const waiting = client.run('check', { paths: ['next'] });
    setTimeout(() => abort.abort(), 50);
    await expect(hanging).rejects.toBeInstanceOf(CancelledError);
    await expect(waiting).resolves.toEqual(['next']);
  });

  it('cancels a job that has not begun at once', async () => {
    const client = clientOf(deaf, { graceMilliseconds: 60_000 });
    const abort = new AbortController();
    client.run('check', { paths: ['hang'] }).catch(() => undefined);
    const waiting = client.run('check', { paths: ['next'] }, { signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toBeInstanceOf(CancelledError);
    await expect(client.run('check', { paths: [] }, { signal: abort.signal })).rejects.toBeInstanceOf(CancelledError);
  });

  it('says in one sentence that the memory does not suffice, and goes on', async () => {
    const client = clientOf(hungry, { memoryMegabytes: 64 });
    await expect(client.run('check', { paths: [] })).rejects.toSatisfy((error) => error instanceof UserError && error.message.includes('memory does not suffice'));
    await expect(client.run('layout', { key: '0', view: {} as never, showFoldable: false, grouped: false, expanded: [], deadlineMilliseconds: 1 })).rejects.toThrow('too large to be drawn');
  });

  it('passes a defect on as it was, and a thread that ended as something to try again', async () => {
    const client = clientOf(broken);
    await expect(client.run('check', { paths: ['throw'] })).rejects.toThrow(TypeError);
    await expect(client.run('check', { paths: ['exit'] })).rejects.toSatisfy((error) => error instanceof UserError && error.message.includes('ended unexpectedly (exit code 3)'));
    await expect(client.run('check', { paths: ['well'] })).resolves.toEqual(['well']);
  });

  it('cancels everything when it is disposed', async () => {
    const client = clientOf(deaf);
    const jobs = ['hang', 'next'].map((path) => client.run('check', { paths: [path] }));
    client.dispose();
    for (const job of jobs) await expect(job).rejects.toBeInstanceOf(CancelledError);
    await expect(client.run('check', { paths: [] })).rejects.toBeInstanceOf(CancelledError);
  });
});
