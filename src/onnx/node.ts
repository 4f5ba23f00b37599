import { UserError } from '../shared/userError';
import { readAttribute } from './attribute';
import type { ReadContext } from './context';
import type { Attribute, NodeDeviceConfiguration, OnnxNode } from './model';
import { normalDomain, readStringEntry } from './smallMessages';
import { BYTES, VARINT, type Wire } from './wire';
import { quote } from './quote';

/** A node as it stands in the file, before local functions are inlined. */
export interface ParsedNode extends OnnxNode {
  /** which of several functions of the same name is called (IR version 10); absent if '' */
  readonly overload?: string;
  /** inside a function's body: attributes that take the value of the call's attribute of the given name */
  readonly references?: ReadonlyMap<string, string>;
}

const noAttributes: ReadonlyMap<string, Attribute> = new Map();
const noMetadata: ReadonlyMap<string, string> = new Map();
const noDevices: readonly NodeDeviceConfiguration[] = [];

/**
 * Reads a NodeProto; tensors in its attributes stay on disk.
 * @param at position of the record's tag
 * @param depth of the graph that holds it: 0 for the main graph
 * @throws UserError if it is damaged or has no operator type
 */
export function readNode(context: ReadContext, at: number, start: number, end: number, depth: number): ParsedNode {
  const { wire } = context;
  const inputs: string[] = [];
  const outputs: string[] = [];
  let name = '';
  let opType = '';
  let domain = '';
  let overload = '';
  let attributes: Map<string, Attribute> | undefined;
  let references: Map<string, string> | undefined;
  let metadata: Map<string, string> | undefined;
  let devices: NodeDeviceConfiguration[] | undefined;

  wire.eachField(start, end, (f) => {
    if (f.type !== BYTES) return;
    switch (f.number) {
      case 1: inputs.push(wire.text(f.start, f.end)); break;
      case 2: outputs.push(wire.text(f.start, f.end)); break;
      case 3: name = wire.text(f.start, f.end); break;
      case 4: opType = wire.text(f.start, f.end); break;
      case 5: {
        const parsed = readAttribute(context, f.start, f.end, depth);
        if (parsed.reference !== '') (references ??= new Map()).set(parsed.name, parsed.reference);
        else (attributes ??= new Map()).set(parsed.name, parsed.attribute);
        break;
      }
      case 7: domain = normalDomain(wire.text(f.start, f.end)); break;
      case 8: overload = wire.text(f.start, f.end); break;
      case 9: (metadata ??= new Map()).set(...readStringEntry(wire, f.start, f.end)); break;
      case 10: (devices ??= []).push(readDeviceConfiguration(wire, f.start, f.end)); break;
    }
  });

  if (opType === '') {
    throw new UserError(wire.subject, `the operator ${name === '' ? `at byte ${at}` : `${quote(name)}`} has no type.`, 'Fetch or export the file again.');
  }
  return {
    name, opType, domain, inputs, outputs,
    attributes: attributes ?? noAttributes,
    range: { offset: at, length: end - at },
    metadata: metadata ?? noMetadata,
    deviceConfigurations: devices ?? noDevices,
    ...(overload === '' ? {} : { overload }),
    ...(references === undefined ? {} : { references }),
  };
}

/** NodeDeviceConfigurationProto, which onnx-proto does not know: configuration_id = 1, pipeline_stage = 3. */
function readDeviceConfiguration(wire: Wire, start: number, end: number): NodeDeviceConfiguration {
  let configurationId = '';
  let pipelineStage: number | undefined;
  wire.eachField(start, end, (f) => {
    if (f.number === 1 && f.type === BYTES) configurationId = wire.text(f.start, f.end);
    else if (f.number === 3 && f.type === VARINT) pipelineStage = f.value;
  });
  return { configurationId, pipelineStage };
}
