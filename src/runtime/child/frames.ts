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

/** Puts frames together from the pieces in which they arrive; each frame whole, as `tensorsOf` reads it. */
export function frameSplitter(): { readonly push: (chunk: Buffer) => Buffer[] } {
  let chunks: Buffer[] = [];
  let held = 0;
  /** bytes of the frame that is arriving, 0 if that is not known yet */
  let wanted = 0;
  const joined = (): Buffer => {
    if (chunks.length > 1) chunks = [Buffer.concat(chunks, held)];
    return chunks[0]!;
  };
  return {
    push: (chunk) => {
      chunks.push(chunk);
      held += chunk.length;
      const frames: Buffer[] = [];
      for (;;) {
        if (wanted === 0 && held >= LENGTHS) {
          const start = joined();
          wanted = LENGTHS + start.readUInt32LE(0) + start.readDoubleLE(4);
        }
        if (wanted === 0 || held < wanted) return frames;
        const all = joined();
        frames.push(all.subarray(0, wanted));
        chunks = all.length > wanted ? [all.subarray(wanted)] : [];
        held = all.length - wanted;
        wanted = 0;
      }
    },
  };
}

/** The tensors of a frame, which share its memory. */
export function tensorsOf(frame: Buffer): Map<string, HostTensor> {
  const headBytes = frame.readUInt32LE(0);
  let at = LENGTHS + headBytes;
  return new Map(
    (JSON.parse(frame.toString('utf8', LENGTHS, LENGTHS + headBytes)) as TensorHead[]).map((head): [string, HostTensor] => {
      const { name, type, dims } = head;
      if ('texts' in head) return [name, { type, dims, data: head.texts }];
      at += head.bytes;
      return [name, { type, dims, data: frame.subarray(at - head.bytes, at) }];
    }),
  );
}
