import type { ElementType } from '../onnx/model';

/** `*.cluster.json`: the devices that a model is placed on. Numbers are SI units: bytes, seconds, FLOP/s. */
export interface ClusterFile {
  readonly $schema?: string;
  readonly version: 1;
  readonly name: string;
  readonly devices: readonly ClusterDevice[];
  readonly links: readonly ClusterLink[];
  readonly servers?: ClusterServers;
}

/** Equal servers that the devices of every class are spread over evenly, in the order of their numbers. */
export interface ClusterServers {
  /** at least 2; divides the count of every class */
  readonly count: number;
  /** of the link that one device has to devices of other servers, in one direction */
  readonly bytesPerSecond: number;
  readonly latencySeconds?: number;
  readonly source?: string;
}

export interface ClusterDevice {
  /** unique in the file: lower-case letters, digits, '-', '_' and '.' */
  readonly class: string;
  readonly count: number;
  /** the devices that hold host memory, where transfers by way of the host begin and end; they pay nothing for communication */
  readonly host?: boolean;
  /** memory of one device; unbounded if absent, which only host devices may leave out */
  readonly memoryBytes?: number;
  /** dense peak rate by element type, FLOP/s (integer types: operations per second); a type that is absent runs at the rate of float32 */
  readonly peakFlops: Readonly<Partial<Record<ElementType, number>>>;
  readonly memoryBytesPerSecond: number;
  /** time that every operator costs at least: kernel launch, dispatch */
  readonly operatorOverheadSeconds?: number;
  /** share of the peak rates that is reached in practice, 0 < efficiency <= 1 */
  readonly efficiency?: number;
  /** operator types that this class cannot run: 'Type' or 'domain:Type' */
  readonly unsupported?: readonly string[];
  /** where the numbers come from */
  readonly source?: string;
}

export interface ClusterLink {
  /** two class names; twice the same for links among the devices of one class */
  readonly between: readonly [string, string];
  readonly bytesPerSecond: number;
  readonly latencySeconds?: number;
  /** 'peer': directly from device to device; 'host': by way of host memory, each side pays for its own copy */
  readonly path: 'peer' | 'host';
  /** what of compute, sending and receiving happens at the same time */
  readonly overlap?: 'none' | 'compute' | 'duplex' | 'full';
  readonly source?: string;
}
