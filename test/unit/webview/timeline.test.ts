import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TIMELINE_LANES, type SlicesView, type TimelineDeviceView, type TimelineView } from '../../../src/shared/timelineView';
import { stepsInSight } from '../../../webview/timeline/drawMemory';
import { bandsOf, comfortableHeight, geometryOf, placeAt, rowTop } from '../../../webview/timeline/geometry';
import { cardAt } from '../../../webview/timeline/hover';
import { memoryTop, topBytes } from '../../../webview/timeline/memoryScale';
import { rowsOf, shortestWork, sliceAt, visibleRuns } from '../../../webview/timeline/rows';
import { timelineScene } from '../../../webview/timeline/scene';
import { memoryStepAt, spokenCell, summaryOf } from '../../../webview/timeline/speak';
import { betweenWindows, keepInTime, showInterval, ticks, wholeTime, zoomTime } from '../../../webview/timeline/timeWindow';
import { cellNear, cellOfSlice, walkCells } from '../../../webview/timeline/walk';

type Work = readonly [lane: (typeof TIMELINE_LANES)[number], microBatch: number, start: number, seconds: number, backward?: 1];

const slicesOf = (stage: number, work: readonly Work[]): SlicesView => ({
  lane: work.map(([lane]) => TIMELINE_LANES.indexOf(lane)), stage: work.map(() => stage), chunk: work.map(() => 0), microBatch: work.map(([, m]) => m),
  backward: work.map(([, , , , backward]) => backward ?? 0), start: work.map(([, , start]) => start), seconds: work.map(([, , , seconds]) => seconds),
});

const device = (stage: number, work: readonly Work[], more: Partial<TimelineDeviceView> = {}): TimelineDeviceView => ({
  name: `gpu:${stage}`, stages: [stage], busySeconds: 0, peakBytes: 50, weightBytes: 10, capacityBytes: 100, peakInFlight: 1,
  memory: { seconds: [0, 2, 4], bytes: [10, 50, 10] }, bubbles: { kind: [], start: [], seconds: [] }, slices: slicesOf(stage, work), ...more,
});

/** Two stages, two micro-batches, trained: F0 F1 . B0 B1 on the first; the second waits for what it receives. */
const view: TimelineView = {
  schedule: 'gpipe', microBatches: 2, offered: ['gpipe'], offeredMicroBatches: [2], totalSeconds: 12, firstSeconds: 9, fillSeconds: 3, drainSeconds: 0, bubbleFraction: 0.25, steadySeconds: 4, predictedSeconds: 4, notes: [],
  devices: [
    device(0, [['compute', 0, 0, 2], ['send', 0, 2, 1], ['compute', 1, 3, 2], ['compute', 0, 8, 2, 1], ['compute', 1, 10, 2, 1]], { bubbles: { kind: [1], start: [5], seconds: [3] } }),
    device(1, [['receive', 0, 3, 1], ['compute', 0, 4, 1], ['compute', 1, 5, 1], ['compute', 0, 6, 2, 1], ['compute', 1, 8, 2, 1]], { bubbles: { kind: [0, 2], start: [0, 10], seconds: [3, 2] }, peakBytes: 50 }),
  ],
};
const rows = rowsOf(view);

describe('the window of time', () => {
  const positive = fc.double({ min: 1e-6, max: 1e3, noNaN: true });
  const aWidth = fc.integer({ min: 50, max: 3000 });

  it('keeps the moment under the pointer while zooming in, and never shows what is before or after', () => {
    fc.assert(
      fc.property(positive, aWidth, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 1, max: 30, noNaN: true }), (total, width, share, factor) => {
        const whole = wholeTime(total, width);
        const px = share * (width - 10);
        const near = zoomTime(whole, factor, px, total, total / 1e6, width);
        expect(near.from + px / near.perSecond).toBeCloseTo(whole.from + px / whole.perSecond, 6);
        const back = zoomTime(near, 1e-9, px, total, total / 1e6, width);
        expect(back.from).toBeCloseTo(0, 9);
        expect(back.perSecond).toBeCloseTo(whole.perSecond, 9);
        const far = keepInTime({ ...near, from: total * 5 }, total, width);
        expect(far.from + (width - 10) / far.perSecond).toBeCloseTo(total, 6);
      }),
    );
  });

  it('does not zoom in further than the shortest work needs', () => {
    const window = zoomTime(wholeTime(10, 500), 1e9, 100, 10, 0.5, 500);
    expect(window.perSecond * 0.5).toBeCloseTo(160, 9);
  });

  it('moves only as far as an interval needs', () => {
    const window = { from: 0, perSecond: 100 };
    expect(showInterval(window, 3, 1, 100, 500)).toEqual(window);
    const right = showInterval(window, 7, 1, 100, 500);
    expect(right.from).toBeGreaterThan(3);
    expect(right.from + 5).toBeGreaterThanOrEqual(8);
    expect(showInterval({ from: 50, perSecond: 100 }, 20, 1, 100, 500).from).toBeLessThanOrEqual(20);
  });

  it('moves both of its ends evenly', () => {
    const [a, b] = [{ from: 0, perSecond: 10 }, { from: 8, perSecond: 100 }];
    expect(betweenWindows(a, b, 0)).toEqual(a);
    const { from, perSecond } = betweenWindows(a, b, 0.5);
    expect(from).toBe(4);
    // 1000 px end at 100 s and at 18 s
    expect(from + 1000 / perSecond).toBeCloseTo(59, 9);
  });

  it('has ticks at round moments that are far enough apart', () => {
    fc.assert(
      fc.property(positive, positive, aWidth, (from, perSecond, width) => {
        const all = ticks({ from, perSecond }, width);
        all.forEach((moment, i) => {
          expect(moment).toBeGreaterThanOrEqual(from * (1 - 1e-9) - 1e-6 / perSecond);
          if (i === 0) return;
          const step = moment - all[i - 1]!;
          expect(step * perSecond).toBeGreaterThan(83);
          expect(['1', '2', '5']).toContain(step.toExponential(0)[0]);
        });
        expect(all.length).toBeGreaterThanOrEqual(Math.floor(width / 210));
      }),
    );
    expect(ticks({ from: 0, perSecond: 100 }, 400)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('what is drawn of a lane', () => {
  it('is all of it and nothing else, thin neighbours together', () => {
    const aLane = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(aLane, fc.integer({ min: 0, max: 100 }), fc.constantFrom(0.05, 0.4, 2, 30), fc.integer({ min: 20, max: 300 }), (gaps, from, perSecond, width) => {
        let at = 0;
        const work = gaps.map(([gap, seconds], m): Work => {
          const start = at + gap;
          at = start + seconds;
          return ['compute', m, start, seconds];
        });
        const { device: { slices }, lanes } = rowsOf({ ...view, devices: [device(0, work)] })[0]!;
        const runs = visibleRuns(slices, lanes.work, { from, perSecond }, width);
        const seen = work.filter(([, , start, seconds]) => start + seconds > from && (start - from) * perSecond <= width);
        const drawn = runs.flatMap(({ slice, count }) => Array.from({ length: count }, (_, i) => slice + i));
        // what ends a thin run may lie just out of sight
        expect(drawn.slice(0, seen.length)).toEqual(seen.map(([, m]) => m));
        expect(runs.length).toBeLessThanOrEqual(width / 1.6 + 2);
        runs.forEach(({ left }, i) => i > 0 && expect(left).toBeGreaterThanOrEqual(runs[i - 1]!.right - 1e-9));
      }),
    );
  });

  it('finds the slice at a moment', () => {
    const { device: { slices }, lanes } = rows[0]!;
    expect(sliceAt(slices, lanes.work, 1)).toBe(0);
    expect(sliceAt(slices, lanes.work, 2.5)).toBe(-1);
    expect(sliceAt(slices, lanes.send, 2.5)).toBe(1);
    expect(sliceAt(slices, lanes.work, 99)).toBe(-1);
    expect(shortestWork(rows)).toBe(1);
  });
});

describe('walking', () => {
  it('goes along a device, and stops at its ends', () => {
    expect(walkCells(rows, { row: 0, slice: 0 }, 'right')).toEqual({ row: 0, slice: 2 });
    expect(walkCells(rows, { row: 0, slice: 2 }, 'left')).toEqual({ row: 0, slice: 0 });
    expect(walkCells(rows, { row: 0, slice: 0 }, 'left')).toBeNull();
    expect(walkCells(rows, { row: 0, slice: 4 }, 'right')).toBeNull();
  });

  it('goes to the same moment on another device, past devices that do nothing', () => {
    expect(walkCells(rows, { row: 0, slice: 3 }, 'down')).toEqual({ row: 1, slice: 4 });
    expect(walkCells(rows, { row: 1, slice: 1 }, 'up')).toEqual({ row: 0, slice: 2 });
    expect(walkCells(rows, { row: 1, slice: 1 }, 'down')).toBeNull();
    const gap = rowsOf({ ...view, devices: [view.devices[0]!, device(9, []), view.devices[1]!] });
    expect(walkCells(gap, { row: 0, slice: 3 }, 'down')).toEqual({ row: 2, slice: 4 });
    expect(cellNear(gap, 1, 3)).toBeNull();
  });

  it('finds the nearer of two cells beside a gap, and the cell of a transfer', () => {
    expect(cellNear(rows, 0, 5.5)).toEqual({ row: 0, slice: 2 });
    expect(cellNear(rows, 0, 7.5)).toEqual({ row: 0, slice: 3 });
    expect(cellNear(rows, 1, 99)).toEqual({ row: 1, slice: 4 });
    expect(cellOfSlice(rows, 0, 1)).toEqual({ row: 0, slice: 0 });
    expect(cellOfSlice(rows, 0, 3)).toEqual({ row: 0, slice: 3 });
  });
});

describe('words', () => {
  it('say what a cell is, and how long it waited', () => {
    expect(spokenCell(view, 0, 3)).toBe('Backward, micro-batch 0, stage 0 on gpu:0, 2.00 s, from 8.00 s, after waiting 3.00 s, 10 B in use');
    expect(spokenCell(view, 1, 1)).toBe('Forward, micro-batch 0, stage 1 on gpu:1, 1.00 s, from 4.00 s, after waiting 3.00 s, 10 B in use');
    expect(spokenCell({ ...view, schedule: 'stream' }, 0, 2)).toBe('Computes, sample 1, stage 0 on gpu:0, 2.00 s, from 3.00 s, 10 B in use');
  });

  it('sum a timeline up', () => {
    expect(summaryOf(view)).toEqual(['12.0 s in all', '4.00 s per micro-batch once full', '25.0 % bubbles']);
    expect(summaryOf({ ...view, schedule: 'stream' })[1]).toBe('4.00 s per sample once full');
    expect(summaryOf({ ...view, steadySeconds: null })).toEqual(['12.0 s in all', '25.0 % bubbles']);
  });

  it('say what is under the pointer', () => {
    const scene = timelineScene(view);
    const window = { from: 0, perSecond: 10 };
    const at = (row: number, band: 'receive' | 'work' | 'send' | 'memory', seconds: number): readonly string[] | null => cardAt(scene, window, { row, band, x: 10 * seconds });
    expect(at(1, 'receive', 3.5)).toEqual(['Receives for forward, micro-batch 0', 'stage 1 on gpu:1', '1.00 s, from 3.00 s']);
    expect(at(0, 'work', 6)).toEqual(['Waits for data', '3.00 s, from 5.00 s']);
    expect(at(1, 'work', 1)?.[0]).toBe('Waits for its first work');
    expect(at(1, 'work', 11)?.[0]).toBe('Has nothing more to do');
    expect(at(0, 'memory', 3)).toEqual(['50 B in use at 3.00 s', '50.0 % of its memory; weights 10 B']);
    expect(at(0, 'send', 6)).toBeNull();
    expect(at(0, 'memory', 13)).toBeNull();
  });
});

describe('memory strips', () => {
  it('have one scale for all devices, up to a round share of the capacity', () => {
    expect(memoryTop(view.devices)).toBe(0.5);
    expect(memoryTop([device(0, [], { peakBytes: 51 })])).toBe(1);
    expect(memoryTop([device(0, [], { peakBytes: 0.15 })])).toBe(0.002);
    expect(memoryTop([device(0, [], { peakBytes: 130 })])).toBeCloseTo(1.3, 12);
    expect(topBytes(device(0, [], { capacityBytes: null, peakBytes: 7 }), 0.5)).toBe(7);
  });

  it('show the highest of what falls on one pixel, and begin with what was there before', () => {
    const memory = { seconds: [0, 2, 2.001, 4], bytes: [10, 50, 20, 30] };
    expect(stepsInSight(memory, { from: 1, perSecond: 10 }, 100)).toEqual([{ x: 0, bytes: 10 }, { x: 10, bytes: 50 }, { x: 30, bytes: 30 }]);
    expect(memoryStepAt(memory.seconds, 3)).toBe(2);
    expect(memoryStepAt(memory.seconds, -1)).toBe(0);
  });
});

describe('rows', () => {
  it('share the height while they are legible, and scroll beyond that', () => {
    const high = geometryOf({ width: 1000, height: comfortableHeight(4) }, 4, 50);
    expect(high.largestScroll).toBe(0);
    expect(high.scroll).toBe(0);
    const low = geometryOf({ width: 1000, height: 150 }, 4, 1e9);
    expect(low.scroll).toBe(low.largestScroll);
    expect(rowTop(low, 3) + low.rowHeight).toBe(150);
  });

  it('have bands that do not overlap, and are found under the pointer', () => {
    for (const height of [68, 80, 104]) {
      const { receive, work, send, memory } = bandsOf(height);
      const bands = [receive, work, send, memory];
      bands.forEach(({ top }, i) => i > 0 && expect(top).toBeGreaterThan(bands[i - 1]!.top + bands[i - 1]!.height));
      expect(memory.top + memory.height).toBeLessThan(height);
    }
    const geometry = geometryOf({ width: 1000, height: 400 }, 3, 0);
    const y = rowTop(geometry, 2) + bandsOf(geometry.rowHeight).work.top + 3;
    expect(placeAt(geometry, 3, geometry.gutter + 40, y)).toEqual({ row: 2, band: 'work', x: 40 });
    expect(placeAt(geometry, 3, 5, 10)).toBeNull();
    expect(placeAt(geometry, 3, 500, 399)).toBeNull();
  });
});
