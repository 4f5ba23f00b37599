import type * as Ort from 'onnxruntime-node';
import { bytesOfElements } from '../onnx/elementTypes';
import type { ElementType } from '../onnx/model';
import type { OnnxRuntime } from './onnxRuntime';

/** A tensor in this process. */
export interface HostTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** little-endian, as ONNX stores the type; of strings their texts */
  readonly data: Buffer | readonly string[];
}

/** Element types that ONNX Runtime's binding for Node.js takes and gives. */
const CARRIED = ['float32', 'float64', 'float16', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'bool', 'string'] as const satisfies readonly ElementType[];
type Carried = (typeof CARRIED)[number];

/** Whether a tensor of this type can be handed to ONNX Runtime and taken from it in this process. */
export const isCarried = (type: ElementType | undefined): type is Carried => CARRIED.some((carried) => carried === type);

const arrays = {
  float32: Float32Array, float64: Float64Array, float16: Uint16Array,
  int8: Int8Array, int16: Int16Array, int32: Int32Array, int64: BigInt64Array,
  uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, uint64: BigUint64Array, bool: Uint8Array,
} as const;

/** @throws TypeError if the type is not carried, or the data are not as long as the dims say */
export function toOrt(ort: OnnxRuntime, { type, dims, data }: HostTensor): Ort.Tensor {
  if (!isCarried(type)) throw new TypeError(`toOrt: no tensors of ${type}`);
  if (type === 'string') return new ort.Tensor('string', [...(data as readonly string[])], [...dims]);
  const bytes = data as Buffer;
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (bytes.length !== bytesOfElements(type, count)) throw new TypeError(`toOrt: ${bytes.length} bytes for ${type} ${dims.join('x')}`);
  // a copy of its own, aligned as the typed array needs it
  const memory = new ArrayBuffer(bytes.length);
  bytes.copy(new Uint8Array(memory));
  return new ort.Tensor(type, new arrays[type](memory) as never, [...dims]);
}

/** The tensor that a run gave, its bytes not copied. @throws TypeError if its type is not carried */
export function fromOrt(tensor: Ort.Tensor): HostTensor {
  const { type, dims, data } = tensor;
  if (!isCarried(type as ElementType)) throw new TypeError(`fromOrt: no tensors of ${type}`);
  if (type === 'string') return { type, dims: [...dims], data: data as string[] };
  const array = data as Float32Array;
  return { type: type as ElementType, dims: [...dims], data: Buffer.from(array.buffer, array.byteOffset, array.byteLength) };
}
