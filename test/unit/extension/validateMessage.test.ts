import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { list, record, REFUSED, sole, such, variant, whole } from '../../../src/extension/messageReaders';
import { validateMessage } from '../../../src/extension/validateMessage';
import type { FromWebview } from '../../../src/shared/messages';
import { USUAL_PLANNING } from '../../../src/shared/planning';

type Message = Record<string, unknown>;

/** A message of every type that the view may send: a type that is added asks for a sample here. */
const samples: { readonly [T in FromWebview['type']]: readonly Extract<FromWebview, { type: T }>[] } = {
  ready: [{ type: 'ready' }],
  partition: [{ type: 'partition', planning: null }, { type: 'partition', planning: { ...USUAL_PLANNING, microBatches: 8, objective: 'gpipe' } }],
  save: [{ type: 'save' }],
  layout: [{ type: 'layout', showFoldable: true, grouped: false, expanded: ['0:/layers.0', '1:/layers.1'] }],
  explain: [{ type: 'explain', operator: 3 }],
  compareMethods: [{ type: 'compareMethods' }],
  comparePlan: [{ type: 'comparePlan', method: null }, { type: 'comparePlan', method: 'pipedream' }, { type: 'comparePlan', method: 'ordered-integer' }],
  endComparison: [{ type: 'endComparison' }],
  explainPlan: [{ type: 'explainPlan' }],
  usePlan: [{ type: 'usePlan' }],
  timeline: [{ type: 'timeline', choice: { schedule: 'gpipe', microBatches: 4 } }],
  exportTrace: [{ type: 'exportTrace', choice: { schedule: null, microBatches: null } }],
  timelineShown: [{ type: 'timelineShown', shown: true }],
  moveOptions: [{ type: 'moveOptions', question: 1, operators: [0, 3] }],
  previewMove: [{ type: 'previewMove', question: 2, move: { operators: [7], stage: 0, along: false } }],
  pinOptions: [{ type: 'pinOptions', operator: 0, scope: '/layers.0' }],
  edit: [
    { type: 'edit', choice: { kind: 'move', operators: [1, 4], stage: 2, along: true } },
    { type: 'edit', choice: { kind: 'cut', from: 0, to: 1, step: 'earlier' } },
    { type: 'edit', choice: { kind: 'pin', operator: 1, scope: '', to: { device: 'a100:1' } } },
    { type: 'edit', choice: { kind: 'pin', operator: 1, scope: '/a', to: { stage: 1 } } },
    { type: 'edit', choice: { kind: 'unpin', operator: 1, scope: '/a' } },
  ],
  undoEdit: [{ type: 'undoEdit' }],
  redoEdit: [{ type: 'redoEdit' }],
  resolveWithPins: [{ type: 'resolveWithPins' }],
  savePicture: [{ type: 'savePicture', what: 'graph', svg: '<svg/>', png: 'AQID' }],
  openSidecar: [{ type: 'openSidecar' }],
  copy: [{ type: 'copy', text: 'x' }],
};
const every = Object.values(samples).flat() as readonly FromWebview[];
const anySample = fc.constantFrom(...every);

/** Where something stands in a message: its fields, those of its parts, the elements of its lists. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [[...path, key], ...placesOf(part, [...path, key])]);
}

/** A copy of the message in which another value stands at a place. */
function withAt(message: unknown, [key, ...rest]: readonly string[], value: unknown): Message {
  const copy = structuredClone(message) as Message;
  if (rest.length === 0) copy[key!] = value;
  else copy[key!] = withAt(copy[key!], rest, value);
  return copy;
}

/** The parts of a message that may have fields of their own. */
const objectsOf = (message: unknown): (readonly string[])[] => [[], ...placesOf(message).filter((path) => typeof at(message, path) === 'object' && at(message, path) !== null && !Array.isArray(at(message, path)))];
const at = (message: unknown, path: readonly string[]): unknown => path.reduce<unknown>((value, key) => (value as Message)[key], message);

/** What stands in no message anywhere, whatever the field. */
const hostile = fc.constantFrom<unknown>(
  NaN, -1, -0.5, 1.5, Infinity, -Infinity, 2 ** 53, undefined, Symbol('x'), 10n, () => 1, new Date(0), /x/, new Map(), Object.create({ schedule: null }), Array(200_001), Array(2), [[]], { length: 3 },
);

describe('what comes out of a webview', () => {
  it.each(every)('is taken as it is if it is a message: %j', (message) => {
    expect(validateMessage(message)).toEqual(message);
  });

  it('loses what does not belong to it, in every part: the copy has the fields of a message and no others', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'extra', 'length')).filter((name) => !/^(device|stage)$/.test(name));
    fc.assert(
      fc.property(anySample, fc.nat(), key, fc.anything(), (message, place, name, value) => {
        const objects = objectsOf(message);
        const path = objects[place % objects.length]!;
        fc.pre(!Object.hasOwn(at(message, path) as object, name));
        const more = structuredClone(message) as unknown as Message;
        Object.defineProperty(at(more, path), name, { value, enumerable: true, configurable: true, writable: true });
        const taken = validateMessage(more);
        // where to pin becomes part of a plan's history as it is: it has one field or is refused
        expect(taken === undefined ? path.at(-1) : taken).toEqual(taken === undefined ? 'to' : message);
        if (taken) for (const part of objectsOf(taken)) expect(Object.getPrototypeOf(at(taken, part))).toBe(Object.prototype);
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused as soon as one part is of the wrong kind', () => {
    fc.assert(
      fc.property(anySample, fc.nat(), hostile, (message, place, value) => {
        const places = placesOf(message);
        fc.pre(places.length > 0);
        expect(validateMessage(withAt(message, places[place % places.length]!, value))).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused without one of its parts, and where a part is inherited', () => {
    for (const message of every) {
      for (const path of placesOf(message)) {
        const holder = path.slice(0, -1);
        if (Array.isArray(at(message, holder))) continue;
        const less = structuredClone(message) as unknown as Message;
        const object = at(less, holder) as Message;
        const value = object[path.at(-1)!];
        Reflect.deleteProperty(object, path.at(-1)!);
        expect(validateMessage(less), path.join('.')).toBeUndefined();
        const inherited = withAt({ message: less }, ['message', ...holder], undefined) as { message: Message };
        const heir = Object.assign(Object.create({ [path.at(-1)!]: value }) as Message, object);
        if (holder.length === 0) expect(validateMessage(heir)).toBeUndefined();
        else expect(validateMessage(withAt(inherited.message, holder, heir)), path.join('.')).toBeUndefined();
      }
    }
  });

  it('is looked at without running code of its own: no getter is called', () => {
    let called = 0;
    for (const message of every) {
      for (const path of placesOf(message)) {
        const copy = structuredClone(message) as unknown as Message;
        const holder = at(copy, path.slice(0, -1)) as object;
        Object.defineProperty(holder, path.at(-1)!, { get: () => called++, enumerable: true });
        expect(validateMessage(copy), path.join('.')).toBeUndefined();
      }
    }
    expect(called).toBe(0);
  });

  it('is a copy: what its sender does with it afterwards changes nothing', () => {
    for (const message of every) {
      const sent = structuredClone(message) as unknown as Message;
      const taken = validateMessage(sent);
      for (const path of placesOf(message).reverse()) (at(sent, path.slice(0, -1)) as Message)[path.at(-1)!] = 'changed';
      expect(taken).toEqual(message);
    }
  });

  it('is never an exception, and never taken by chance', () => {
    const types = new Set(Object.keys(samples));
    fc.assert(
      fc.property(fc.oneof(fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true, withTypedArray: true }), fc.record({ type: fc.oneof(fc.constantFrom(...types), fc.string()), choice: fc.anything(), planning: fc.anything(), operator: fc.anything() }, { requiredKeys: ['type'] })), (value) => {
        const taken = validateMessage(value);
        if (taken !== undefined) expect(types).toContain(taken.type);
      }),
      { numRuns: 2000 },
    );
  });

  it('is not without end: lists and texts that are too long are refused before they are looked at', () => {
    expect(validateMessage({ type: 'layout', showFoldable: true, grouped: false, expanded: Array.from({ length: 100_001 }, () => '') })).toBeUndefined();
    expect(validateMessage({ type: 'layout', showFoldable: true, grouped: false, expanded: Array.from({ length: 100_000 }, () => '') })).toBeDefined();
    const long = 'x'.repeat((1 << 20) + 1);
    for (const message of [{ type: 'copy', text: long }, { type: 'pinOptions', operator: 0, scope: long }, { type: 'layout', showFoldable: true, grouped: false, expanded: [long] }]) expect(validateMessage(message)).toBeUndefined();
    expect(validateMessage({ type: 'savePicture', what: 'graph', svg: 'x'.repeat((1 << 27) + 1), png: '' })).toBeUndefined();
    expect(validateMessage({ type: 'savePicture', what: 'graph', svg: '', png: '<script>' })).toBeUndefined();
  });
});

describe('readers', () => {
  it('compose', () => {
    const point = record({ x: whole(0, 9), y: whole(0, 9) });
    expect(list(point, 2)([{ x: 1, y: 2, z: 3 }])).toEqual([{ x: 1, y: 2 }]);
    expect(list(point, 2)([{ x: 1 }])).toBe(REFUSED);
    expect(such<{ x: number; y: number }>(point, ({ x, y }) => x < y)({ x: 2, y: 1 })).toBe(REFUSED);
    expect(sole({ a: whole(0), b: whole(0) })({ b: 1 })).toEqual({ b: 1 });
    expect(sole({ a: whole(0), b: whole(0) })({ a: 1, b: 1 })).toBe(REFUSED);
    expect(sole({ a: whole(0) })({ toString: 1 })).toBe(REFUSED);
    expect(variant('kind', { p: { at: point } })({ kind: 'p', at: { x: 1, y: 1 } })).toEqual({ kind: 'p', at: { x: 1, y: 1 } });
    expect(variant('kind', { p: {} })({ kind: 'valueOf' })).toBe(REFUSED);
  });
});
