/**
 * What reading an ONNX file gives: the topology in memory, the weights left on disk.
 * Names follow onnx.proto; optional proto fields that are absent are '' or 0, as protobuf has it.
 */

/** Element types of ONNX tensors (TensorProto.DataType), by the names that numpy and the ONNX documents use. */
export type ElementType =
  | 'float32' | 'float16' | 'bfloat16' | 'float64'
  | 'int8' | 'int16' | 'int32' | 'int64'
  | 'uint8' | 'uint16' | 'uint32' | 'uint64'
  | 'bool' | 'string' | 'complex64' | 'complex128'
  | 'float8e4m3fn' | 'float8e4m3fnuz' | 'float8e5m2' | 'float8e5m2fnuz' | 'float8e8m0'
  | 'uint4' | 'int4' | 'float4e2m1' | 'uint2' | 'int2';

/** One dimension: a number, a symbol that the user may bind ("batch"), or null where nothing is known. */
export type Dim = number | string | null;

/** A range of bytes of the model file. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Where the payload of a tensor lies. */
export type TensorLocation =
  /** in the model file: `raw_data`; one packed typed field; or entries scattered over several fields of the TensorProto whose record is the range */
  | { readonly kind: 'file'; readonly range: ByteRange; readonly encoding: 'raw' | 'packed' | 'fields' }
  /** another file of the model's folder; `path` is relative to it with forward slashes, checked not to leave it and to hold these bytes */
  | { readonly kind: 'external'; readonly path: string; readonly offset: number; readonly length: number }
  /** no payload: an empty tensor, or one that a test stripped */
  | { readonly kind: 'none' };

/** A constant tensor: an initializer, or the value of an attribute. */
export interface TensorRef {
  readonly name: string;
  readonly elementType: ElementType;
  readonly dims: readonly number[];
  /** bytes of the payload as the element type stores it (4-bit types packed), whatever the file's encoding; for strings the bytes of their text */
  readonly byteLength: number;
  readonly location: TensorLocation;
  /**
   * The values, where they are few enough to matter for shapes: present for tensors of at most 1,024 elements
   * whose payload lies in the model file and whose type is integer, bool or floating point. 64-bit integers beyond 2^53 (as the
   * "to the end" of a Slice) are rounded to the nearest double.
   */
  readonly values?: readonly number[];
}

/** The type of a value, as far as the file states it. */
export type ValueType =
  | { readonly kind: 'tensor' | 'sparse_tensor'; readonly elementType: ElementType | undefined; readonly shape: readonly Dim[] | undefined }
  | { readonly kind: 'sequence' | 'optional'; readonly element: ValueType }
  | { readonly kind: 'map'; readonly key: ElementType; readonly value: ValueType }
  | { readonly kind: 'unknown' };

export interface ValueInfo {
  readonly name: string;
  readonly type: ValueType;
}

export type Attribute =
  | { readonly kind: 'float' | 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'floats' | 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: TensorRef }
  | { readonly kind: 'tensors'; readonly value: readonly TensorRef[] }
  | { readonly kind: 'graph'; readonly value: OnnxGraph }
  | { readonly kind: 'graphs'; readonly value: readonly OnnxGraph[] }
  /**
   * Kinds that no operator needs for shapes or cost (sparse tensors, type protos), and lists and strings too large to keep in memory;
   * the range is that of the AttributeProto.
   */
  | { readonly kind: 'other'; readonly range?: ByteRange };

/** ONNX multi-device annotation of a node (IR version 11). */
export interface NodeDeviceConfiguration {
  readonly configurationId: string;
  readonly pipelineStage: number | undefined;
}

export interface OnnxNode {
  /** may be empty, may repeat */
  readonly name: string;
  readonly opType: string;
  /** '' is the default domain (ai.onnx is normalised to '') */
  readonly domain: string;
  /** '' marks an omitted optional input */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** the NodeProto's record in the file; absent for nodes that come from an inlined function */
  readonly range: ByteRange | undefined;
  readonly metadata: ReadonlyMap<string, string>;
  readonly deviceConfigurations: readonly NodeDeviceConfiguration[];
}

export interface OnnxGraph {
  readonly name: string;
  /** topologically sorted: producers before consumers, file order kept where it is free */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, TensorRef>;
  /** graph inputs without those that only repeat an initializer (IR version below 4) */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** the file's own claims about intermediate tensors; hints, to be checked */
  readonly valueInfos: ReadonlyMap<string, ValueInfo>;
}

/** ONNX DeviceConfigurationProto (IR version 11). */
export interface DeviceConfiguration {
  readonly name: string;
  readonly deviceCount: number;
  readonly devices: readonly string[];
}

export interface OnnxModel {
  /** absolute path */
  readonly path: string;
  readonly fileBytes: number;
  readonly irVersion: number;
  readonly producerName: string;
  readonly producerVersion: string;
  /** domain ('' for ai.onnx) to version */
  readonly opsetImports: ReadonlyMap<string, number>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly deviceConfigurations: readonly DeviceConfiguration[];
  /** the main graph, local functions inlined */
  readonly graph: OnnxGraph;
  /** the GraphProto's record in the file, for writers that splice */
  readonly graphRange: ByteRange;
  /** what is odd but no reason to refuse the file: a newer IR version, an unknown element type */
  readonly warnings: readonly string[];
}
