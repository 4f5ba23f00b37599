import type { ReadContext } from './context';
import { readAttribute } from './attribute';
import type { Attribute, ValueInfo } from './model';
import { readNode, type ParsedNode } from './node';
import { normalDomain, readOpsetImport } from './smallMessages';
import { readValueInfo } from './valueInfo';
import { BYTES } from './wire';

/** A function that the model brings along (FunctionProto). */
export interface LocalFunction {
  readonly name: string;
  readonly domain: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** attributes with defaults; those without one are absent from a body unless the call gives them */
  readonly defaults: ReadonlyMap<string, Attribute>;
  readonly nodes: readonly ParsedNode[];
  readonly opsetImports: ReadonlyMap<string, number>;
  readonly valueInfos: readonly ValueInfo[];
}

/** Reads a FunctionProto. @throws UserError if it is damaged */
export function readFunction(context: ReadContext, start: number, end: number): LocalFunction {
  const { wire } = context;
  let name = '';
  let domain = '';
  let overload = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const defaults = new Map<string, Attribute>();
  const nodes: ParsedNode[] = [];
  const opsetImports = new Map<string, number>();
  const valueInfos: ValueInfo[] = [];
  wire.eachField(start, end, (f) => {
    if (f.type !== BYTES) return;
    context.tick(f.at);
    switch (f.number) {
      case 1: name = wire.text(f.start, f.end); break;
      case 4: inputs.push(wire.text(f.start, f.end)); break;
      case 5: outputs.push(wire.text(f.start, f.end)); break;
      case 7: nodes.push(readNode(context, f.at, f.start, f.end, 0)); break;
      case 9: opsetImports.set(...readOpsetImport(wire, f.start, f.end)); break;
      case 10: domain = normalDomain(wire.text(f.start, f.end)); break;
      case 11: {
        const { name: attributeName, attribute } = readAttribute(context, f.start, f.end, 0);
        defaults.set(attributeName, attribute);
        break;
      }
      case 12: valueInfos.push(readValueInfo(context, f.start, f.end)); break;
      case 13: overload = wire.text(f.start, f.end); break;
    }
  });
  return { name, domain, overload, inputs, outputs, defaults, nodes, opsetImports, valueInfos };
}
