import { t } from '@vscode/l10n';
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
  return [
    el(
      'p', {},
      el('strong', {}, t('Measured here: {0} per sample.', formatSeconds(measuredSeconds))), ' ',
      t('Predicted: {0} ({1}).', formatSeconds(predictedSeconds), error(measuredSeconds, predictedSeconds)), ' ',
      t('{0} times as fast as one process.', (wholeSeconds / measuredSeconds).toFixed(2)), ' ',
      t('ONNX Runtime {0}, {1} samples.', runtime, samples),
    ),
    el('ul', {}, ...notes.map((note) => el('li', {}, note))),
  ];
}
