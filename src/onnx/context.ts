import type { OnnxGraph } from './model';
import type { Wire } from './wire';

/** What the readers of single messages share while one file is read. */
export interface ReadContext {
  readonly wire: Wire;
  /** tells something odd that is no reason to refuse the file; repeated texts are told once */
  readonly warn: (text: string) => void;
  /** checks a reference to another file; see externalData.ts */
  readonly external: (tensor: string, location: string, offset: number, length: number | undefined, byteLength: number) => { path: string; length: number };
  /** reads a GraphProto, for attributes that hold one; here because graphs hold nodes, which hold attributes */
  readonly readGraph: (start: number, end: number, depth: number) => OnnxGraph;
  /** polled every so often: throws if the work is to stop */
  readonly tick: (position: number) => void;
}
