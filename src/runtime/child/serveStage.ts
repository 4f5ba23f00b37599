import { createConnection, createServer, type Socket } from 'node:net';
import type { HostTensor } from '../hostTensor';
import { loadPackage } from '../onnxRuntime';
import { frameOf, frameReader } from './frames';
import { loadModel } from './session';
import type { StageReport, StageRequest } from './tasks';

type Values = ReadonlyMap<string, HostTensor>;

/** Samples that wait in a stage while it computes: one is enough to keep it busy, more would only take memory. */
const MOST_WAITING = 2;
/** Milliseconds between two tries to reach the next stage, which may still be loading its model. */
const RETRY = 20;

const now = (): number => Number(process.hrtime.bigint()) / 1e9;

/**
 * Runs one stage of a pipeline: takes samples, runs the model on each, hands on what the stages after it need. All is at its place before the first sample.
 *
 * @param phase is told what goes on with every sample, as a sign of life
 * @throws UserError as `loadModel` and its runs
 */
export async function serveStage({ runtime, model, handOn, samples, source, next }: StageRequest, phase: (text: string) => void): Promise<StageReport> {
  const loaded = await loadModel(loadPackage(runtime), model);
  // whoever waits is alive; whoever computes is heard of when it is done
  const waiting = setInterval(() => phase(`waiting for a sample of ${model.name}`), 1000);
  try {
    const incoming = source.kind === 'listen' ? await listen(source.path) : repeat(new Map(Object.entries(source.feeds)), samples);
    const outgoing = next === null ? null : await connect(next);
    const report = { computeSeconds: [] as number[], handOverSeconds: [] as number[], doneAt: [] as number[] };
    let sent: Promise<void> = Promise.resolve();
    for (let sample = 0; sample < samples; sample++) {
      const values = await incoming.take();
      phase(`running ${model.name}`);
      const { outputs, seconds } = await loaded.run(values.tensors);
      // one sample may be on its way while the next is computed; with more, a fast stage would only fill memory
      await sent;
      const begun = now();
      if (outgoing) sent = write(outgoing, frameOf(new Map(handOn.map((name) => [name, outputs.get(name) ?? values.tensors.get(name)!]))));
      const done = now();
      report.computeSeconds.push(seconds);
      report.handOverSeconds.push(done - begun + values.seconds);
      report.doneAt.push(done);
    }
    await sent;
    outgoing?.end();
    return report;
  } finally {
    clearInterval(waiting);
    await loaded.release();
  }
}

interface Incoming {
  /** the next sample, and how long it took to read it from its frame */
  readonly take: () => Promise<{ readonly tensors: Values; readonly seconds: number }>;
}

function repeat(tensors: Values, samples: number): Incoming {
  let left = samples;
  return { take: () => (left-- > 0 ? Promise.resolve({ tensors, seconds: 0 }) : Promise.reject(new Error('there are no more samples'))) };
}

/** Waits for the stage before this one, and takes its samples as they come; while enough wait, nothing more is read. */
function listen(path: string): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      server.close();
      resolve(samplesOf(socket));
    });
    server.once('error', reject);
    server.listen(path);
  });
}

function samplesOf(socket: Socket): Incoming {
  const ready: { tensors: Values; seconds: number }[] = [];
  const reader = frameReader();
  let wake: (() => void) | undefined;
  let ended: Error | undefined;
  let spent = 0;
  socket.on('data', (chunk) => {
    const begun = now();
    const frames = reader.push(chunk as Buffer);
    spent += now() - begun;
    for (const tensors of frames) {
      ready.push({ tensors, seconds: spent });
      spent = 0;
    }
    if (ready.length >= MOST_WAITING) socket.pause();
    if (frames.length > 0) wake?.();
  });
  const end = (error: Error): void => {
    ended ??= error;
    wake?.();
  };
  socket.once('error', end);
  socket.once('close', () => end(new Error('the stage before ended')));
  return {
    take: async () => {
      while (ready.length === 0) {
        if (ended) throw ended;
        await new Promise<void>((resolve) => (wake = resolve));
      }
      const sample = ready.shift()!;
      if (ready.length < MOST_WAITING) socket.resume();
      return sample;
    },
  };
}

function connect(path: string): Promise<Socket> {
  return new Promise((resolve) => {
    const attempt = (): void => {
      const socket = createConnection(path);
      socket.once('connect', () => {
        socket.removeAllListeners('error');
        // a stage that ends before its time is told of by its own process
        socket.on('error', () => undefined);
        resolve(socket);
      });
      socket.once('error', () => setTimeout(attempt, RETRY));
    };
    attempt();
  });
}

/** Resolves when the system has taken the bytes; as much as it takes at once is taken before this returns. */
function write(socket: Socket, parts: readonly Buffer[]): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.cork();
    parts.forEach((part, i) => socket.write(part, i < parts.length - 1 ? undefined : (error) => (error ? reject(error) : resolve())));
    socket.uncork();
  });
}
