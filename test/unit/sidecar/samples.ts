import type { PlacementFile } from '../../../src/sidecar/placementFile';
import { PLACEMENT_SCHEMA } from '../../../src/sidecar/placementFile';
import type { Operator, OperatorGraph, Tensor } from '../../../src/graph/operatorGraph';
import type { Attribute, ElementType } from '../../../src/onnx/model';

/** A small valid placement: two stages on one class of devices. */
export function samplePlacement(): PlacementFile {
  return {
    $schema: PLACEMENT_SCHEMA,
    version: 1,
    model: { path: 'net.onnx', topology: `sha256:${'0123456789abcdef'.repeat(4)}`, operators: 3, bound: { batch: 1 } },
    cluster: {
      from: 'duo',
      version: 1,
      name: 'two of a kind',
      devices: [
        { class: 'a100', count: 2, memoryBytes: 8e10, peakFlops: { float32: 1.95e13, float16: 3.12e14 }, memoryBytesPerSecond: 2e12 },
        { class: 'cpu', count: 1, host: true, peakFlops: { float32: 2e12 }, memoryBytesPerSecond: 2e11 },
      ],
      links: [
        { between: ['a100', 'a100'], bytesPerSecond: 2.5e11, path: 'peer' },
        { between: ['a100', 'cpu'], bytesPerSecond: 2.5e10, path: 'host' },
      ],
    },
    objective: 'throughput',
    costModel: { name: 'roofline', version: 1 },
    certificate: { value: 0.00131, lowerBound: 0.00131, optimal: true, method: 'ideals' },
    stages: [
      {
        name: '0',
        device: 'a100:0',
        load: { computeSeconds: 0.0013, communicationSeconds: 0.00001 },
        memory: { weightBytes: 1024, activationBytes: 256 },
        operators: [
          ['a', 'Conv', '/conv'],
          ['b', 'Relu', ''],
        ],
      },
      {
        name: '1',
        device: 'a100:1',
        load: { computeSeconds: 0.001, communicationSeconds: 0.00001 },
        memory: { weightBytes: 2048, activationBytes: 512 },
        operators: [['c', 'Gemm', '/fc']],
      },
    ],
    pins: [{ operator: 'c', device: 'a100:1' }],
  };
}

export interface NodeSketch {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly bodies?: readonly OperatorGraph[];
  readonly foldable?: boolean;
}

/** An operator graph from a list of nodes; tensors that nobody writes and that are no weights are inputs. */
export function sketchGraph(
  nodes: readonly NodeSketch[],
  weights: Readonly<Record<string, { readonly elementType: ElementType; readonly shape: readonly number[]; readonly value?: readonly number[] }>> = {},
): OperatorGraph {
  const names = [...new Set(nodes.flatMap((node) => [...node.inputs, ...node.outputs]))].filter((name) => name !== '');
  const at = new Map(names.map((name, i) => [name, i]));
  const index = (name: string): number => at.get(name) ?? -1;
  const tensors = names.map((name, i): Tensor => {
    const producer = nodes.findIndex((node) => node.outputs.includes(name));
    const consumers = nodes.flatMap((node, j) => (node.inputs.includes(name) ? [j] : []));
    const weight = Object.hasOwn(weights, name) ? weights[name] : undefined;
    return {
      index: i,
      name,
      kind: weight ? 'weight' : producer < 0 ? 'input' : 'activation',
      elementType: weight?.elementType ?? 'float32',
      shape: weight?.shape ?? [1, 8],
      bytes: 32,
      producer,
      consumers,
      isGraphOutput: producer >= 0 && consumers.length === 0,
      ...(weight?.value ? { value: weight.value } : {}),
    };
  });
  return {
    operators: nodes.map(
      (node, i): Operator => ({
        index: i,
        id: node.outputs[0]!,
        name: '',
        type: node.type,
        domain: node.domain ?? '',
        attributes: new Map(Object.entries(node.attributes ?? {})),
        inputs: node.inputs.map(index),
        outputs: node.outputs.map(index),
        captures: [],
        bodies: node.bodies ?? [],
        foldable: node.foldable ?? false,
      }),
    ),
    tensors,
    inputs: tensors.filter((tensor) => tensor.kind === 'input').map((tensor) => tensor.index),
    outputs: tensors
      .filter((tensor) => tensor.isGraphOutput)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((tensor) => tensor.index),
    opsets: new Map([['', 17]]),
  };
}
