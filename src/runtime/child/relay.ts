import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { HostTensor } from '../hostTensor';
import { frameOf, frameSplitter, tensorsOf } from './frames';

/**
 * What lies between two stages: a thread that reads samples ahead and writes those that are done, since ONNX Runtime computes on the thread that calls it
 * and nothing else happens there meanwhile.
 */
export interface Relay {
  /** the next sample, and how long it took to read it from its frame; it was waiting, or is waited for */
  readonly take: () => Promise<{ readonly tensors: Map<string, HostTensor>; readonly seconds: number }>;
  /** waits while several samples are on their way */
  readonly ready: () => Promise<void>;
  /** hands a sample over */
  readonly send: (tensors: ReadonlyMap<string, HostTensor>) => void;
  /** all that was handed over has left */
  readonly end: () => Promise<void>;
}

export interface RelayPlaces {
  /** socket to listen on; null: samples come from nowhere */
  readonly listen: string | null;
  /** socket of the next stage; null: there is none */
  readonly next: string | null;
}

/** What the thread is given; its presence is what makes a thread this one. */
export interface RelayData extends RelayPlaces {
  readonly relay: true;
  readonly port: MessagePort;
}

type ToRelay = { readonly kind: 'taken' } | { readonly kind: 'send'; readonly parts: readonly Uint8Array[] };
type FromRelay = { readonly kind: 'frame'; readonly bytes: Uint8Array } | { readonly kind: 'sent' } | { readonly kind: 'failed'; readonly message: string };

/** Samples that wait before a stage: enough that one slow sample does not leave it without work. */
const MOST_WAITING = 4;
/** Samples on their way to the next stage; with more, a fast stage would only fill memory. */
const MOST_SENT = 2;
/** Milliseconds between two tries to reach the next stage, which may still be loading its model. */
const RETRY = 20;

/** @param script the bundle that this runs in: the thread is its other face */
export function startRelay(script: string, places: RelayPlaces): Relay {
  const { port1: port, port2 } = new MessageChannel();
  const worker = new Worker(script, { workerData: { relay: true, port: port2, ...places } satisfies RelayData, transferList: [port2] });
  worker.unref();
  const frames: Uint8Array[] = [];
  let onTheirWay = 0;
  let failure: Error | undefined;
  worker.once('error', (error) => (failure ??= error));
  const note = (message: FromRelay): void => {
    if (message.kind === 'frame') frames.push(message.bytes);
    else if (message.kind === 'sent') onTheirWay--;
    else failure ??= new Error(message.message);
  };
  /** What came while this thread computed. */
  const drain = (): void => {
    for (let received = receiveMessageOnPort(port); received; received = receiveMessageOnPort(port)) note(received.message as FromRelay);
  };
  const until = async (holds: () => boolean): Promise<void> => {
    drain();
    while (!holds()) {
      if (failure) throw failure;
      const [message] = (await once(port, 'message')) as [FromRelay];
      note(message);
      drain();
    }
  };
  const post = (message: ToRelay): void => port.postMessage(message);
  return {
    take: async () => {
      await until(() => frames.length > 0);
      const begun = performance.now();
      const tensors = tensorsOf(Buffer.from(frames.shift()!.buffer));
      post({ kind: 'taken' });
      return { tensors, seconds: (performance.now() - begun) / 1000 };
    },
    ready: () => until(() => onTheirWay < MOST_SENT),
    send: (tensors) => {
      onTheirWay++;
      post({ kind: 'send', parts: frameOf(tensors) });
    },
    end: async () => {
      await until(() => onTheirWay === 0);
      port.close();
    },
  };
}

/** The thread itself. */
export function runRelay({ port, listen, next }: RelayData): void {
  const tell = (message: FromRelay, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  const outgoing = next === null ? null : connect(next);
  let waiting = 0;
  let source: Socket | undefined;
  port.on('message', (message: ToRelay) => {
    if (message.kind === 'taken') {
      if (--waiting < MOST_WAITING) source?.resume();
    } else {
      void outgoing?.then((socket) => write(socket, message.parts, () => tell({ kind: 'sent' })));
    }
  });
  if (listen === null) return;
  const splitter = frameSplitter();
  const server = createServer((socket) => {
    server.close();
    source = socket;
    socket.on('data', (chunk) => {
      for (const frame of splitter.push(chunk as Buffer)) {
        // memory of its own, so that it is handed over and not copied
        const bytes = new Uint8Array(frame);
        tell({ kind: 'frame', bytes }, [bytes.buffer]);
        waiting++;
      }
      if (waiting >= MOST_WAITING) socket.pause();
    });
    socket.once('error', (error) => tell({ kind: 'failed', message: error.message }));
    socket.once('close', () => tell({ kind: 'failed', message: 'the stage before ended' }));
  });
  server.once('error', (error) => tell({ kind: 'failed', message: error.message }));
  server.listen(listen);
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

function write(socket: Socket, parts: readonly Uint8Array[], sent: () => void): void {
  socket.cork();
  parts.forEach((part, i) => socket.write(part, i < parts.length - 1 ? undefined : () => sent()));
  socket.uncork();
}
