import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameOf, frameSplitter, tensorsOf } from '../../../src/runtime/child/frames';
import type { ChainModel } from '../../../src/runtime/child/tasks';
import type { HostTensor } from '../../../src/runtime/hostTensor';
import { handedOn, measurePipeline } from '../../../src/runtime/measurePipeline';
import { median } from '../../../src/shared/median';
import { unattended } from '../../../src/shared/progress';
import { modelFolder } from '../../fixtures/modelFolder';

const folder = modelFolder();
const tensors = fc.dictionary(
  fc.string({ minLength: 1 }),
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes): HostTensor => ({ type: 'uint8', dims: [bytes.length], data: Buffer.from(bytes) })),
    fc.array(fc.string()).map((texts): HostTensor => ({ type: 'string', dims: [texts.length], data: texts })),
  ),
);

describe('frames', () => {
  it('come back as they went, however they are cut on the way', () => {
    fc.assert(
      fc.property(fc.array(tensors, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 500 }), (samples, step) => {
        const bytes = Buffer.concat(samples.flatMap((sample) => frameOf(new Map(Object.entries(sample)))));
        const splitter = frameSplitter();
        const back: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += step) back.push(...splitter.push(bytes.subarray(at, at + step)));
        expect(back.map((frame) => [...tensorsOf(frame)])).toEqual(samples.map((sample) => Object.entries(sample)));
      }),
    );
  });
});

const model = (name: string, inputs: string[], outputs: string[]): ChainModel => ({ path: `/${name}`, name, inputs, outputs });

describe('a pipeline of processes', () => {
  it('hands on what later stages read, inputs of the model included', () => {
    expect(handedOn([model('a', ['x'], ['h', 'skip']), model('b', ['h', 'z'], ['i']), model('c', ['i', 'skip', 'x'], ['y'])])).toEqual([['x', 'z', 'h', 'skip'], ['x', 'skip', 'i'], []]);
  });

  it('is measured by its medians between filling and draining', async () => {
    const script = folder.save('steady.cjs', `process.once('message', ({ request: { model, samples } }) => {
      const slow = model.name === 'b';
      process.send({ kind: 'done', result: { computeSeconds: Array(samples).fill(slow ? 3 : 1), handOverSeconds: Array(samples).fill(0.5), doneAt: Array.from({ length: samples }, (_, i) => (i < 3 ? 100 * i : 300 + 2 * i)) } });
    });`);
    const report = await measurePipeline({ runtime: '/r', models: [model('a', ['x'], ['h']), model('b', ['h'], ['y'])], cores: [0, 1], feeds: {}, samples: 20, margin: 4 }, { script, subject: 'm' }, unattended);
    expect(report).toEqual({ secondsPerSample: 2, computeSeconds: [1, 3], meanBusySeconds: 3.5, handOverSeconds: [0.5, 0.5] });
  });

  it('ends with all its processes when one dies or hangs', async () => {
    const pids: number[] = [];
    const run = (bad: string, patienceSeconds = 60) => {
      const script = folder.save('bad.cjs', `process.once('message', ({ request: { model } }) => process.send({ kind: 'phase', phase: 'pid ' + process.pid }, () => { if (model.name === 'b') { ${bad} } else setInterval(() => process.send({ kind: 'phase', phase: 'waiting' }), 200); }));`);
      const control = { ...unattended, report: ({ phase }: { phase: string }) => (phase.startsWith('pid ') ? void pids.push(Number(phase.slice(4))) : undefined) };
      return measurePipeline({ runtime: '/r', models: [model('a', ['x'], ['h']), model('b', ['h'], ['y'])], cores: [0, 1], feeds: {}, samples: 20, margin: 4 }, { script, subject: 'm', patienceSeconds }, control);
    };
    await expect(run('process.exit(7)')).rejects.toThrow(/ended \(status 7\)/);
    await expect(run('for (;;);', 4)).rejects.toThrow(/no sign of life for 4 s/);
    // the one that dies may do so before the other has started
    expect(pids.length).toBeGreaterThanOrEqual(3);
    const lives = (pid: number): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    await expect.poll(() => pids.filter(lives), { timeout: 20_000 }).toEqual([]);
  });

  it('takes the middle of what it measures', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 2.5, NaN]);
  });
});
