import { describe, expect, it } from 'vitest';
import { elementwiseCases, indexingCases, matrixCases, reductionCases, reshapeCases } from './zoo/elementwiseCases';
import { judge } from './zoo/judge';
import {
  attentionCases, convolutionCases, microsoftCases, mlCases, normalizationCases, poolCases, quantizationCases, recurrentCases, signalCases, textCases, visionCases,
} from './zoo/networkCases';
import { chainCases, controlFlowCases, sequenceCases, valueCases } from './zoo/valueCases';

const families = {
  elementwise: elementwiseCases, reductions: reductionCases, 'matrix products': matrixCases, indexing: indexingCases, reshapes: reshapeCases, convolutions: convolutionCases, pools: poolCases,
  normalizations: normalizationCases, recurrences: recurrentCases, vision: visionCases, signals: signalCases, quantization: quantizationCases, 'com.microsoft': microsoftCases, attention: attentionCases,
  'ai.onnx.ml': mlCases, texts: textCases, values: valueCases, 'shape computations': chainCases, 'control flow': controlFlowCases, sequences: sequenceCases,
};

for (const [family, cases] of Object.entries(families)) {
  describe(`shapes of ${family} are those of ONNX Runtime`, () => {
    it.each(cases.map((zoo) => [zoo.name, zoo] as const))('%s', async (_, zoo) => {
      const { wrong, unknown } = await judge(zoo);
      expect(wrong).toEqual([]);
      expect(unknown).toEqual([...zoo.open]);
    });
  });
}
