import { t } from '@vscode/l10n';
import { throwIfCancelled, type Control } from '../../shared/progress';
import { capacities, type WorkMeasure } from '../capacity';
import { deviceCounts } from '../deviceCounts';
import type { Ideals } from '../ideals';
import { IMPROVEMENT } from '../linearized';
import { boundariesOf, UNREACHABLE } from '../requiredStages';
import { stageCosts, type PipelineRules } from './stageCost';
import type { PipelineUnits } from './units';

/** A contiguous split into stages of one or more devices, in pipeline order. */
export interface PipelineSplit {
  /** what the rules minimise, in seconds */
  readonly value: number;
  readonly stages: readonly { readonly class: number; readonly width: number; readonly units: readonly number[]; /** counted from the first used one */ readonly server?: number }[];
}

export interface StageProgramResult {
  /**
   * The best split strictly below the bound that was given; null if there is none. With several servers its value may be below what the
   * evaluator finds: a value that passes a whole stage is taken to come from the same server where that is not known.
   */
  readonly split: PipelineSplit | null;
  /** false if time or labels ran out: then nothing is proven */
  readonly complete: boolean;
}

/** What no split is below: each pass's largest load by itself. Loads below these are as good as these. 0 if nothing is known. */
export interface Floors {
  readonly first: number;
  readonly second: number;
}

/** Labels that a run may make. */
const LABEL_LIMIT = 2e7;

const CLOSED = -1;

/** How many stages a label's pipeline has before it: not known until it holds a unit that must be in a certain stage. */
const OPEN = -1;

/** Partial pipelines as growing columns; label 0 is the empty one, at the full ideal. */
function labels(full: number) {
  let room = 1 << 12;
  let count = 1;
  let ideal = new Int32Array(room);
  ideal[0] = full;
  let state = new Int32Array(room);
  let first = new Float64Array(room);
  let second = new Float64Array(room);
  let before = new Int32Array(room).fill(-1);
  let by = new Uint8Array(room);
  let width = new Int32Array(room);
  let server = new Int32Array(room);
  let end = new Int32Array(room).fill(CLOSED);
  let used = new Int32Array(room);
  let ahead = new Int32Array(room).fill(OPEN);
  const longer = <T extends Int32Array | Float64Array | Uint8Array>(old: T, make: (length: number) => T): T => {
    const result = make(room);
    result.set(old);
    return result;
  };
  return {
    get count() { return count; },
    ideal: (l: number) => ideal[l]!,
    state: (l: number) => state[l]!,
    first: (l: number) => first[l]!,
    second: (l: number) => second[l]!,
    before: (l: number) => before[l]!,
    class: (l: number) => by[l]!,
    width: (l: number) => width[l]!,
    /** servers behind the one that the next stage to be added lies in */
    server: (l: number) => server[l]!,
    /** ideal at which the server of the next stage ends; CLOSED if that begins a server */
    end: (l: number) => end[l]!,
    /** devices that run stages; the state counts besides those that are left idle in a closed server */
    used: (l: number) => used[l]!,
    /** stages before those of the label; OPEN if any number may be */
    ahead: (l: number) => ahead[l]!,
    add: (i: number, s: number, a: number, b: number, from: number, c: number, w: number, t: number, e: number, d: number, f: number): number => {
      if (count === room) {
        room *= 2;
        ideal = longer(ideal, (n) => new Int32Array(n));
        state = longer(state, (n) => new Int32Array(n));
        first = longer(first, (n) => new Float64Array(n));
        second = longer(second, (n) => new Float64Array(n));
        before = longer(before, (n) => new Int32Array(n));
        by = longer(by, (n) => new Uint8Array(n));
        width = longer(width, (n) => new Int32Array(n));
        server = longer(server, (n) => new Int32Array(n));
        end = longer(end, (n) => new Int32Array(n));
        used = longer(used, (n) => new Int32Array(n));
        ahead = longer(ahead, (n) => new Int32Array(n));
      }
      ideal[count] = i;
      state[count] = s;
      first[count] = a;
      second[count] = b;
      before[count] = from;
      by[count] = c;
      width[count] = w;
      server[count] = t;
      end[count] = e;
      used[count] = d;
      ahead[count] = f;
      return count++;
    },
  };
}

/**
 * The exact program over ideals (Tarnawski et al., NeurIPS 2020, section 5) for stages of several devices, for both passes apart and for memory that
 * depends on the place in the pipeline. It goes from the end of the pipeline to its front: then the devices behind a stage, and with them its
 * micro-batches in flight, are known when the stage is chosen. Partial pipelines are labels (largest forward, largest backward load) per ideal and
 * devices used, of which only those that none dominates are kept; with one pass there is one per ideal and state. As in the plain program only what
 * could end strictly below the bound is looked at, so that stages lie in a window of work.
 *
 * Servers are filled one after the other. A label knows where its server ends, so that what a stage sends is known to leave the server or not; what
 * it reads is known for the first stage of a server, and taken to come the cheaper way for the others. So every value is a lower
 * bound, and exact unless a value passes a whole stage on its way from another server.
 *
 * Where units must be in certain stages, the first of them that a label takes in says how many stages come before it, and from there on the label counts them down;
 * labels that differ in this do not dominate each other.
 *
 * @param upper seconds; Infinity if nothing is known
 * @param measure work of the units with both passes, on which no device is faster than `capacity` says
 */
export function solveStages(
  units: PipelineUnits,
  ideals: Ideals,
  measure: WorkMeasure,
  rules: PipelineRules,
  floors: Floors,
  upper: number,
  control: Control,
  expired: () => boolean = () => false,
): StageProgramResult {
  const { count, words, bits, work, firstOpen, lastUsed } = ideals;
  const counts = deviceCounts(units.classes);
  const { stride, used, limit } = counts;
  const k = units.classes.length;
  const costs = stageCosts(units, ideals, rules);
  const all = labels(count - 1);
  /** newest label of each ideal's list, and the next older one of each label */
  const newest = new Int32Array(count).fill(-1);
  let older = new Int32Array(1 << 12).fill(-1);
  newest[count - 1] = 0;
  let best = -1;
  let bestValue = upper;
  let strict = upper * (1 - IMPROVEMENT);
  let { left, one } = capacities(measure, counts, strict);
  const worth = (a: number, b: number): number => Math.max(a, floors.first) + Math.max(b, floors.second);
  const { servers } = rules;
  const perServer = limit.map((most) => most / servers);
  /** the state in which so many servers are used up, idle devices included */
  const full = Array.from({ length: servers + 1 }, (_, t) => perServer.reduce((s, each, c) => s + t * each * stride[c]!, 0));
  const noise = measure.total * 2 ** -50;

  /** Labels of an ideal that can still end below the bound and that no other one is at least as good as, with no more devices used. */
  const alive = (j: number): number[] => {
    const candidates: number[] = [];
    for (let l = newest[j]!; l >= 0; l = older[l]!) if (worth(all.first(l), all.second(l)) < strict && work[j]! <= left[all.state(l)]!) candidates.push(l);
    candidates.sort((a, b) => all.used(a) - all.used(b) || all.first(a) - all.first(b) || all.second(a) - all.second(b) || a - b);
    const kept: number[] = [];
    for (const l of candidates) if (!kept.some((m) => dominates(m, l))) kept.push(l);
    return kept;
  };
  const dominates = (m: number, l: number): boolean => {
    if (Math.max(all.first(m), floors.first) > Math.max(all.first(l), floors.first)) return false;
    if (Math.max(all.second(m), floors.second) > Math.max(all.second(l), floors.second)) return false;
    if (all.ahead(m) !== all.ahead(l) || all.end(m) !== all.end(l) || all.used(m) > all.used(l) || all.server(m) > all.server(l)) return false;
    const a = all.state(m), b = all.state(l);
    return a === b || used.every((of) => of[a]! <= of[b]!);
  };
  /** Whether the list of ideal i has a label with the same devices that is at least as good. */
  const beaten = (i: number, s: number, e: number, d: number, f: number, a: number, b: number): boolean => {
    for (let l = newest[i]!; l >= 0; l = older[l]!) {
      if (all.state(l) === s && all.end(l) === e && all.ahead(l) === f && all.used(l) <= d && Math.max(all.first(l), floors.first) <= Math.max(a, floors.first) && Math.max(all.second(l), floors.second) <= Math.max(b, floors.second)) return true;
    }
    return false;
  };

  const boundaries = boundariesOf(ideals, units.requiredStage);
  /** Stages before the one that label l gets at ideal i; null if the units in it, or before it, cannot be in their stages then. */
  const aheadOf = (l: number, i: number): number | null => {
    if (boundaries === null) return OPEN;
    const known = all.ahead(l) !== OPEN;
    if (!known && boundaries.to[i] === UNREACHABLE) return OPEN;
    const ahead = known ? all.ahead(l) - 1 : boundaries.to[i]!;
    if (ahead < boundaries.from[i]! || ahead > boundaries.to[i]! || ahead + 1 < boundaries.from[all.ideal(l)]!) return null;
    // the first stage has none before it, and is the only one
    return (ahead === 0) === (i === 0) ? ahead : null;
  };

  /** Of the ends of servers that cost the same to what lies before an ideal, the first that was met stands for all. */
  const sameEnd = new Map<string, number>();
  const standFor = (i: number, end: number): number => {
    if (servers === 1) return end;
    const key = `${i}:${costs.endKey(i, end)}`;
    const known = sameEnd.get(key);
    if (known === undefined) sameEnd.set(key, end);
    return known ?? end;
  };

  /** Puts the stage that `costs` looks at, with these loads, before label l, if that is worth it. */
  const add = (l: number, i: number, c: number, width: number, a: number, b: number, to: number, t: number, nextEnd: number): void => {
    if (!(work[i]! <= left[to]!)) return;
    const first = Math.max(all.first(l), a);
    const second = Math.max(all.second(l), b);
    const behind = all.used(l) + width;
    const ahead = aheadOf(l, i);
    if (ahead === null || !(worth(first, second) < strict) || beaten(i, to, nextEnd, behind, ahead, first, second)) return;
    if (!costs.fits(c, rules.inFlight(width, behind))) return;
    const label = all.add(i, to, first, second, l, c, width, t, nextEnd, behind, ahead);
    if (label >= older.length) {
      const longer = new Int32Array(older.length * 2).fill(-1);
      longer.set(older);
      older = longer;
    }
    older[label] = newest[i]!;
    newest[i] = label;
    if (i > 0) return;
    best = label;
    bestValue = first + second;
    strict = bestValue * (1 - IMPROVEMENT);
    ({ left, one } = capacities(measure, counts, strict));
  };

  /** The stage between ideals i and j before those labels whose server ends at one place. */
  const extend = (group: readonly number[], i: number, end: number, opens: boolean): void => {
    const nextEnd = opens ? CLOSED : standFor(i, end);
    for (let c = 0; c < k; c++) {
      if (limit[c] === 0 || !costs.supported(c)) continue;
      const compute = costs.compute(c);
      for (let width = Math.max(1, Math.floor(compute / strict)); width <= Math.min(rules.most, perServer[c]!); width++) {
        if (compute / width >= strict * (1 + 1e-12)) continue;
        const load = costs.load(c, width, end, opens);
        const [a, b] = [load[0]!, load[1]!];
        if (!(worth(a, b) < strict)) continue;
        for (const l of group) {
          const t = all.server(l);
          const s = all.state(l);
          if (used[c]![s]! + width > (t + 1) * perServer[c]!) continue;
          const after = s + width * stride[c]!;
          if (opens) {
            if (t + 1 < servers) add(l, i, c, width, a, b, full[t + 1]!, t + 1, CLOSED);
          } else if (servers === 1 || i === 0 || after !== full[t + 1]) add(l, i, c, width, a, b, after, t, nextEnd);
        }
      }
    }
  };

  let nextLook = 0;
  for (let j = count - 1; j > 0; j--) {
    if ((j & 15) === 0 || performance.now() > nextLook) {
      nextLook = performance.now() + 200;
      throwIfCancelled(control);
      if ((j & 511) === 0) control.report({ phase: t('program over pipelines'), fraction: 1 - j / count, ...(Number.isFinite(bestValue) ? { incumbent: bestValue } : {}) });
      if (expired() || all.count > LABEL_LIMIT) return { split: split(), complete: false };
    }
    if (newest[j] === -1) continue;
    const here = alive(j);
    if (here.length === 0) continue;
    costs.open(j);
    // work of the earlier ideal: no more than what the remaining devices can do, no less than what one stage leaves
    let high = -1;
    let low = Infinity;
    for (const l of here) {
      const s = all.state(l);
      for (let c = 0; c < k; c++) {
        const widest = Math.min(rules.most, limit[c]! - used[c]![s]!);
        if (widest < 1) continue;
        high = Math.max(high, left[s + stride[c]!]!);
        low = Math.min(low, work[j]! - one[c]! * widest);
      }
    }
    if (high < 0) continue;
    low -= noise;
    let i = j - 1;
    if (work[i]! > high) {
      let a = 0;
      let b = i;
      while (a < b) {
        const m = (a + b + 1) >> 1;
        if (work[m]! <= high) a = m;
        else b = m - 1;
      }
      i = a;
      if (work[i]! > high) continue;
    }
    const groups = new Map<number, number[]>();
    for (const l of here) {
      const end = all.end(l) === CLOSED ? j : all.end(l);
      const group = groups.get(end);
      if (group === undefined) groups.set(end, [l]);
      else group.push(l);
    }
    const jBits = j * words;
    const whole = firstOpen[j]!;
    for (; i >= 0 && work[i]! >= low; i--) {
      const iBits = i * words;
      let w = lastUsed[i]!;
      while (w >= whole && (bits[iBits + w]! & ~bits[jBits + w]!) === 0) w--;
      if (w >= whole) continue;
      costs.stage(i);
      for (const [end, group] of groups) {
        extend(group, i, end, false);
        // the first stage of all has nothing before it, whether it opens its server or not
        if (servers > 1 && i > 0) extend(group, i, end, true);
      }
    }
  }
  return { split: split(), complete: true };

  function split(): PipelineSplit | null {
    if (best < 0) return null;
    const stages: { class: number; width: number; units: number[]; server: number }[] = [];
    const last = all.server(all.before(best));
    for (let l = best; all.before(l) >= 0; l = all.before(l)) {
      const [i, j] = [all.ideal(l), all.ideal(all.before(l))];
      const members: number[] = [];
      for (let u = 0; u < units.size; u++) {
        const w = u >> 5;
        if (((bits[j * words + w]! & ~bits[i * words + w]!) >>> (u & 31)) & 1) members.push(u);
      }
      stages.push({ class: all.class(l), width: all.width(l), units: members, server: last - all.server(all.before(l)) });
    }
    return { value: all.first(best) + all.second(best), stages };
  }
}
