import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMeasurements } from '../../../../src/profile/import/measurements';
import { UserError } from '../../../../src/shared/userError';

const read = (text: string, warmUp = 0) => readMeasurements(text, 'f', warmUp);
const event = (name: string, dur: unknown, rest: object = {}) => ({ cat: 'Node', name: `${name}_kernel_time`, dur, ph: 'X', args: { provider: 'CPUExecutionProvider', op_name: 'Conv' }, ...rest });
const MEMORY = '#name,input_sizes,initializers_sizes,total_dynamic_sizes,total_temp_allocations';

describe('an ONNX Runtime profile', () => {
  const events = [
    { cat: 'Session', name: 'model_run', dur: 5000 },
    event('a', 900), event('b', 10), event('a', 100), event('b', 30), event('a', 300), event('a', 200),
    { cat: 'Node', name: 'a_fence_before', dur: 1e9 }, null, 'x', { cat: 'Node', name: 7, dur: 1 },
  ];

  it('gives the median of each node, in seconds, without the warm-up', () => {
    const { names, seconds, providers } = read(JSON.stringify(events));
    expect([names, [...seconds], providers]).toEqual(['nodes', [['a', 250e-6], ['b', 20e-6]], ['CPUExecutionProvider']]);
    expect([...read(JSON.stringify(events), 1).seconds]).toEqual([['a', 200e-6], ['b', 30e-6]]);
    expect([...read(JSON.stringify(events), 3).seconds]).toEqual([['a', 200e-6]]);
    expect([...read(JSON.stringify({ traceEvents: events })).seconds.keys()]).toEqual(['a', 'b']);
  });

  it.each([
    ['a negative time', [event('a', -1)], /the time of "a" is -0\.000001/],
    ['no time', [event('a', undefined)], /the time of "a" is missing/],
    ['a text as time', [event('a', '12')], /the time of "a" is "12"/],
    ['a time beyond all', [event('a', 1e300)], /the time of "a" is 1e\+294/],
    ['no node', [{ cat: 'Session', name: 'model_run', dur: 1 }], /holds no times of operators/],
    ['nothing', [], /holds no times of operators/],
  ])('with %s is refused', (_what, list, message) => {
    expect(() => read(JSON.stringify(list))).toThrow(message);
    expect(() => read(JSON.stringify(list))).toThrow(UserError);
  });

  it('that breaks off is refused', () => {
    expect(() => read(JSON.stringify(events).slice(0, -20))).toThrow(/^f: is not JSON: .*A program that was ended/);
  });
});

describe('a table of node memory', () => {
  it('gives what kernels need while they run, names with commas included', () => {
    const { seconds, memoryBytes } = read(`${MEMORY}\nconv,1,2,3,400\n"a,b",1,2,3,0\r\nconv,1,2,3,300\n\n`);
    expect(seconds.size).toBe(0);
    expect([...memoryBytes]).toEqual([['conv', 400], ['"a,b"', 0]]);
  });

  it.each([
    [`${MEMORY},more\nconv,1,2,3,4,5`, /has other columns/],
    [`${MEMORY}\nconv,1,2,3`, /^f:2: has 4 columns where 5 are needed/],
    [`${MEMORY}\nconv,1,2,x,4`, /^f:2: the memory of "conv" is NaN/],
    [`${MEMORY}\nconv,1,2,3,-4`, /is -4/],
    [`${MEMORY}\nconv,1,2,3,`, /is NaN/],
    [MEMORY, /names no node/],
  ])('%j is refused', (text, message) => expect(() => read(text)).toThrow(message));
});

describe('a table of times', () => {
  it('may have a first line, quotes, and commas in names', () => {
    expect([...read('operator,seconds\na,0.5\n"b ""x""",1e-3\nc,d,2\n').seconds]).toEqual([['a', 0.5], ['b "x"', 0.001], ['c,d', 2]]);
    expect([...read('\ufeffa,0\n').seconds]).toEqual([['a', 0]]);
    expect([...read('{"a": 0.5, "__proto__": 1}').seconds]).toEqual([['a', 0.5], ['__proto__', 1]]);
  });

  it.each([
    ['a,0.5\na,1', /^f:2: names the operator "a" a second time/],
    ['a,-1', /^f:1: the time of "a" is -1/],
    ['a,NaN', /is NaN/],
    ['a,Infinity', /is Infinity/],
    ['a,', /is NaN/],
    ['a', /^f:1: "a" is no operator with its time/],
    [',1', /names no operator/],
    ['operator,seconds', /names no operator/],
    ['  \n', /is empty/],
    ['{}', /names no operator/],
    ['{"a": "fast"}', /the time of "a" is "fast"/],
    ['{"a": {"seconds": 1}}', /the time of "a" is \{"seconds":1\}/],
    ['{"a": 1', /is not JSON/],
  ])('%j is refused', (text, message) => expect(() => read(text)).toThrow(message));
});

describe('any text', () => {
  it('gives measurements or one clear error', () => {
    const some = fc.oneof(fc.string(), fc.json(), fc.array(fc.record({ cat: fc.constant('Node'), name: fc.constantFrom('a_kernel_time', 'b'), dur: fc.anything() })).map((list) => JSON.stringify(list) ?? ''), fc.string().map((text) => `${MEMORY}\n${text}`));
    fc.assert(
      fc.property(some, (text) => {
        try {
          const { seconds, memoryBytes } = read(text);
          for (const value of [...seconds.values(), ...memoryBytes.values()]) expect(value).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });
});
