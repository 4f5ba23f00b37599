import { walkIdeals, type Ideals } from './ideals';

/** The nets that are cut at each ideal: `nets[starts[i]] .. nets[starts[i + 1] - 1]` have ends on both sides of ideal i. */
export interface Cuts {
  readonly starts: Int32Array;
  readonly nets: Int32Array;
}

/** @param size number of units; pins are distinct and without the producer */
export function cutsOf(ideals: Ideals, size: number, nets: readonly { readonly producer: number; readonly pins: readonly number[] }[]): Cuts {
  const netsAt: number[][] = Array.from({ length: size }, () => []);
  nets.forEach((net, e) => {
    netsAt[net.producer]!.push(e);
    for (const u of net.pins) netsAt[u]!.push(e);
  });
  const ends = Int32Array.from(nets, (net) => net.pins.length + 1);
  const inside = new Int32Array(nets.length);
  // the open nets as a list, with the place of each in it, so that one leaves in constant time
  const open: number[] = [];
  const openAt = new Int32Array(nets.length).fill(-1);
  const starts = new Int32Array(ideals.count + 1);
  let cut = new Int32Array(ideals.count * 8 + nets.length);
  let used = 0;
  walkIdeals(
    ideals,
    (u, sign) => {
      for (const e of netsAt[u]!) {
        const now = (inside[e]! += sign);
        const split = now > 0 && now < ends[e]!;
        if (split && openAt[e] === -1) openAt[e] = open.push(e) - 1;
        else if (!split && openAt[e] !== -1) {
          const last = open.pop()!;
          if (last !== e) {
            open[openAt[e]!] = last;
            openAt[last] = openAt[e]!;
          }
          openAt[e] = -1;
        }
      }
    },
    (i) => {
      if (used + open.length > cut.length) {
        const longer = new Int32Array(cut.length * 2);
        longer.set(cut);
        cut = longer;
      }
      for (const e of open) cut[used++] = e;
      starts[i + 1] = used;
    },
  );
  return { starts, nets: cut };
}
