import type { HostTensor } from '../hostTensor';

/** A sample on its way between stages: a length, a head in JSON, then the tensors' bytes one after the other. */

type TensorHead = { readonly name: string; readonly type: HostTensor['type']; readonly dims: readonly number[] } & ({ readonly bytes: number } | { readonly texts: readonly string[] });

/** Bytes of the two lengths at the start: of the head, of what follows it. */
const LENGTHS = 12;

/** The parts of a frame, to be written in order; tensors are not copied. */
export function frameOf(tensors: ReadonlyMap<string, HostTensor>): Buffer[] {
  const payloads: Buffer[] = [];
  const heads = [...tensors].map(([name, { type, dims, data }]): TensorHead => {
    if (!Buffer.isBuffer(data)) return { name, type, dims, texts: data as readonly string[] };
    payloads.push(data);
    return { name, type, dims, bytes: data.length };
  });
  const head = Buffer.from(JSON.stringify(heads), 'utf8');
  const lengths = Buffer.alloc(LENGTHS);
  lengths.writeUInt32LE(head.length, 0);
  lengths.writeDoubleLE(payloads.reduce((sum, payload) => sum + payload.length, 0), 4);
  return [lengths, head, ...payloads];
}

/** Puts frames together from the pieces in which they arrive. */
export function frameReader(): { readonly push: (chunk: Buffer) => Map<string, HostTensor>[] } {
  let chunks: Buffer[] = [];
  let held = 0;
  const take = (count: number): Buffer => {
    const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, held);
    chunks = all.length > count ? [all.subarray(count)] : [];
    held = all.length - count;
    return all.subarray(0, count);
  };
  let lengths: { head: number; body: number } | undefined;
  return {
    push: (chunk) => {
      chunks.push(chunk);
      held += chunk.length;
      const frames: Map<string, HostTensor>[] = [];
      for (;;) {
        if (!lengths) {
          if (held < LENGTHS) return frames;
          const start = take(LENGTHS);
          lengths = { head: start.readUInt32LE(0), body: start.readDoubleLE(4) };
        }
        if (held < lengths.head + lengths.body) return frames;
        const whole = take(lengths.head + lengths.body);
        frames.push(tensorsOf(whole, lengths.head));
        lengths = undefined;
      }
    },
  };
}

function tensorsOf(frame: Buffer, headBytes: number): Map<string, HostTensor> {
  let at = headBytes;
  return new Map(
    (JSON.parse(frame.toString('utf8', 0, headBytes)) as TensorHead[]).map((head): [string, HostTensor] => {
      const { name, type, dims } = head;
      if ('texts' in head) return [name, { type, dims, data: head.texts }];
      at += head.bytes;
      return [name, { type, dims, data: frame.subarray(at - head.bytes, at) }];
    }),
  );
}
