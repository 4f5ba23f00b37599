import { closeSync } from 'node:fs';
import { UserError } from '../shared/userError';
import type { DeviceConfiguration, OnnxModel } from './model';
import { openModelFile } from './openModelFile';
import { quote } from './quote';
import { BYTES, createWire, VARINT, type Wire } from './wire';
import { bytesField, entryField, textField, varint, varintField } from './write/encode';
import { changed, payloadOf } from './write/graphRecords';
import type { Piece } from './write/pieces';

/** The first IR version with multi-device annotations (ONNX 1.18). */
const ANNOTATED_IR_VERSION = 11;
/** Before this version a model named no operator sets, so a newer version number would make it invalid. */
const OLDEST_IR_VERSION = 3;

/** What is added to a node; `undefined` in the list of all leaves a node as it is. */
export interface NodeAnnotation {
  /** NodeProto.device_configurations (IR version 11) */
  readonly device?: { readonly configurationId: string; readonly pipelineStage: number };
  /** NodeProto.metadata_props: entries of the same key are replaced */
  readonly metadata?: readonly (readonly [key: string, value: string])[];
}

export interface Annotations {
  /** parallel to `model.graph.nodes` */
  readonly nodes: readonly (NodeAnnotation | undefined)[];
  /** ModelProto.configuration: added, and the IR version raised to 11 where it is lower */
  readonly configuration?: DeviceConfiguration;
}

/** Replaces [at, end) of the source by `bytes`. */
export interface Splice {
  readonly at: number;
  readonly end: number;
  readonly bytes: Buffer;
}

/**
 * The splices that add annotations to a model file: nothing but the named fields and the lengths of the records around them changes. Fields
 * that nobody knows stay, and weights are not looked at.
 *
 * @param model as read from the file
 * @throws UserError if the file changed since, a node to annotate came from a local function, or the IR version is too old
 */
export function annotationSplices(model: OnnxModel, annotations: Annotations, subject: string): Splice[] {
  if (annotations.configuration && model.irVersion > 0 && model.irVersion < OLDEST_IR_VERSION) {
    throw new UserError(subject, `has the IR version ${model.irVersion}, which cannot be raised to ${ANNOTATED_IR_VERSION} without changing the model.`, 'Export the model again.');
  }
  const { descriptor, size } = openModelFile(model.path);
  try {
    if (size !== model.fileBytes) throw changed(subject);
    return splicesOf(createWire(descriptor, size, subject), model, annotations);
  } finally {
    closeSync(descriptor);
  }
}

function splicesOf(wire: Wire, model: OnnxModel, { nodes, configuration }: Annotations): Splice[] {
  const inGraph: Splice[] = [];
  // in file order, so that the window over the file moves forward
  const annotated = model.graph.nodes.flatMap((node, i) => (nodes[i] ? [{ node, annotation: nodes[i] }] : []));
  for (const { node } of annotated) {
    if (!node.range) {
      throw new UserError(wire.subject, `the operator ${quote(node.outputs[0] ?? node.name)} comes from a local function, and the nodes of a function that is called several times have no places of their own.`, 'Inline the functions first (onnx.inliner).');
    }
  }
  annotated.sort((a, b) => a.node.range!.offset - b.node.range!.offset);
  for (const { node, annotation } of annotated) inGraph.push(...nodeSplices(wire, node.range!.offset, node.range!.offset + node.range!.length, annotation));

  const top: Splice[] = [];
  const { offset, length } = model.graphRange;
  const grown = growth(inGraph);
  if (grown !== 0) top.push(headSplice(wire, offset, offset + length, grown));
  if (configuration) {
    let ir: Splice | undefined;
    wire.eachField(0, wire.size, (f) => {
      if (f.number === 1 && f.type === VARINT) ir = { at: f.start, end: f.end, bytes: varint(Math.max(ANNOTATED_IR_VERSION, f.value)) };
    });
    if (!ir) top.push({ at: 0, end: 0, bytes: varintField(1, ANNOTATED_IR_VERSION) });
    else if (model.irVersion < ANNOTATED_IR_VERSION) top.push(ir);
    top.push({ at: wire.size, end: wire.size, bytes: bytesField(26, encodeConfiguration(configuration)) });
  }
  return [...top, ...inGraph].sort((a, b) => a.at - b.at);
}

function nodeSplices(wire: Wire, start: number, end: number, { device, metadata = [] }: NodeAnnotation): Splice[] {
  const replaced = new Set(metadata.map(([key]) => key));
  const inside: Splice[] = [];
  const payload = payloadOf(wire, start, end).start;
  wire.eachField(payload, end, (f) => {
    if (f.number !== 9 || f.type !== BYTES || replaced.size === 0) return;
    const { at, end: until, start: from } = f;
    let key = '';
    wire.eachField(from, until, (g) => {
      if (g.number === 1 && g.type === BYTES) key = wire.text(g.start, g.end);
    });
    if (replaced.has(key)) inside.push({ at, end: until, bytes: Buffer.alloc(0) });
  });
  const added = [
    ...metadata.map(([key, value]) => entryField(9, key, value)),
    ...(device ? [bytesField(10, Buffer.concat([textField(1, device.configurationId), varintField(3, device.pipelineStage)]))] : []),
  ];
  inside.push({ at: end, end, bytes: Buffer.concat(added) });
  return [headSplice(wire, start, end, growth(inside)), ...inside];
}

/** The length of a record, after its tag, for a payload that grows by so many bytes. The tags concerned take one byte. */
function headSplice(wire: Wire, start: number, end: number, grown: number): Splice {
  const payload = payloadOf(wire, start, end).start;
  return { at: start + 1, end: payload, bytes: varint(end - payload + grown) };
}

const growth = (splices: readonly Splice[]): number => splices.reduce((sum, { at, end, bytes }) => sum + bytes.length - (end - at), 0);

const encodeConfiguration = ({ name, deviceCount, devices }: DeviceConfiguration): Buffer =>
  Buffer.concat([textField(1, name), varintField(2, deviceCount), ...devices.map((device) => textField(3, device))]);

/** The file of so many bytes with splices applied. */
export function splicedPieces(splices: readonly Splice[], size: number): Piece[] {
  let done = 0;
  const pieces = splices.flatMap(({ at, end, bytes }): Piece[] => {
    const before = { at: done, end: at };
    done = end;
    return [before, bytes];
  });
  return [...pieces, { at: done, end: size }];
}
