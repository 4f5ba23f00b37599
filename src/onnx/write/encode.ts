/** The protobuf wire format, written: `onnx-proto` would lose what it does not know, so models are never encoded with it. */

/** @param value a whole number of at least 0 */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

/** A signed 64-bit integer, as protobuf writes int64: negative ones take ten bytes. */
export function signedVarint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

export const varintField = (number: number, value: number): Buffer => Buffer.concat([varint(number * 8), varint(value)]);
/** Tag and length of a field whose payload follows elsewhere. */
export const fieldHead = (number: number, length: number): Buffer => Buffer.concat([varint(number * 8 + 2), varint(length)]);
export const bytesField = (number: number, payload: Uint8Array): Buffer => Buffer.concat([fieldHead(number, payload.length), payload]);
export const textField = (number: number, text: string): Buffer => bytesField(number, Buffer.from(text, 'utf8'));
/** StringStringEntryProto */
export const entryField = (number: number, key: string, value: string): Buffer => bytesField(number, Buffer.concat([textField(1, key), textField(2, value)]));
