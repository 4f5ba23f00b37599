import { describe, expect, it } from 'vitest';
import type { ChainRequest } from '../../../src/runtime/child/tasks';
import { runTask } from '../../../src/runtime/runTask';
import { unattended, type Control } from '../../../src/shared/progress';
import { CancelledError, UserError } from '../../../src/shared/userError';
import { modelFolder } from '../../fixtures/modelFolder';

const folder = modelFolder();
const whole = { path: '/m', name: 'm', inputs: [], outputs: [] };
const request: ChainRequest = { runtime: '/r', whole, models: [], feeds: {}, tolerance: 0 };
let scripts = 0;

/** A child process that does this instead of running a model. */
const child = (body: string, control: Control = unattended, patienceSeconds = 20): Promise<unknown> =>
  runTask('compareChain', request, { script: folder.save(`child-${scripts++}.cjs`, body), subject: 'net.onnx', patienceSeconds }, control);
const onRequest = (body: string): string => `process.once('message', (message) => { ${body} });`;

/** Whether a process of this id is there. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a task in a child process', () => {
  it('gives the result, and the phases on the way', async () => {
    const phases: string[] = [];
    const result = await child(onRequest(`process.send({ kind: 'phase', phase: 'one' }); process.send({ kind: 'done', result: message.request.whole.name });`), { ...unattended, report: ({ phase }) => phases.push(phase) });
    expect([result, phases]).toEqual(['m', ['one']]);
  });

  it('that refuses gives its error, and one that fails its stack', async () => {
    await expect(child(onRequest(`process.send({ kind: 'refused', subject: 'a', problem: 'is bad.', remedy: 'Mend it.' })`))).rejects.toEqual(new UserError('a', 'is bad.', 'Mend it.'));
    await expect(child(onRequest(`process.send({ kind: 'failed', stack: 'Error: defect\\n at x' })`))).rejects.toThrow(/Error: defect/);
  });

  it('that dies is one error, with its last words and what it was doing', async () => {
    const dying = child(onRequest(`process.send({ kind: 'phase', phase: 'running stage_1.onnx' }, () => { process.stderr.write('terminate called\\n', () => process.kill(process.pid, 'SIGSEGV')); });`));
    await expect(dying).rejects.toThrow(/net\.onnx: the process that runs ONNX Runtime ended \(SIGSEGV\) while running stage_1\.onnx/);
    await expect(child('process.exit(3)')).rejects.toThrow(/ended \(status 3\) while starting ONNX Runtime/);
  });

  it('that hangs is ended, even if it does not listen', async () => {
    let pid = 0;
    const hanging = child(onRequest(`process.send({ kind: 'phase', phase: String(process.pid) }, () => { for (;;); });`), { ...unattended, report: ({ phase }) => (pid = Number(phase)) }, 4);
    await expect(hanging).rejects.toThrow(/gave no sign of life for 4 s/);
    await expect.poll(() => lives(pid), { timeout: 20_000 }).toBe(false);
  });

  it('ends when it is cancelled', async () => {
    let pid = 0;
    const waiting = child(onRequest(`process.send({ kind: 'phase', phase: String(process.pid) }); setInterval(() => {}, 1000);`), { report: ({ phase }) => (pid = Number(phase)), cancelled: () => pid > 0 });
    await expect(waiting).rejects.toBeInstanceOf(CancelledError);
    await expect.poll(() => lives(pid), { timeout: 20_000 }).toBe(false);
  });

  it('cannot start without its script', async () => {
    await expect(runTask('compareChain', request, { script: '/nowhere/child.js', subject: 'net.onnx' }, unattended)).rejects.toThrow(/ended \(status 1\)/);
  });
});
