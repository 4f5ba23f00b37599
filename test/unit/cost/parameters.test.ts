import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parameterCount } from '../../../src/cost/parameters';
import { inspectModel } from '../../../src/engine/inspectModel';
import { unattended } from '../../../src/shared/progress';
import { emptyTensor, encodeModel, graph, node, tensor, valueInfo } from '../../fixtures/buildModel';
import { writeDecoder } from '../../fixtures/decoder';
import { modelFolder } from '../../fixtures/modelFolder';

const folder = modelFolder();
const inspect = (name: string) => {
  const { view, planned } = inspectModel({ modelPath: join(folder.path, name) }, unattended);
  return { parameters: parameterCount(planned.prepared.graph), weightBytes: view.totals.weightBytes };
};

/** What the decoder computes with besides its parameters: constants of Gelu, of the normalisation and of the mask. */
const SCALARS = 9;

describe('parameterCount', () => {
  it.each(['initializer', 'constant', 'external'] as const)('counts a table that is looked up and, transposed, multiplied with once (%s)', (weights) => {
    const { parameters } = writeDecoder(join(folder.path, 'decoder.onnx'), { layers: 2, hidden: 64, heads: 4, vocabulary: 1000, context: 32, weights });
    expect(inspect('decoder.onnx').parameters).toBe(parameters + SCALARS);
  });

  it('counts weights in bodies, and those that bodies read from around them once', () => {
    const branch = (own: string) =>
      graph({
        nodes: [node('MatMul', ['x', own], [`${own}_t`]), node('Add', [`${own}_t`, 'shared'], [`${own}_out`])],
        initializers: [emptyTensor(own, 'float32', [8, 8])],
        outputs: [valueInfo(`${own}_out`, 'float32', [1, 8])],
      });
    const choice = node('If', ['yes'], ['chosen'], { then_branch: branch('a'), else_branch: branch('b') });
    folder.save(
      'if.onnx',
      encodeModel(
        graph({
          nodes: [choice, node('Add', ['chosen', 'shared'], ['y'])],
          initializers: [emptyTensor('shared', 'float32', [8])],
          inputs: [valueInfo('x', 'float32', [1, 8]), valueInfo('yes', 'bool', [])],
          outputs: [valueInfo('y', 'float32', [1, 8])],
        }),
      ),
    );
    expect(inspect('if.onnx')).toEqual({ parameters: 2 * 64 + 8, weightBytes: (2 * 64 + 8) * 4 });
  });

  it('takes what is made of sizes alone for a weight, and sizes for none', () => {
    folder.save(
      'made.onnx',
      encodeModel(
        graph({
          nodes: [node('ConstantOfShape', ['size'], ['w']), node('MatMul', ['x', 'w'], ['t']), node('Reshape', ['t', 'flat'], ['y'])],
          initializers: [tensor('size', 'int64', [2], [8, 4]), tensor('flat', 'int64', [1], [-1])],
          inputs: [valueInfo('x', 'float32', [1, 8])],
          outputs: [valueInfo('y', 'float32', [4])],
        }),
      ),
    );
    expect(inspect('made.onnx').parameters).toBe(32);
  });
});
