import type { ReadContext } from './context';
import type { Attribute, OnnxGraph, TensorRef } from './model';
import { readTensorProto } from './tensor';
import { BYTES, FIXED32, VARINT } from './wire';

/** Longer lists (trees of ai.onnx.ml, embedded engines) stay on disk: no shape depends on them. */
const LONGEST_LIST = 1 << 16;
const LONGEST_STRING_BYTES = 1 << 16;

export interface ParsedAttribute {
  readonly name: string;
  readonly attribute: Attribute;
  /** inside a function's body: the attribute of the function that this one stands for; '' if it has its own value */
  readonly reference: string;
}

type Kind = 'float' | 'int' | 'string' | 'tensor' | 'graph' | 'floats' | 'ints' | 'strings' | 'tensors' | 'graphs' | 'other';

/** AttributeProto.AttributeType by number */
const kinds: readonly Kind[] = ['other', 'float', 'int', 'string', 'tensor', 'graph', 'floats', 'ints', 'strings', 'tensors', 'graphs'];
/** the kind of the field that holds a value, for files older than the `type` field */
const kindOfField: Readonly<Record<number, Kind>> = { 2: 'float', 3: 'int', 4: 'string', 5: 'tensor', 6: 'graph', 7: 'floats', 8: 'ints', 9: 'strings', 10: 'tensors', 11: 'graphs' };

/** Reads an AttributeProto. @throws UserError if it is damaged */
export function readAttribute(context: ReadContext, start: number, end: number, depth: number): ParsedAttribute {
  const { wire } = context;
  let name = '';
  let reference = '';
  let type: number | undefined;
  let present: Kind = 'other';
  let single = 0;
  let text = '';
  const numbers: number[] = [];
  const strings: string[] = [];
  const tensors: TensorRef[] = [];
  const graphs: OnnxGraph[] = [];
  let tooLarge = false;

  const add = (value: number): void => {
    if (numbers.length < LONGEST_LIST) numbers.push(value);
    else tooLarge = true;
  };
  const string = (from: number, to: number): string => {
    if (to - from > LONGEST_STRING_BYTES) {
      tooLarge = true;
      return '';
    }
    return wire.text(from, to);
  };

  wire.eachField(start, end, (f) => {
    const bytes = f.type === BYTES;
    present = kindOfField[f.number] ?? present;
    switch (f.number) {
      case 1: if (bytes) name = wire.text(f.start, f.end); break;
      case 2: if (f.type === FIXED32) single = wire.bytes(f.start, f.end).readFloatLE(0); break;
      case 3: if (f.type === VARINT) single = f.value; break;
      case 4: if (bytes) text = string(f.start, f.end); break;
      case 5: case 10: if (bytes) tensors.push(readTensorProto(context, f.start, f.end)); break;
      case 6: case 11: if (bytes) graphs.push(context.readGraph(f.start, f.end, depth + 1)); break;
      case 7:
        if (f.type === FIXED32) add(wire.bytes(f.start, f.end).readFloatLE(0));
        else if (bytes && (f.end - f.start) % 4 === 0) {
          for (let at = f.start; at < f.end && !tooLarge; at += 4) add(wire.bytes(at, at + 4).readFloatLE(0));
        }
        break;
      case 8:
        if (f.type === VARINT) add(f.value);
        else if (bytes) wire.eachVarint(f.start, f.end, add);
        break;
      case 9:
        if (!bytes) break;
        if (strings.length < LONGEST_LIST) strings.push(string(f.start, f.end));
        else tooLarge = true;
        break;
      case 20: if (f.type === VARINT) type = f.value; break;
      case 21: if (bytes) reference = wire.text(f.start, f.end); break;
    }
  });

  const other: Attribute = { kind: 'other', range: { offset: start, length: end - start } };
  const kind = type === undefined || type === 0 ? present : (kinds[type] ?? 'other');
  const attribute = ((): Attribute => {
    if (tooLarge) return other;
    switch (kind) {
      case 'float': case 'int': return { kind, value: single };
      case 'string': return { kind, value: text };
      case 'floats': case 'ints': return { kind, value: numbers };
      case 'strings': return { kind, value: strings };
      case 'tensor': return tensors[0] ? { kind, value: tensors[0] } : other;
      case 'graph': return graphs[0] ? { kind, value: graphs[0] } : other;
      case 'tensors': return { kind, value: tensors };
      case 'graphs': return { kind, value: graphs };
      case 'other': return other;
    }
  })();
  return { name, attribute, reference };
}
