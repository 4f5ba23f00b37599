import type { HostTensor } from '../hostTensor';
import type { Words } from '../../shared/language';

/** A model of a chain: reads tensors by name, gives tensors by name. */
export interface ChainModel {
  /** absolute */
  readonly path: string;
  /** what reports call it */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface ChainRequest {
  /** folder of the ONNX Runtime package */
  readonly runtime: string;
  readonly whole: ChainModel;
  /** in an order in which each finds its inputs made */
  readonly models: readonly ChainModel[];
  readonly feeds: Readonly<Record<string, HostTensor>>;
  /** largest difference that counts as equal, as a share of the largest magnitude in the tensor; 0: bit for bit */
  readonly tolerance: number;
}

/** How one tensor of the chain differs from that of the whole model. */
export interface TensorDifference {
  readonly tensor: string;
  readonly type: string;
  readonly dims: readonly number[];
  /** same bytes */
  readonly identical: boolean;
  /** within the tolerance */
  readonly equal: boolean;
  /** largest absolute difference; null where it is not a matter of numbers (shapes, texts, a number against none) */
  readonly largest: number | null;
  /** the same as a share of the largest magnitude; null as above */
  readonly relative: number | null;
  /** name of the model that made it; null if it is an input of the chain */
  readonly from: string | null;
}

export interface ChainReport {
  /** all tensors that both give, in the order in which the chain makes them */
  readonly tensors: readonly TensorDifference[];
  readonly wholeSeconds: number;
  /** of each model of the chain */
  readonly seconds: readonly number[];
}

export interface TimingRequest {
  readonly runtime: string;
  readonly whole: ChainModel;
  readonly models: readonly ChainModel[];
  readonly feeds: Readonly<Record<string, HostTensor>>;
  readonly warmUp: number;
  readonly repeats: number;
}

/** Medians of one run, each model alone, in seconds. */
export interface TimingReport {
  readonly wholeSeconds: number;
  readonly seconds: readonly number[];
}

/** A model whose operators are to be timed. */
export interface ProfilingRequest {
  readonly runtime: string;
  readonly model: ChainModel;
  readonly feeds: Readonly<Record<string, HostTensor>>;
  /** runs before those that count */
  readonly warmUp: number;
  /** runs that count; at least 1 */
  readonly repeats: number;
  /** a folder that takes the file of times */
  readonly folder: string;
}

export interface ProfilingReport {
  /** absolute path of ONNX Runtime's profile, with the runs of the warm-up at its beginning */
  readonly profilePath: string;
  /** of each run that counts, in order */
  readonly runSeconds: readonly number[];
}

/** One stage of a pipeline of processes. */
export interface StageRequest {
  readonly runtime: string;
  readonly model: ChainModel;
  /** tensors that are handed on: what it gives, and what comes by for later stages */
  readonly handOn: readonly string[];
  readonly samples: number;
  /** where samples come from: made here again and again of these tensors, or from a socket that is listened on */
  readonly source: { readonly kind: 'feeds'; readonly feeds: Readonly<Record<string, HostTensor>> } | { readonly kind: 'listen'; readonly path: string };
  /** socket of the next stage; null for the last one, which drops what it makes */
  readonly next: string | null;
}

export interface StageReport {
  /** of each sample, in seconds */
  readonly computeSeconds: readonly number[];
  /** reading tensors from the sample's frame and writing them into the next one's, without waiting for anybody, in seconds */
  readonly handOverSeconds: readonly number[];
  /** when each sample was done, by the machine's monotonic clock, in seconds */
  readonly doneAt: readonly number[];
}

/** What a child process can be asked to do with ONNX Runtime, which may crash or hang and must not take its host along. */
export interface Tasks {
  /** runs a model and a chain of models on the same inputs, and compares what they give */
  compareChain: (request: ChainRequest) => ChainReport;
  /** times a model and the models of a chain, each alone */
  timeChain: (request: TimingRequest) => TimingReport;
  /** runs a model several times with ONNX Runtime's profiling */
  profileModel: (request: ProfilingRequest) => ProfilingReport;
  /** runs one stage for a stream of samples */
  serveStage: (request: StageRequest) => StageReport;
}

export type TaskName = keyof Tasks;
export type TaskRequest<N extends TaskName> = Parameters<Tasks[N]>[0];
export type TaskResult<N extends TaskName> = ReturnType<Tasks[N]>;

/** To the child, once; with the language that it is to speak. */
export type ToChild = { readonly [N in TaskName]: { readonly task: N; readonly request: TaskRequest<N>; readonly words?: Words | undefined } }[TaskName];

/** From the child: any number of phases, then one of the others. */
export type FromChild =
  | { readonly kind: 'phase'; readonly phase: string }
  | { readonly kind: 'done'; readonly result: TaskResult<TaskName> }
  | { readonly kind: 'refused'; readonly subject: string; readonly problem: string; readonly remedy: string | undefined }
  | { readonly kind: 'failed'; readonly stack: string };
