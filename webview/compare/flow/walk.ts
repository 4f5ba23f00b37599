import type { FlowGeometry } from './geometry';

/** What the keyboard can be at: a stage of one of the plans, or a band (an index in the picture's order). */
export type FlowItem = { readonly kind: 'block'; readonly side: 0 | 1; readonly stage: number } | { readonly kind: 'band'; readonly band: number };

export type FlowKey = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End';
export const FLOW_KEYS: readonly string[] = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'] satisfies FlowKey[];

/** Where a key leads: up and down within a column or among the bands, left and right from a stage along a band to the other plan's stage; where there is nothing more it stays. */
export function walkFlow({ blocks, bands }: FlowGeometry, at: FlowItem, key: FlowKey): FlowItem {
  const last = at.kind === 'band' ? bands.length - 1 : blocks[at.side].length - 1;
  const along = (index: number): FlowItem => {
    const to = Math.max(0, Math.min(last, index));
    return at.kind === 'band' ? { kind: 'band', band: to } : { ...at, stage: to };
  };
  const here = at.kind === 'band' ? at.band : at.stage;
  switch (key) {
    case 'ArrowUp': return along(here - 1);
    case 'ArrowDown': return along(here + 1);
    case 'Home': return along(0);
    case 'End': return along(last);
    case 'ArrowLeft':
    case 'ArrowRight': return across(bands, at, key === 'ArrowRight' ? 1 : 0);
  }
}

function across(bands: FlowGeometry['bands'], at: FlowItem, towards: 0 | 1): FlowItem {
  if (at.kind === 'band') {
    const { from, to } = bands[at.band]!.flow;
    return { kind: 'block', side: towards, stage: towards === 0 ? from : to };
  }
  if (at.side === towards) return at;
  const own = [...bands.keys()].filter((band) => (at.side === 0 ? bands[band]!.flow.from : bands[band]!.flow.to) === at.stage);
  // what moved is what one looks for
  const band = own.find((index) => bands[index]!.flow.moved) ?? own[0];
  return band === undefined ? at : { kind: 'band', band };
}

export const sameItem = (a: FlowItem, b: FlowItem): boolean =>
  a.kind === 'band' ? b.kind === 'band' && a.band === b.band : b.kind === 'block' && a.side === b.side && a.stage === b.stage;
