import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../../src/onnx/readModel';
import { UserError } from '../../../src/shared/userError';
import { attribute, bytesField, emptyTensor, encodeModel, encodeRawModel, externalTensor, graph, localFunction, node, tensor, valueInfo, varint, varintField } from '../../fixtures/buildModel';
import { writeDecoder } from '../../fixtures/decoder';
import { modelFolder } from '../../fixtures/modelFolder';
import { packagedModels } from './realModels';

const folder = modelFolder();
const x = valueInfo('x', 'float32', [1, 4]);
const y = valueInfo('y', 'float32', [1, 4]);
const relu = graph({ nodes: [node('Relu', ['x'], ['y'])], inputs: [x], outputs: [y] });
const withNodes = (...nodes: onnx.INodeProto[]): onnx.IGraphProto => graph({ nodes, inputs: [x], outputs: [y] });

let files = 0;
/** The message with which a file is refused, without its path; fails if it is accepted or refused by anything but a UserError. */
function refusal(bytes: Uint8Array | string): string {
  return refusalOf(folder.save(`m${files++}.onnx`, bytes));
}
function refusalOf(path: string): string {
  try {
    readModel(path);
  } catch (error) {
    if (error instanceof UserError) return error.message.replace(`${path}: `, '');
    throw error;
  }
  throw new Error('the file was accepted');
}

describe('files that are no models', () => {
  it.each([
    ['an empty file', '', /^is empty\./],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n', /^is a Git LFS pointer.*git lfs pull/],
    ['a text file', 'Grüße, dies ist kein Modell.\n', /^is a text file/],
    ['one letter', 'x', /^is a text file/],
    ['JSON', '{"model": 1}', /^is a JSON file/],
    ['a web page', '<!DOCTYPE html>\n<html><body>404</body></html>', /^is a text file/],
    ['a zip archive', Buffer.from('PK\u0003\u0004\u0014\u0000\u0008\u0008'), /^is a zip archive/],
    ['random bytes', Buffer.from(Array.from({ length: 400 }, (_, i) => (i * 167 + 131) & 255)), /^is not a complete ONNX model/],
    ['zeros', Buffer.alloc(100), /^is not a complete ONNX model: there is no field tag at byte 0/],
    ['a protobuf without a graph', Buffer.concat([varintField(1, 8), bytesField(8, varintField(2, 17))]), /holds no graph/],
    ['an empty graph', encodeModel(graph({})), /without operators and outputs/],
    ['a model without opset_import', Buffer.concat([varintField(1, 8), bytesField(7, onnx.GraphProto.encode(relu).finish())]), /names no operator set/],
  ])('%s', (_, bytes, message) => expect(refusal(bytes)).toMatch(message));

  it('a folder', () => {
    const path = join(folder.path, 'folder.onnx');
    mkdirSync(path);
    expect(refusalOf(path)).toMatch(/^is a folder/);
  });
  it('nothing', () => expect(refusalOf(join(folder.path, 'nothing.onnx'))).toMatch(/^does not exist/));
  it('something below a file', () => expect(refusalOf(join(folder.save('file.onnx', 'x'), 'model.onnx'))).toMatch(/^does not exist/));
  it.skipIf(process.platform === 'win32')('a pipe, without waiting for a writer', () => {
    const path = join(folder.path, 'pipe.onnx');
    execFileSync('mkfifo', [path]);
    expect(refusalOf(path)).toMatch(/^is not a regular file/);
  });
});

describe('truncated models', () => {
  it.each(packagedModels.filter((p) => statSync(p).size < 3e6).map((p) => [basename(p), p]))('%s, at every 1/64th', (_, path) => {
    const whole = readFileSync(path);
    for (let i = 0; i < 64; i++) expect(refusal(whole.subarray(0, Math.floor((whole.length * i) / 64)))).toMatch(/^(is empty|is not a complete ONNX model|is a text file)/);
  });
  it('at every byte', () => {
    const whole = encodeModel(graph({ nodes: [node('Add', ['x', 'w'], ['y'], { note: 'a', axes: [1, 2] })], inputs: [x], outputs: [y], initializers: [tensor('w', 'float32', [4], [1, 2, 3, 4])] }));
    readModel(folder.save('whole.onnx', whole));
    for (let length = 0; length < whole.length; length++) refusal(whole.subarray(0, length));
  });
});

describe('graphs that are not consistent', () => {
  const cases: readonly (readonly [string, onnx.IGraphProto, RegExp])[] = [
    ['a cycle', withNodes(node('Add', ['x', 'b'], ['a'], {}, { name: 'first' }), node('Relu', ['a'], ['b'], {}, { name: 'second' }), node('Relu', ['b'], ['y'])), /cycle: (Add first \(a\) -> Relu second \(b\) -> Add first \(a\)|Relu second \(b\) -> Add first \(a\) -> Relu second \(b\))/],
    ['an operator that reads its own output', withNodes(node('Add', ['x', 'y'], ['y'])), /cycle: Add \(y\) -> Add \(y\)/],
    ['a tensor made by two operators', withNodes(node('Relu', ['x'], ['y']), node('Tanh', ['x'], ['y'])), /tensor "y" is defined twice/],
    ['a tensor twice among the outputs of one operator', withNodes(node('Split', ['x'], ['y', 'y'])), /tensor "y" is defined twice/],
    ['an operator that makes an input', withNodes(node('Relu', ['x'], ['x']), node('Relu', ['x'], ['y'])), /tensor "x" is defined twice/],
    ['an operator that makes an initializer', { ...withNodes(node('Relu', ['x'], ['w']), node('Relu', ['w'], ['y'])), initializer: [tensor('w', 'float32', [1], [1])] }, /tensor "w" is defined twice/],
    ['two initializers of one name', { ...relu, initializer: [tensor('w', 'float32', [1], [1]), tensor('w', 'float32', [1], [1])] }, /tensor "w" is defined twice/],
    ['two inputs of one name', { ...relu, input: [x, x] }, /tensor "x" is defined twice/],
    ['an edge from nowhere', withNodes(node('Add', ['x', 'ghost'], ['y'], {}, { name: 'adder' })), /^Add adder \(y\) reads the tensor "ghost", which nothing produces/],
    ['an output from nowhere', { ...relu, output: [valueInfo('z')] }, /output "z" of the graph is produced by nothing/],
    ['an operator without a type', withNodes(node('', ['x'], ['y'], {}, { name: 'what' })), /operator "what" has no type/],
    ['a dimension of 2^62', { ...relu, initializer: [emptyTensor('w', 'float32', [2 ** 62])] }, /tensor "w" has the dimensions .* more elements than any memory holds/],
    ['dimensions whose product no number holds', { ...relu, initializer: [emptyTensor('w', 'float32', [2 ** 31, 2 ** 31, 2 ** 31])] }, /more elements than any memory holds/],
    ['such dimensions beside a zero', { ...relu, initializer: [emptyTensor('w', 'float32', [0, 2 ** 62])] }, /more elements than any memory holds/],
    ['a negative dimension', { ...relu, initializer: [emptyTensor('w', 'float32', [-3])] }, /tensor "w" has the negative dimension -3/],
    ['an input of 2^62', graph({ nodes: [node('Relu', ['x'], ['y'])], inputs: [valueInfo('x', 'float32', [2 ** 62])], outputs: [y] }), /"x" has the dimension 46116860/],
    ['a tensor shorter than its dimensions', { ...relu, initializer: [{ ...tensor('w', 'float32', [2], [1, 2]), dims: [3] }] }, /tensor "w" \(float32 3\) has 8 bytes of data instead of 12/],
    ['a tensor of an unknown type', { ...relu, initializer: [{ ...tensor('w', 'float32', [2], [1, 2]), dataType: 99 }] }, /tensor "w" has the unknown element type 99/],
    ['a tensor without a type', { ...relu, initializer: [{ name: 'w', dims: [1] }] }, /tensor "w" has no element type/],
    ['varints fewer than the dimensions say', { ...relu, initializer: [{ name: 'w', dataType: 7, dims: [3], int64Data: [1, 2] }] }, /tensor "w" holds fewer elements/],
    ['varints more than the dimensions say', { ...relu, initializer: [{ name: 'w', dataType: 7, dims: [1], int64Data: [1, 2] }] }, /tensor "w" holds more elements/],
  ];
  it.each(cases)('%s', (_, g, message) => expect(refusal(encodeModel(g))).toMatch(message));

  it('a body that reads a tensor from nowhere, and one that reads what its own operator makes', () => {
    const branch = (from: string): onnx.IGraphProto => graph({ nodes: [node('Relu', [from], ['r'])], outputs: [valueInfo('r')] });
    const model = (from: string): Uint8Array => encodeModel(graph({
      nodes: [node('If', ['c'], ['y'], { then_branch: branch(from), else_branch: branch('x') })], inputs: [x, valueInfo('c', 'bool', [])], outputs: [y],
    }));
    readModel(folder.save('if.onnx', model('x')));
    expect(refusal(model('ghost'))).toMatch(/^Relu \(r\) in the body of If \(y\) reads the tensor "ghost"/);
    expect(refusal(model('y'))).toMatch(/cycle: If \(y\) -> If \(y\)/);
  });

  it('a tensor of one body that another reads', () => {
    const body = (nodes: onnx.INodeProto[], out: string): onnx.IGraphProto => graph({ nodes, outputs: [valueInfo(out)] });
    const nodes = [node('If', ['c'], ['y'], { then_branch: body([node('Relu', ['x'], ['inner'])], 'inner'), else_branch: body([node('Relu', ['inner'], ['o'])], 'o') })];
    expect(refusal(encodeModel(graph({ nodes, inputs: [x, valueInfo('c', 'bool', [])], outputs: [y] })))).toMatch(/reads the tensor "inner", which nothing produces/);
  });
});

describe('absurd nesting', () => {
  it('graphs 10,000 deep', () => {
    let inner: Buffer = bytesField(1, Buffer.concat([bytesField(2, 'y'), bytesField(4, 'Constant')]));
    // built from the inside out by prefixes alone: copying the body at each level would be quadratic
    const prefixes: Buffer[] = [];
    let length = inner.length;
    for (let i = 0; i < 10_000; i++) {
      const head = Buffer.concat([bytesField(2, 'y'), bytesField(4, 'If')]);
      const graphTag = Buffer.concat([varint(6 * 8 + 2), varint(length)]);
      const attributeTag = Buffer.concat([varint(5 * 8 + 2), varint(graphTag.length + length)]);
      const nodeTag = Buffer.concat([varint(10), varint(head.length + attributeTag.length + graphTag.length + length)]);
      prefixes.push(Buffer.concat([nodeTag, head, attributeTag, graphTag]));
      length += prefixes[i]!.length;
    }
    inner = Buffer.concat([...prefixes.reverse(), inner]);
    expect(refusal(encodeRawModel(inner))).toMatch(/graphs nested more than 64 deep/);
  });

  it('types 10,000 deep', () => {
    const prefixes: Buffer[] = [];
    let length = 0;
    for (let i = 0; i < 10_000; i++) {
      const elementTag = Buffer.concat([varint(1 * 8 + 2), varint(length)]);
      prefixes.push(Buffer.concat([varint(4 * 8 + 2), varint(elementTag.length + length), elementTag]));
      length += prefixes[i]!.length;
    }
    const info = Buffer.concat([bytesField(1, 'x'), bytesField(2, Buffer.concat(prefixes.reverse()))]);
    const reluNode = bytesField(1, onnx.NodeProto.encode(node('Relu', ['x'], ['y'])).finish());
    expect(refusal(encodeRawModel(Buffer.concat([reluNode, bytesField(11, info)])))).toMatch(/nested more than 32 deep|cannot be decoded/);
  });

  it('groups, which protobuf no longer has', () => {
    expect(refusal(Buffer.concat([Buffer.alloc(50_000, 0x3b), varintField(1, 8)]))).toMatch(/wire type 3|is a text file/);
  });
});

describe('functions that are no functions', () => {
  const call = (name: string, from: string, to: string): onnx.INodeProto => node(name, [from], [to], {}, { domain: 'f' });
  const define = (name: string, ...nodes: onnx.INodeProto[]): onnx.IFunctionProto => localFunction({ domain: 'f', name, inputs: ['a'], outputs: ['b'], nodes });
  const model = (...functions: onnx.IFunctionProto[]): Uint8Array => encodeModel(withNodes(call('f0', 'x', 'y')), { functions, domains: { f: 1 } });

  it('calls in a circle', () => {
    expect(refusal(model(define('f0', call('f1', 'a', 'b')), define('f1', call('f0', 'a', 'b'))))).toMatch(/functions call each other in a circle: f0 -> f1 -> f0/);
    expect(refusal(model(define('f0', call('f0', 'a', 'b'))))).toMatch(/circle: f0 -> f0/);
  });
  it('growth without bound', () => {
    const functions = Array.from({ length: 40 }, (_, i) => (i === 39 ? define('f39', node('Relu', ['a'], ['b'])) : define(`f${i}`, call(`f${i + 1}`, 'a', 'c'), call(`f${i + 1}`, 'c', 'b'))));
    expect(refusal(model(...functions))).toMatch(/functions that grow to more than 500000 operators/);
  });
  it('growth without operators', () => {
    const functions = Array.from({ length: 40 }, (_, i) => (i === 39 ? define('f39') : define(`f${i}`, call(`f${i + 1}`, 'a', 'c'), call(`f${i + 1}`, 'c', 'b'))));
    expect(refusal(model(...functions))).toMatch(/functions that grow to more than/);
  });
  it('calls 200 deep', () => {
    const functions = Array.from({ length: 200 }, (_, i) => (i === 199 ? define('f199', node('Relu', ['a'], ['b'])) : define(`f${i}`, call(`f${i + 1}`, 'a', 'b'))));
    expect(refusal(model(...functions))).toMatch(/call each other more than 64 deep/);
  });
  it('an output that the body does not make', () => expect(refusal(model(define('f0', node('Relu', ['a'], ['c']))))).toMatch(/output "y" of the graph is produced by nothing/));
  it('a body that reads a tensor from nowhere', () => expect(refusal(model(define('f0', node('Add', ['a', 'ghost'], ['b']))))).toMatch(/Add \(y\) reads the tensor "y\/ghost"/));
  it('one function twice', () => expect(refusal(model(define('f0', node('Relu', ['a'], ['b'])), define('f0', node('Relu', ['a'], ['b']))))).toMatch(/function "f0" of "f" twice/));
  it('a reference to an attribute outside of any function', () => {
    const astray = { ...node('Relu', ['x'], ['y']), attribute: [{ ...attribute('a', 1), refAttrName: 'b' }] };
    expect(refusal(encodeModel(withNodes(astray)))).toMatch(/refers to attributes of a function but stands in none/);
  });
});

describe('external data', () => {
  writeFileSync(join(folder.path, 'weights.bin'), Buffer.alloc(64));
  writeFileSync(join(folder.path, 'pointer.bin'), 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n');
  mkdirSync(join(folder.path, 'sub'));
  writeFileSync(join(folder.path, 'sub', 'more.bin'), Buffer.alloc(64));
  symlinkSync('/etc/hostname', join(folder.path, 'link.bin'));
  symlinkSync('/etc', join(folder.path, 'linked'));
  symlinkSync('weights.bin', join(folder.path, 'inner.bin'));
  symlinkSync('loop.bin', join(folder.path, 'loop.bin'));
  const model = (data: { location: string; offset?: number; length?: number }, dims = [4]): Uint8Array =>
    encodeModel({ ...relu, initializer: [externalTensor('w', 'float32', dims, data)] });
  const place = (data: Parameters<typeof model>[0]): unknown => readModel(folder.save(`ok${files++}.onnx`, model(data))).graph.initializers.get('w')!.location;

  it('is accepted inside the folder', () => {
    expect(place({ location: 'weights.bin', offset: 48, length: 16 })).toEqual({ kind: 'external', path: 'weights.bin', offset: 48, length: 16 });
    expect(place({ location: './sub//more.bin' })).toEqual({ kind: 'external', path: 'sub/more.bin', offset: 0, length: 16 });
    expect(place({ location: 'inner.bin' })).toEqual({ kind: 'external', path: 'inner.bin', offset: 0, length: 16 });
  });

  it.each([
    ['../../secret', /which leaves the model's folder/],
    ['sub/../../secret', /which leaves the model's folder/],
    ['..', /which leaves the model's folder/],
    ['/etc/passwd', /not a path relative to the model/],
    ['C:\\secret', /not a path relative to the model/],
    ['c:secret', /not a path relative to the model/],
    ['..\\secret', /not a path relative to the model/],
    ['\\\\server\\share', /not a path relative to the model/],
    ['weights.bin\0.txt', /not a path relative to the model/],
    ['', /names no file/],
    ['link.bin', /link that leaves the model's folder/],
    ['linked/hostname', /link that leaves the model's folder/],
    ['missing.bin', /does not exist.*Fetch it/],
    ['loop.bin', /cannot be opened \(ELOOP\)/],
    ['sub', /is not a file/],
    ['.', /is not a file/],
    ['pointer.bin', /Git LFS pointer.*git lfs pull/],
  ])('%j is refused', (location, message) => {
    const text = refusal(model({ location, ...(location === 'pointer.bin' ? { offset: 100 } : {}) }));
    expect(text).toMatch(message);
    expect(text).toContain(`the tensor "w" has its data in "${location}"`);
  });

  it('is named in full only as far as anybody reads', () => {
    const text = refusal(model({ location: 'x'.repeat(5000) }));
    expect(text).toMatch(/cannot be opened \(ENAMETOOLONG\)/);
    expect(text.length).toBeLessThan(300);
  });

  it('has to lie within its file and fit its tensor', () => {
    expect(refusal(model({ location: 'weights.bin', offset: 52 }))).toMatch(/has only 64 bytes.*68 are needed/);
    expect(refusal(model({ location: 'weights.bin', length: 65 }))).toMatch(/65 are needed/);
    expect(refusal(model({ location: 'weights.bin', length: 12 }))).toMatch(/names 12 bytes, but its type and dimensions take 16/);
    expect(refusal(model({ location: 'weights.bin', offset: -1 }))).toMatch(/the offset "-1", which is not a number of bytes/);
    expect(refusal(model({ location: 'weights.bin', offset: 2 ** 60 }))).toMatch(/which is not a number of bytes/);
    expect(refusal(model({ location: 'weights.bin', offset: NaN }))).toMatch(/the offset "NaN"/);
  });

  it('is checked in attributes as well', () => {
    const g = withNodes(node('Constant', [], ['w'], { value: externalTensor('', 'float32', [4], { location: '../secret' }) }), node('Add', ['x', 'w'], ['y']));
    expect(refusal(encodeModel(g))).toMatch(/leaves the model's folder/);
  });
});

describe('10,000 random mutations', () => {
  /** a linear congruential generator (Numerical Recipes), so that a failure can be repeated */
  let seed = 20;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const decoder = join(folder.path, 'decoder.onnx');
  writeDecoder(decoder, { layers: 1, hidden: 8, heads: 2, vocabulary: 9, context: 8 });
  const branch = (op: string): onnx.IGraphProto => graph({ nodes: [node(op, ['h'], ['r']), node('Constant', [], ['k'], { value: tensor('', 'int64', [2], [1, 2]) })], outputs: [valueInfo('r')] });
  const rich = encodeModel(
    graph({
      nodes: [
        node('scale', ['x'], ['h'], { by: { float: 2 } }, { domain: 'f' }),
        node('If', ['c'], ['i'], { then_branch: branch('Relu'), else_branch: branch('Tanh') }),
        node('Resize', ['i', '', 's'], ['y'], { mode: 'nearest', axes: [1, 2], names: ['a', 'b'], extrapolation: { floats: [1, 2] } }),
      ],
      inputs: [valueInfo('x', 'float32', ['n', 4, null]), valueInfo('c', 'bool', [])],
      outputs: [y],
      initializers: [tensor('s', 'float32', [3], [1, 2, 3]), { name: 't', dataType: 7, dims: [2], int64Data: [3, 4] }, externalTensor('w', 'float32', [4], { location: 'weights.bin' })],
      valueInfos: [valueInfo('h', 'float32', ['n', 4])],
    }),
    {
      functions: [localFunction({ domain: 'f', name: 'scale', inputs: ['a'], outputs: ['b'], attributes: ['by'], nodes: [node('Constant', [], ['k'], {}, { attribute: [{ name: 'value_float', type: 1, refAttrName: 'by' }] }), node('Mul', ['a', 'k'], ['b'])] })],
      domains: { f: 1 }, metadata: { a: 'b' },
    },
  );

  it.each([['of a decoder', readFileSync(decoder)], ['of a model with functions, bodies and external data', Buffer.from(rich)]])('%s are models or refused, and none takes much memory', (_, whole) => {
    const path = folder.save('mutated.onnx', whole);
    readModel(path);
    let refused = 0;
    /** bytes of buffers and of the heap that one reading took, if nothing was collected meanwhile */
    let most = 0;
    const inUse = (): number => {
      const { arrayBuffers, heapUsed } = process.memoryUsage();
      return arrayBuffers + heapUsed;
    };
    for (let round = 0; round < 5000; round++) {
      const bytes = Buffer.from(whole);
      for (let n = 1 + random(4); n > 0; n--) bytes[random(bytes.length)] = random(256);
      writeFileSync(path, bytes);
      const before = inUse();
      try {
        readModel(path);
      } catch (error) {
        if (!(error instanceof UserError)) throw new Error(`round ${round}: not a UserError`, { cause: error });
        refused++;
      }
      most = Math.max(most, inUse() - before);
    }
    expect(refused).toBeGreaterThan(500);
    expect(most).toBeLessThan(64e6);
  });
});
