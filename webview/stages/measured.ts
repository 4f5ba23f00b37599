import type { FidelityView, StageFidelity } from '../../src/shared/fidelityView';
import { formatPercent, formatSeconds } from '../../src/shared/format';
import type { StageView } from '../../src/shared/planView';
import { el } from '../ui/dom';

/** "+4.2 %": how far a measured time is from the one predicted. */
const error = (measured: number, predicted: number): string => `${measured >= predicted ? '+' : '−'}${formatPercent(Math.abs(measured / predicted - 1))}`;

/** What a stage took on this machine, beside its load. */
export function measuredCell(stage: StageView, measured: StageFidelity | undefined): HTMLElement | null {
  if (measured === undefined) return null;
  const busy = measured.computeSeconds + measured.handOverSeconds;
  return el('span', {}, formatSeconds(busy), el('span', { class: 'error' }, ` ${error(busy, stage.loadSeconds)}`));
}

/** The pipeline as measured, and what lies between prediction and measurement. */
export function measuredText({ measuredSeconds, predictedSeconds, wholeSeconds, samples, runtime, notes }: FidelityView): HTMLElement[] {
  const speedup = `${(wholeSeconds / measuredSeconds).toFixed(2)} times as fast as one process`;
  return [
    el('p', {}, el('strong', {}, `Measured here: ${formatSeconds(measuredSeconds)} per sample`), `, predicted ${formatSeconds(predictedSeconds)} (${error(measuredSeconds, predictedSeconds)}); ${speedup}. ONNX Runtime ${runtime}, ${samples} samples.`),
    el('ul', {}, ...notes.map((note) => el('li', {}, note))),
  ];
}
