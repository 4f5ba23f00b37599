import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { operatorCosts, type OperatorCost } from '../../src/cost/operatorCost';
import { buildOperatorGraph } from '../../src/graph/buildOperatorGraph';
import type { OperatorGraph } from '../../src/graph/operatorGraph';
import { readModel } from '../../src/onnx/readModel';
import { inferShapes } from '../../src/onnx/shapes/inferShapes';
import { writeDecoder } from '../fixtures/decoder';
import { modelFolder } from '../fixtures/modelFolder';
import { resnet50, squeezenet, vgg16, type Network } from '../fixtures/networks';

const folder = modelFolder();

interface Counted {
  readonly graph: OperatorGraph;
  readonly costs: readonly OperatorCost[];
}

function count(path: string, bindings: Readonly<Record<string, number>> = {}): Counted {
  const model = readModel(path);
  const graph = buildOperatorGraph(model, inferShapes(model, new Map(Object.entries(bindings))));
  return { graph, costs: operatorCosts(graph) };
}

const countNetwork = (name: string, network: Network): Counted => count(folder.save(`${name}.onnx`, network.bytes));

const total = ({ graph, costs }: Counted, types?: readonly string[]): number =>
  costs.reduce((sum, cost, i) => sum + (types === undefined || types.includes(graph.operators[i]!.type) ? cost.flops : 0), 0);

const weightBytes = ({ graph }: Counted): number => graph.tensors.reduce((sum, tensor) => sum + (tensor.kind === 'weight' ? tensor.bytes! : 0), 0);

/** Papers and libraries count the multiply-adds of convolutions and matrix products alone. */
const MULTIPLY_ADDS = ['Conv', 'Gemm', 'MatMul'];

const allKnown = ({ costs }: Counted): void => expect(costs.filter((cost) => !cost.known).map((cost) => cost.reason)).toEqual([]);

function expectWithin2Percent(actual: number, stated: number): void {
  expect(Math.abs(actual / stated - 1), `${actual.toExponential(4)} against ${stated.toExponential(4)}`).toBeLessThan(0.02);
}

describe('totals agree with the literature', () => {
  /**
   * He et al. 2016, table 1: 3.8e9 multiply-adds for ResNet-50. torchvision 0.15 and later: 4.089e9 for version 1.5, and 25,557,032 parameters, 0.819e9 and
   * 1,248,424 for SqueezeNet 1.0, 15.47e9 and 138,357,544 for VGG-16 (`GFLOPS` and `num_params` of the weights in its model documentation).
   * BatchNormalization's running statistics, two for each of 26,560 channels, are weights in ONNX but no parameters there.
   */
  it.each([
    { name: 'ResNet-50 as published', network: resnet50(1), multiplyAdds: 3.8e9, parameters: 25_557_032 + 2 * 26_560 },
    { name: 'ResNet-50 of torchvision', network: resnet50(1.5), multiplyAdds: 4.089e9, parameters: 25_557_032 + 2 * 26_560 },
    { name: 'SqueezeNet 1.0', network: squeezenet(), multiplyAdds: 0.819e9, parameters: 1_248_424 },
    { name: 'VGG-16', network: vgg16(), multiplyAdds: 15.47e9, parameters: 138_357_544 },
  ])('$name', ({ name, network, multiplyAdds, parameters }) => {
    const counted = countNetwork(name, network);
    allKnown(counted);
    expectWithin2Percent(total(counted, MULTIPLY_ADDS) / 2, multiplyAdds);
    // What is not a multiply-add hardly matters in these networks, but is counted.
    expect(total(counted)).toBeGreaterThan(total(counted, MULTIPLY_ADDS));
    expectWithin2Percent(total(counted) / 2, total(counted, MULTIPLY_ADDS) / 2);
    expect(network.parameters).toBe(parameters);
    expect(weightBytes(counted)).toBe(4 * parameters);
  });

  /** GPT-2 small: 12 layers of width 768 with 12 heads, a vocabulary of 50,257 and 1,024 positions; 124,439,808 parameters (Radford et al. 2019, as released). */
  describe('a decoder of the size of GPT-2', () => {
    const layers = 12, width = 768, heads = 12, vocabulary = 50257;
    const decoder = (sequence: number, decomposed: boolean): Counted => {
      const path = join(folder.path, `gpt2-${sequence}-${decomposed}.onnx`);
      expect(writeDecoder(path, { layers, decomposed }).parameters).toBe(124_439_808);
      return count(path, { batch: 1, sequence });
    };

    /**
     * Hoffmann et al. 2022, appendix F, forward FLOPs of one sequence. Their first line counts the embedding as a product with one-hot vectors; a graph
     * gathers rows instead, which multiplies nothing, so that line is left out.
     */
    const hoffmann = (sequence: number): number => {
      const attention = 2 * 3 * sequence * width * width + 2 * sequence * sequence * width + 3 * heads * sequence * sequence + 2 * sequence * sequence * width + 2 * sequence * width * width;
      const dense = 2 * sequence * (width * 4 * width + width * 4 * width);
      return layers * (attention + dense) + 2 * sequence * width * vocabulary;
    };

    it.each([
      { sequence: 1024, decomposed: true },
      { sequence: 1024, decomposed: false },
      { sequence: 128, decomposed: true },
    ])('takes what Hoffmann et al. count for $sequence tokens (decomposed: $decomposed)', ({ sequence, decomposed }) => {
      const counted = decoder(sequence, decomposed);
      allKnown(counted);
      expectWithin2Percent(total(counted), hoffmann(sequence));
    });

    /** Kaplan et al. 2020, table 1 with N = 12 layers width^2: 2 N + 2 layers context width, and 2 width vocabulary to de-embed, FLOPs for each token. */
    it('takes what Kaplan et al. count for a short context, where the sums over values that they leave out are small', () => {
      const sequence = 128;
      const perToken = 2 * 12 * layers * width ** 2 + 2 * layers * sequence * width + 2 * width * vocabulary;
      expectWithin2Percent(total(decoder(sequence, true)) / sequence, perToken);
    });

    it('grows with the batch', () => {
      const path = join(folder.path, 'gpt2-batch.onnx');
      writeDecoder(path, { layers: 2 });
      const one = total(count(path, { batch: 1, sequence: 16 }));
      const eight = total(count(path, { batch: 8, sequence: 16 }));
      // the causal mask is computed once whatever the batch
      expect(eight / one).toBeCloseTo(8, 3);
    });
  });
});

const shared = resolve(import.meta.dirname, '../../../shared/models');

/** The weights of these models are made by ConstantOfShape, so only what they compute can be compared. */
describe.skipIf(!existsSync(shared))('models of ../shared agree with the literature', () => {
  it('light_inception_v1.onnx is GoogLeNet with 1.43e9 multiply-adds (Sze et al., Proc. IEEE 105(12), 2017, table II)', () => {
    const counted = count(join(shared, 'light_inception_v1.onnx'));
    allKnown(counted);
    expectWithin2Percent(total(counted, MULTIPLY_ADDS) / 2, 1.43e9);
  });

  it('light_resnet50.onnx has the strides of version 1.5, with 4.089e9 multiply-adds (torchvision)', () => {
    const counted = count(join(shared, 'light_resnet50.onnx'));
    allKnown(counted);
    expectWithin2Percent(total(counted, MULTIPLY_ADDS) / 2, 4.089e9);
  });

  it('light_squeezenet.onnx is version 1.1, with 0.349e9 multiply-adds (torchvision)', () => {
    const counted = count(join(shared, 'light_squeezenet.onnx'));
    allKnown(counted);
    expectWithin2Percent(total(counted, MULTIPLY_ADDS) / 2, 0.349e9);
  });
});
