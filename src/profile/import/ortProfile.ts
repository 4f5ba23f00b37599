import { median } from '../../shared/median';
import { UserError } from '../../shared/userError';
import type { Measurements } from './measurements';
import { checkedSeconds } from './numbers';

/** What the name of an operator's event ends with. */
const KERNEL = '_kernel_time';

/**
 * The times in a profile of ONNX Runtime: events of the category Node whose name is that of a node and `_kernel_time`, in microseconds. A node
 * has one event for each run; its time is the median of those that count.
 *
 * @param warmUp events of each node that do not count
 * @throws UserError if there is no such event, or one has no valid time
 */
export function readOrtProfile(events: readonly unknown[], subject: string, warmUp = 0): Measurements {
  const runs = new Map<string, number[]>();
  const providers = new Set<string>();
  for (const event of events) {
    if (typeof event !== 'object' || event === null) continue;
    const { cat, name, dur, args } = event as { cat?: unknown; name?: unknown; dur?: unknown; args?: unknown };
    if (cat !== 'Node' || typeof name !== 'string' || !name.endsWith(KERNEL)) continue;
    const node = name.slice(0, -KERNEL.length);
    const seconds = checkedSeconds(typeof dur === 'number' ? dur / 1e6 : dur, node, subject);
    const of = runs.get(node);
    if (of) of.push(seconds);
    else runs.set(node, [seconds]);
    const provider = (args as { provider?: unknown } | null | undefined)?.provider;
    if (typeof provider === 'string') providers.add(provider.slice(0, 100));
  }
  if (runs.size === 0) throw new UserError(subject, 'holds no times of operators: no event of the category Node ends with "_kernel_time".', 'Is this a profile of ONNX Runtime?');
  const seconds = new Map([...runs].flatMap(([node, times]) => (times.length > warmUp ? [[node, median(times.slice(warmUp))] as const] : [])));
  return { names: 'nodes', seconds, memoryBytes: new Map(), providers: [...providers] };
}
