import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../../golden/ortOracle';
import { elementwiseCases, indexingCases, matrixCases, reductionCases, reshapeCases } from './zoo/elementwiseCases';
import { judge } from './zoo/judge';
import { mutated } from './zoo/mutate';
import { convolutionCases, normalizationCases, poolCases, quantizationCases, recurrentCases, signalCases, visionCases } from './zoo/networkCases';
import { chainCases, valueCases } from './zoo/valueCases';

/** Malformed ones of these make ONNX Runtime abort the process rather than refuse the model. */
const aborting = /Einsum|STFT|QLinearAveragePool|MaxUnpool|DynamicQuantizeLSTM|CenterCropPad/;

const cases = [
  elementwiseCases, indexingCases, matrixCases, reductionCases, reshapeCases, convolutionCases, normalizationCases, poolCases, quantizationCases, recurrentCases, signalCases, visionCases,
  chainCases, valueCases,
]
  .flat()
  .filter((zoo) => !aborting.test(zoo.name));

describe('random variations of the zoo', () => {
  it('have the shapes that ONNX Runtime gives them, wherever it runs them, and none of these is called inconsistent', async () => {
    const next = randomNumbers(2026);
    let ran = 0;
    for (let i = 0; i < 600; i++) {
      const variation = mutated(cases[Math.floor(next() * cases.length)]!, (limit) => Math.floor(next() * limit));
      let verdict;
      try {
        verdict = await judge(variation);
      } catch {
        // Refused by ONNX Runtime: there is nothing to compare with.
        continue;
      }
      ran++;
      const text = JSON.stringify(variation.model);
      expect(verdict.wrong, text).toEqual([]);
      expect(verdict.warnings, text).toEqual([]);
    }
    expect(ran).toBeGreaterThan(300);
  });
});
