import { closeSync } from 'node:fs';
import type { OnnxModel, OnnxNode, ValueInfo } from '../model';
import { openModelFile } from '../openModelFile';
import { readOpsetImport } from '../smallMessages';
import { BYTES, createWire, type Wire } from '../wire';
import { bytesField, entryField, fieldHead, textField, varintField } from './encode';
import { changed, graphRecords, payloadOf, recordOf, type GraphRecords } from './graphRecords';
import { encodeInlinedNode } from './inlinedNode';
import { renamed } from './renamedNode';
import { bytesOf, type Piece } from './pieces';
import { encodeValueInfo } from './valueInfo';

/** A part of a model that is to be a model of its own. */
export interface SubModel {
  /** topologically ordered */
  readonly nodes: readonly OnnxNode[];
  /** names of the main graph's initializers that the nodes (and their bodies) read, or that are outputs */
  readonly initializers: readonly string[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** where the data of initializers with external data are for this model, by name; those left out stay where they are */
  readonly external?: ReadonlyMap<string, ExternalPlace>;
  /** names that the nodes take, parallel to `nodes`; those that they have if absent */
  readonly names?: readonly string[];
}

export interface ExternalPlace {
  /** relative to the model's folder */
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** TrainingInfoProto refers to nodes by name, which a part does not have. */
const TRAINING_INFO = 20;
const GRAPH = 7;
const OPSET_IMPORT = 8;

/**
 * Models made of parts of a model, by splicing: records of nodes, initializers and whatever stands beside the graph are taken as they are, unknown
 * fields included, and only inputs and outputs that the file does not describe are written anew.
 *
 * @param model as read from the file
 * @returns the pieces of each file
 * @throws UserError if the file changed since it was read
 */
export function subModels(model: OnnxModel, parts: readonly SubModel[], subject: string): Piece[][] {
  const { descriptor, size } = openModelFile(model.path);
  try {
    if (size !== model.fileBytes) throw changed(subject);
    const wire = createWire(descriptor, size, subject);
    const records = graphRecords(wire, model.graphRange);
    return parts.map((part) => modelOf(wire, model, records, part));
  } finally {
    closeSync(descriptor);
  }
}

function modelOf(wire: Wire, model: OnnxModel, records: GraphRecords, part: SubModel): Piece[] {
  const graph = graphOf(wire, records, part);
  const pieces: Piece[] = [];
  const imported = new Set<string>();
  wire.eachField(0, wire.size, (f) => {
    const { number, at, end, start } = f;
    if (number === GRAPH && f.type === BYTES) pieces.push(fieldHead(GRAPH, bytesOf(graph)), ...graph);
    else if (number !== TRAINING_INFO) pieces.push({ at, end });
    if (number === OPSET_IMPORT && f.type === BYTES) imported.add(readOpsetImport(wire, start, end)[0]);
  });
  // operators of functions that were put in the place of their calls may be of domains that only the functions import
  for (const [domain, version] of model.opsetImports) if (!imported.has(domain)) pieces.push(bytesField(OPSET_IMPORT, Buffer.concat([textField(1, domain), varintField(2, version)])));
  return pieces;
}

function graphOf(wire: Wire, records: GraphRecords, { nodes, initializers, inputs, outputs, external, names }: SubModel): Piece[] {
  const { subject } = wire;
  const pieces: Piece[] = [...records.rest];
  nodes.forEach((node, i) => {
    const name = names?.[i] ?? node.name;
    if (!node.range) pieces.push(...encodeInlinedNode(wire, { ...node, name }));
    else pieces.push(...(names ? renamed(wire, node.range, name) : [{ at: node.range.offset, end: node.range.offset + node.range.length }]));
  });
  for (const name of initializers) {
    const place = external?.get(name);
    const record = recordOf(records.initializers, name, subject);
    pieces.push(...(place ? moved(wire, record, place) : [record]));
    // before IR version 4 initializers are inputs too, and later ones that are may be overridden
    const input = records.inputs.get(name);
    if (input) pieces.push(input);
  }
  for (const info of inputs) pieces.push(records.inputs.get(info.name) ?? bytesField(11, encodeValueInfo(info)));
  const given = new Set(outputs.map(({ name }) => name));
  for (const info of outputs) pieces.push(records.outputs.get(info.name) ?? bytesField(12, encodeValueInfo(info)));
  const made = nodes.flatMap((node) => node.outputs).filter((name) => name !== '' && !given.has(name));
  for (const name of made) {
    const info = records.valueInfos.get(name);
    if (info) pieces.push(info);
  }
  const present = new Set([...initializers, ...inputs.map(({ name }) => name), ...made, ...given]);
  for (const [tensor, record] of records.annotations) if (present.has(tensor)) pieces.push(record);
  return pieces;
}

/** The record of an initializer whose data are in another file than its own record says. */
function moved(wire: Wire, record: Piece, { location, offset, length }: ExternalPlace): Piece[] {
  if (record instanceof Uint8Array) throw new TypeError('an initializer is a record of the file');
  const kept: Piece[] = [];
  const { start, end } = payloadOf(wire, record.at, record.end);
  wire.eachField(start, end, (f) => {
    if (f.number !== 13) kept.push({ at: f.at, end: f.end });
  });
  const data = Buffer.concat([entryField(13, 'location', location), entryField(13, 'offset', String(offset)), entryField(13, 'length', String(length))]);
  return [fieldHead(5, bytesOf(kept) + data.length), ...kept, data];
}
