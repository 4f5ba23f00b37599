import { t } from '@vscode/l10n';
import { components, depthFirstOrder, digraph, type Digraph } from '../placement/digraph';
import type { PlacementProblem } from '../placement/problem';
import { targetText } from '../shared/planEdits';
import { devicePins, samePlace, stagePins, targetOf, type PinnedTo } from './pinTargets';
import type { Planned } from './planned';

type Subject = Pick<Planned, 'prepared' | 'input' | 'objective'>;

/**
 * Which pins no plan keeps together, in one sentence that names them; null if there are none that can be told without solving. What is left are memory, and
 * which device classes follow each other: that is for the solver to find out.
 *
 * @param flow of the subject, for those who ask of one subject again and again
 */
export function pinContradiction(subject: Subject, pinned: ReadonlyMap<number, PinnedTo>, flow = flowOf(subject.input.problem)): string | null {
  if (pinned.size === 0) return null;
  return (
    impossiblePin(subject, pinned) ?? pinnedApart(subject, pinned) ?? againstTheFlow(subject, pinned, flow) ?? tooFewBefore(subject, pinned, flow) ?? inACircle(subject, pinned, flow)
  );
}

/** Which node reads from which: arcs from producers to consumers. */
export interface Flow {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly graph: Digraph;
  /** nodes, each after those that it reads from */
  readonly order: Int32Array;
}

export function flowOf(problem: PlacementProblem): Flow {
  const from: number[] = [];
  const to: number[] = [];
  for (const { producer, consumers } of problem.nets) {
    for (const consumer of consumers) {
      from.push(producer);
      to.push(consumer);
    }
  }
  const graph = digraph(problem.labels.length, from, to);
  return { from, to, graph, order: depthFirstOrder(graph, (node) => node) };
}

const title = ({ prepared, input }: Subject, node: number): string => {
  const { name, id } = prepared.graph.operators[input.nodes[node]!]!;
  return name || id;
};

const placeText = ({ input }: Subject, to: PinnedTo): string => targetText(targetOf(to, input.devices));

/** A pin that no plan keeps, whatever the others are. */
function impossiblePin(subject: Subject, pinned: ReadonlyMap<number, PinnedTo>): string | null {
  const { input: { problem, devices, nodeOf }, objective } = subject;
  for (const [operator, to] of pinned) {
    const node = nodeOf[operator]!;
    if ('device' in to) {
      if (!Number.isFinite(problem.seconds[devices[to.device]!.class]![node]!)) return t('{0} does not support “{1}”.', devices[to.device]!.name, title(subject, node));
    } else if (objective === 'latency') return t('A plan for the latency of one sample has no fixed stages: pin “{0}” to a device instead.', title(subject, node));
    else if (to.stage >= devices.length) {
      return devices.length === 1
        ? t('“{0}” is pinned to stage {1}, but one device makes one stage: stage 0.', title(subject, node), to.stage)
        : t('“{0}” is pinned to stage {1}, but {2} devices make stages 0 to {3} at most.', title(subject, node), to.stage, devices.length, devices.length - 1);
    }
  }
  return null;
}

/** Colocated operators that are pinned to different devices, or to different stages. */
function pinnedApart(subject: Subject, pinned: ReadonlyMap<number, PinnedTo>): string | null {
  const { problem: { colocation }, nodeOf } = subject.input;
  for (const pins of [devicePins(pinned), stagePins(pinned)]) {
    const first = new Map<number, number>();
    for (const [operator] of pins) {
      const group = colocation[nodeOf[operator]!]!;
      const other = first.get(group);
      if (group < 0) continue;
      if (other === undefined) first.set(group, operator);
      else if (!samePlace(pinned.get(other), pinned.get(operator))) {
        return t('“{0}” is pinned to {1} and “{2}” to {3}, but they must share a device.', title(subject, nodeOf[other]!), placeText(subject, pinned.get(other)!), title(subject, nodeOf[operator]!), placeText(subject, pinned.get(operator)!));
      }
    }
  }
  return null;
}

/** An operator pinned to an earlier stage than one that it depends on. */
function againstTheFlow(subject: Subject, pinned: ReadonlyMap<number, PinnedTo>, { graph, order }: Flow): string | null {
  const { nodeOf } = subject.input;
  // the latest stage of what each node depends on, and which node is pinned to it
  const stage = new Int32Array(graph.size).fill(-1);
  const by = new Int32Array(graph.size).fill(-1);
  const own = new Map(stagePins(pinned).map(([operator, wanted]) => [nodeOf[operator]!, wanted]));
  for (const node of order) {
    const wanted = own.get(node);
    if (wanted !== undefined) {
      if (wanted < stage[node]!) return t('“{0}” is pinned to stage {1}, but it depends on “{2}”, which is pinned to stage {3}.', title(subject, node), wanted, title(subject, by[node]!), stage[node]!);
      [stage[node], by[node]] = [wanted, node];
    }
    for (let e = graph.starts[node]!; e < graph.starts[node + 1]!; e++) {
      const next = graph.targets[e]!;
      if (stage[node]! > stage[next]!) [stage[next], by[next]] = [stage[node]!, by[node]!];
    }
  }
  return null;
}

/** An operator pinned to a stage that cannot have as many stages before it: everything else depends on it. */
function tooFewBefore(subject: Subject, pinned: ReadonlyMap<number, PinnedTo>, { graph }: Flow): string | null {
  const { nodeOf } = subject.input;
  const example = new Map<number, number>();
  for (const [operator, stage] of stagePins(pinned)) if (!example.has(stage)) example.set(stage, nodeOf[operator]!);
  for (const [stage, node] of [...example].sort(([a], [b]) => a - b)) {
    const behind = new Uint8Array(graph.size);
    const stack = stagePins(pinned).flatMap(([operator, other]) => (other >= stage ? [nodeOf[operator]!] : []));
    for (const v of stack) behind[v] = 1;
    for (let v = stack.pop(); v !== undefined; v = stack.pop()) {
      for (let e = graph.starts[v]!; e < graph.starts[v + 1]!; e++) {
        const next = graph.targets[e]!;
        if (behind[next] === 1) continue;
        behind[next] = 1;
        stack.push(next);
      }
    }
    const before = behind.reduce((count, is) => count - is, graph.size);
    if (before < stage) {
      return before === 0
        ? t('“{0}” is pinned to stage {1}, but nothing can come before it: all other operators depend on it or are pinned behind it.', title(subject, node), stage)
        : t('“{0}” is pinned to stage {1}, but too little can come before it to fill the stages before: all but {2} of the operators depend on it or are pinned behind it.', title(subject, node), stage, before);
    }
  }
  return null;
}

/** Operators pinned to one place that lie before and behind what is pinned to another, or that no device runs together. */
function inACircle(subject: Subject, pinned: ReadonlyMap<number, PinnedTo>, flow: Flow): string | null {
  const { problem, nodeOf, devices } = subject.input;
  const { size } = flow.graph;
  const from = [...flow.from];
  const to = [...flow.to];
  // what shares a device is tied by arcs both ways, and so ends up in one component
  const tie = (nodes: readonly number[]): void => {
    nodes.slice(1).forEach((node, i) => {
      from.push(nodes[i]!, node);
      to.push(node, nodes[i]!);
    });
  };
  const groups = (keys: Iterable<readonly [node: number, key: number]>): Map<number, number[]> => {
    const of = new Map<number, number[]>();
    for (const [node, key] of keys) {
      const known = of.get(key);
      if (known === undefined) of.set(key, [node]);
      else known.push(node);
    }
    return of;
  };
  for (const nodes of groups([...problem.colocation].flatMap((group, node) => (group < 0 ? [] : [[node, group] as const]))).values()) tie(nodes);
  for (const nodes of groups(devicePins(pinned).map(([operator, device]) => [nodeOf[operator]!, device])).values()) tie(nodes);
  const stages = [...groups(stagePins(pinned).map(([operator, stage]) => [nodeOf[operator]!, stage]))].sort(([a], [b]) => a - b);
  for (const [, nodes] of stages) tie(nodes);
  stages.slice(1).forEach(([, nodes], i) => {
    from.push(stages[i]![1][0]!);
    to.push(nodes[0]!);
  });
  const { of } = components(digraph(size, from, to));
  const placeOf = new Map<string, { readonly operator: number; readonly to: PinnedTo }>();
  for (const [operator, place] of pinned) {
    const key = `${of[nodeOf[operator]!]!} ${'stage' in place ? 'stage' : 'device'}`;
    const other = placeOf.get(key);
    if (other === undefined) placeOf.set(key, { operator, to: place });
    else if (!samePlace(other.to, place)) {
      return t('What is pinned to {0} and what is pinned to {1} depend on each other in a circle, so they cannot be apart: “{2}” and “{3}” are among them.', placeText(subject, other.to), placeText(subject, place), title(subject, nodeOf[other.operator]!), title(subject, nodeOf[operator]!));
    }
  }
  const members = new Map([...pinned.keys()].map((operator) => [of[nodeOf[operator]!]!, [] as number[]]));
  of.forEach((component, node) => members.get(component)?.push(node));
  for (const [operator, place] of pinned) {
    const together = members.get(of[nodeOf[operator]!]!)!;
    const able = problem.classes.map((_, c) => together.every((node) => Number.isFinite(problem.seconds[c]![node]!)));
    if ('device' in place && !able[devices[place.device]!.class]!) {
      const foreign = together.find((node) => !Number.isFinite(problem.seconds[devices[place.device]!.class]![node]!))!;
      return t('“{0}” would have to be on {1} with what is pinned there, and {1} does not support it.', title(subject, foreign), placeText(subject, place));
    }
    if (!able.includes(true)) return t('No device supports all that would have to be in {0} with “{1}”.', placeText(subject, place), title(subject, nodeOf[operator]!));
  }
  return null;
}
