import type { Progress } from '../shared/progress';
import { CancelledError, UserError } from '../shared/userError';
import type { JobArguments, JobName, JobResult } from './jobs';

/** Values of a job's flag: it is to end at once, or with the best result that it has. */
export const CANCEL = 1;
export const STOP = 2;

/** What the client sends: one job at a time. `flag[0]` becomes `CANCEL` or `STOP`; it lies in shared memory, as a busy thread reads no messages. */
export type ToWorker<J extends JobName = JobName> = { readonly [N in J]: { readonly id: number; readonly job: N; readonly args: JobArguments<N>; readonly flag: Int32Array } }[J];

export type FromWorker =
  | { readonly id: number; readonly type: 'progress'; readonly progress: Progress }
  | { readonly id: number; readonly type: 'done'; readonly result: JobResult<JobName> }
  | { readonly id: number; readonly type: 'failed'; readonly error: WireError };

/** Errors by kind, because structured cloning makes plain `Error`s of them all. */
export type WireError =
  | { readonly kind: 'user'; readonly subject: string; readonly problem: string; readonly remedy: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'defect'; readonly message: string; readonly stack: string };

export function packError(error: unknown): WireError {
  if (error instanceof UserError) return { kind: 'user', subject: error.subject, problem: error.problem, remedy: error.remedy };
  if (error instanceof CancelledError) return { kind: 'cancelled' };
  if (error instanceof Error) return { kind: 'defect', message: error.message, stack: error.stack ?? error.message };
  return { kind: 'defect', message: String(error), stack: String(error) };
}

/** A defect keeps the stack that it had in the worker: the one of the message handler says nothing. */
export function unpackError(error: WireError): Error {
  if (error.kind === 'user') return new UserError(error.subject, error.problem, error.remedy);
  if (error.kind === 'cancelled') return new CancelledError();
  const defect = new Error(error.message);
  defect.stack = error.stack;
  return defect;
}
