import type { TimelineDeviceView } from '../../src/shared/timelineView';

/** Shares of the capacity that the full height of the memory strips may stand for. */
const TOPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

/** Share of its capacity that the full height of every strip stands for, one for all devices, so that strips compare; above 1 if some device needs more than it has. */
export function memoryTop(devices: readonly TimelineDeviceView[]): number {
  const most = devices.reduce((soFar, { peakBytes, capacityBytes }) => (capacityBytes === null ? soFar : Math.max(soFar, peakBytes / capacityBytes)), 0);
  return TOPS.find((top) => top >= most) ?? most;
}

/** Bytes that the full height of a device's strip stands for; without a capacity its own peak. */
export const topBytes = ({ peakBytes, capacityBytes }: TimelineDeviceView, top: number): number => Math.max(1, capacityBytes === null ? peakBytes : top * capacityBytes);
