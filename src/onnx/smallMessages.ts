import { onnx } from 'onnx-proto';
import type { Wire } from './wire';

/** Messages that are decoded whole; none of an honest model is near this size. */
const LARGEST_BYTES = 1 << 20;

/**
 * Decodes a small message with onnx-proto.
 * @throws UserError if it is not such a message, however the decoder puts it
 */
export function decodeSmall<T>(wire: Wire, start: number, end: number, message: { readonly decode: (bytes: Uint8Array) => T }): T {
  if (end - start > LARGEST_BYTES) throw wire.damaged(`a description of ${end - start} bytes is too long`, start);
  try {
    return message.decode(wire.bytes(start, end));
  } catch {
    // protobufjs throws RangeError and plain Error alike, and runs out of stack on types nested thousands deep
    throw wire.damaged('a description cannot be decoded', start);
  }
}

/** A StringStringEntryProto. */
export function readStringEntry(wire: Wire, start: number, end: number): readonly [key: string, value: string] {
  const { key, value } = decodeSmall(wire, start, end, onnx.StringStringEntryProto);
  return [key ?? '', value ?? ''];
}

/** An OperatorSetIdProto, with 'ai.onnx' normalised to ''. */
export function readOpsetImport(wire: Wire, start: number, end: number): readonly [domain: string, version: number] {
  const { domain, version } = decodeSmall(wire, start, end, onnx.OperatorSetIdProto);
  return [normalDomain(domain ?? ''), Number(version ?? 0)];
}

/** '' is the default domain, which may also be written out. */
export const normalDomain = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);
