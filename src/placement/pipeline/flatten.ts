import type { PlacementProblem } from '../problem';

/** What of the two passes of training is looked at. */
export type Pass = 'both' | 'forward' | 'backward';

/** Whether a problem needs more than the plain programs know: a derived backward pass, stages of several devices, or several servers. */
export const needsPipeline = ({ training, replication, servers }: PlacementProblem): boolean => training !== undefined || servers !== undefined || (replication?.most ?? 1) > 1;

const sum = (a: Float64Array, b: Float64Array | undefined): Float64Array => (b === undefined ? a : a.map((value, v) => value + b[v]!));

/**
 * A plain problem that is nowhere harder than the given one: both passes (or one of them) as one pass, one micro-batch in flight, one server, every
 * stage on one device. What no placement of it can beat, no placement of the given problem with stages of one device can. Where sending and receiving do
 * not overlap with each other its loads are those of the given problem.
 */
export function flatten(problem: PlacementProblem, pass: Pass = 'both'): PlacementProblem {
  const { training, nets, backward, seconds, classes } = problem;
  const { replication: _, training: __, servers, ...plain } = problem;
  const back = (v: number): boolean => backward[v] === 1;
  const wanted = (v: number): boolean => pass === 'both' || back(v) === (pass === 'backward');
  // where sending and receiving overlap, a value and its gradient keep different sides busy: what both take is all that is certain
  const oneWay = classes.map(({ overlap }) => overlap === 'none' || overlap === 'compute');
  return {
    ...plain,
    seconds: seconds.map((of, c) => {
      const own = of.map((t, v) => (wanted(v) || t === Infinity ? t : 0));
      return pass === 'forward' ? own : sum(own, training?.seconds[c]);
    }),
    residentBytes: sum(problem.residentBytes, training?.stashBytes),
    nets: nets.map((net, e) => {
      const near = (here: readonly number[] | undefined, cross: readonly number[] | undefined): readonly number[] | undefined => (cross === undefined ? here : here?.map((t, c) => Math.min(t, cross[c]!)));
      const gradient = near(training?.gradientSeconds[e], servers?.crossGradientSeconds[e]);
      const transferSeconds = near(net.transferSeconds, servers?.crossSeconds[e])!.map((t, c) => {
        const there = wanted(net.producer) ? t : 0;
        if (gradient === undefined || pass === 'forward') return there;
        if (oneWay[c]!) return there + gradient[c]!;
        return Math.min(there, gradient[c]!);
      });
      return { ...net, transferSeconds };
    }),
  };
}
