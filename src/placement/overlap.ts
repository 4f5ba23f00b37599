import type { Overlap } from './problem';

/** Load of a device in seconds from its three activities in seconds. */
export function combine(overlap: Overlap, compute: number, receive: number, send: number): number {
  if (overlap === 'none') return compute + receive + send;
  if (overlap === 'compute') return Math.max(compute, receive + send);
  if (overlap === 'duplex') return compute + Math.max(receive, send);
  return Math.max(compute, receive, send);
}
