import type { PlacementProblem } from '../../src/placement/problem';

export interface DecoderSize {
  readonly layers: number;
  readonly hidden: number;
  readonly tokens: number;
  readonly devices: number;
  /** parallel feed-forward experts per layer */
  readonly experts?: number;
}

/**
 * A decoder of attention layers, decomposed into 61 operators each (more with several experts), with one attention mask that all layers read.
 * Times follow a roofline of 150 TFLOP/s and 1.5 TB/s with 4 µs per operator; transfers a link of 50 GB/s.
 */
export function decoderProblem({ layers, hidden, tokens, devices, experts = 1 }: DecoderSize): PlacementProblem {
  const seconds: number[] = [];
  const weights: number[] = [];
  const consumers: number[][] = [];
  const bytes: number[] = [];
  const labels: string[] = [];
  const state = tokens * hidden * 2;
  const add = (label: string, inputs: readonly number[], outputBytes: number, flops: number, weightBytes: number): number => {
    const v = seconds.length;
    const moved = outputBytes + inputs.reduce((sum, u) => sum + bytes[u]!, 0) + weightBytes;
    seconds.push(4e-6 + Math.max(flops / 150e12, moved / 1.5e12));
    weights.push(weightBytes);
    consumers.push([]);
    bytes.push(outputBytes);
    labels.push(label);
    for (const u of new Set(inputs)) consumers[u]!.push(v);
    return v;
  };
  const point = (label: string, ...inputs: number[]): number => add(label, inputs, Math.max(...inputs.map((u) => bytes[u]!)), 0, 0);
  const linear = (label: string, input: number, out: number, of = hidden): number => {
    const matmul = add(`${label}/matmul`, [input], tokens * out * 2, 2 * tokens * out * of, out * of * 2);
    return point(`${label}/bias`, matmul);
  };
  const norm = (label: string, x: number): number => {
    const mean = add(`${label}/mean`, [x], tokens * 2, 0, 0);
    const centred = point(`${label}/sub`, x, mean);
    const squared = point(`${label}/square`, centred);
    const variance = add(`${label}/variance`, [squared], tokens * 2, 0, 0);
    const root = point(`${label}/sqrt`, point(`${label}/epsilon`, variance));
    return point(`${label}/shift`, point(`${label}/scale`, point(`${label}/div`, centred, root)));
  };
  const mask = add('mask', [], tokens * tokens * 2, 0, 0);
  let x = add('embedding', [], state, 0, 50_000 * hidden * 2);
  for (let layer = 0; layer < layers; layer++) {
    const name = (part: string): string => `layer${layer}/${part}`;
    const y = norm(name('norm1'), x);
    const heads = (part: string): number => point(name(`${part}/transpose`), point(name(`${part}/reshape`), linear(name(part), y, hidden)));
    const q = point(name('q/scale'), heads('q'));
    const k = point(name('k/transpose2'), heads('k'));
    const v = heads('v');
    const scores = add(name('scores'), [q, k], tokens * tokens * 2 * 16, 2 * tokens * tokens * hidden, 0);
    const soft = point(name('softmax'), point(name('masked'), scores, mask));
    const context = add(name('context'), [soft, v], state, 2 * tokens * tokens * hidden, 0);
    const attention = linear(name('projection'), point(name('context/reshape'), point(name('context/transpose'), context)), hidden);
    const middle = point(name('residual1'), x, attention);
    const z = norm(name('norm2'), middle);
    const outputs: number[] = [];
    for (let e = 0; e < experts; e++) {
      const up = linear(name(`expert${e}/up`), z, 4 * hidden);
      const cubed = point(name(`expert${e}/cube`), up);
      const inner = point(name(`expert${e}/sum`), up, point(name(`expert${e}/factor`), cubed));
      const gate = point(name(`expert${e}/one`), point(name(`expert${e}/tanh`), point(name(`expert${e}/pi`), inner)));
      const gelu = point(name(`expert${e}/half`), point(name(`expert${e}/product`), up, gate));
      outputs.push(linear(name(`expert${e}/down`), gelu, hidden, 4 * hidden));
    }
    x = point(name('residual2'), middle, ...outputs);
    while (experts === 1 && seconds.length < 2 + (layer + 1) * 61) x = point(name(`identity${seconds.length}`), x);
  }
  const n = seconds.length;
  return {
    labels,
    classes: [{ name: 'a100', count: devices, memoryBytes: 80e9, overlap: 'none' }],
    seconds: [Float64Array.from(seconds)],
    residentBytes: Float64Array.from(weights),
    workspaceBytes: Float64Array.from(bytes, (b) => b * 3),
    sharedMemory: [],
    nets: consumers.flatMap((list, producer) => (list.length === 0 ? [] : [{ producer, consumers: list, transferSeconds: [1e-5 + bytes[producer]! / 50e9] }])),
    colocation: new Int32Array(n).fill(-1),
    backward: new Uint8Array(n),
  };
}
