import { Ajv } from 'ajv';
import schema from '../../media/schemas/cluster.schema.json';
import { offsetOf, positionAt, walkJson } from '../shared/jsonPosition';
import { schemaFault, type JsonValueFault } from '../shared/schemaFault';
import { UserError } from '../shared/userError';
import type { ClusterDevice, ClusterFile } from './clusterFile';

/** Longest text that is read, in characters. */
const MAX_LENGTH = 1 << 20;
/** More devices than this in one cluster are taken for a slip of the pen. */
const MAX_DEVICES = 65_536;
const VERSION = 1;

/**
 * Reads a cluster file. Errors name the place: `gpu.cluster.json:4:20: devices[0].count must be at least 1, got 0.`
 *
 * @param subject what messages call the file: its path relative to what the user named
 * @throws UserError if the text is too long, not JSON, or not a cluster that models can be placed on
 */
export function parseCluster(text: string, subject: string): ClusterFile {
  if (text.length > MAX_LENGTH) throw new UserError(subject, `has ${text.length} characters; cluster files of more than ${MAX_LENGTH} are not read.`, 'Is this a cluster file?');
  const json = text.startsWith('\ufeff') ? text.slice(1) : text;
  const at = (offset: number, problem: string): UserError => {
    const { line, column } = positionAt(json, offset);
    return new UserError(`${subject}:${line}:${column}`, `${problem}.`, 'Correct the file; its schema describes every field.');
  };
  let protoKey = -1;
  const fault = walkJson(json, (_pointer, offset, key) => {
    if (key === '__proto__' && protoKey < 0) protoKey = offset;
  });
  if (fault) throw at(fault.offset, json.trim() === '' ? 'is empty' : `is not JSON: ${fault.problem}`);
  if (protoKey >= 0) throw at(protoKey, 'has a key "__proto__", which no cluster has');
  const value: unknown = JSON.parse(json);
  const wrong = newer(value) ?? clusterFault(value);
  if (wrong) throw at(offsetOf(json, wrong.pointer), wrong.problem);
  return value as ClusterFile;
}

function newer(value: unknown): JsonValueFault | undefined {
  const version = typeof value === 'object' && value !== null ? (value as { version?: unknown }).version : undefined;
  if (typeof version !== 'number' || version <= VERSION) return undefined;
  return { pointer: '/version', problem: `is of format ${version}, written for a newer Stagewright (this one reads format ${VERSION})` };
}

let compiled: ReturnType<Ajv['compile']> | undefined;

/** The first thing that is wrong with a cluster: by the schema, then by what a schema cannot say. Undefined if nothing is. */
export function clusterFault(value: unknown): JsonValueFault | undefined {
  // strictNumbers refuses infinity, which is what 1e999 parses to
  compiled ??= new Ajv({ strict: false, strictNumbers: true }).compile(schema);
  if (!compiled(value)) return inWords(compiled.errors?.[0], value);
  const cluster = value as ClusterFile;
  return devicesFault(cluster) ?? linksFault(cluster) ?? serversFault(cluster);
}

type SchemaError = NonNullable<ReturnType<Ajv['compile']>['errors']>[number];

/** A schema error with limits in words, and with the value that was found where it is a number, a string or the like. */
function inWords(error: SchemaError | undefined, document: unknown): JsonValueFault {
  const fault = schemaFault(error);
  const problem = fault.problem.replace('must be >= ', 'must be at least ').replace('must be <= ', 'must be at most ').replace('must be > ', 'must be more than ');
  if (error?.propertyName !== undefined) {
    return { ...fault, problem: `${fault.problem.split(' ')[0]} names "${error.propertyName}", which is no element type of ONNX (such as float32, float16, bfloat16, int8)` };
  }
  if (error?.keyword === 'minProperties') return { ...fault, problem: `${fault.problem.split(' ')[0]} states no rate` };
  if (error?.keyword === 'minItems' && fault.pointer === '/devices') return { ...fault, problem: 'devices is empty: a cluster has at least one device' };
  let value = document;
  for (const part of fault.pointer.split('/').slice(1)) value = (value as Record<string, unknown> | null)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  if (typeof value === 'object' && value !== null) return { ...fault, problem };
  if (typeof value === 'number' && !Number.isFinite(value)) return { ...fault, problem: `${problem.replace(/ must be .*/, '')} is too large for a number` };
  return { ...fault, problem: `${problem}, got ${JSON.stringify(value)}` };
}

function devicesFault({ devices }: ClusterFile): JsonValueFault | undefined {
  const seen = new Set<string>();
  for (const [i, device] of devices.entries()) {
    const pointer = `/devices/${i}`;
    if (seen.has(device.class)) return { pointer: `${pointer}/class`, problem: `devices has the class "${device.class}" twice` };
    seen.add(device.class);
    if (device.memoryBytes === undefined && device.host !== true) {
      return { pointer, problem: `devices[${i}] ("${device.class}") has no memoryBytes, which only host devices may leave out` };
    }
  }
  const total = devices.reduce((sum, device) => sum + device.count, 0);
  if (total > MAX_DEVICES) return { pointer: '/devices', problem: `devices are ${total} in all, more than ${MAX_DEVICES}` };
  const hosts = devices.filter((device) => device.host === true);
  if (hosts.length > 1) return { pointer: '/devices', problem: `devices has ${hosts.length} host classes (${hosts.map((host) => `"${host.class}"`).join(', ')}); there can be one` };
  return undefined;
}

function serversFault({ devices, servers }: ClusterFile): JsonValueFault | undefined {
  const odd = devices.findIndex((device) => servers !== undefined && device.count % servers.count !== 0);
  if (odd < 0) return undefined;
  const { class: name, count } = devices[odd]!;
  return { pointer: `/devices/${odd}/count`, problem: `devices[${odd}] ("${name}") has ${count} devices, which ${servers!.count} servers cannot share evenly` };
}

function linksFault({ devices, links }: ClusterFile): JsonValueFault | undefined {
  const classes = new Set(devices.map((device) => device.class));
  const linked = new Set<string>();
  const key = (a: string, b: string): string => [a, b].sort().join(' ');
  for (const [i, { between: [a, b] }] of links.entries()) {
    const pointer = `/links/${i}/between`;
    const stranger = [a, b].find((name) => !classes.has(name));
    if (stranger !== undefined) return { pointer, problem: `links[${i}] names the class "${stranger}", which devices does not have` };
    if (linked.has(key(a, b))) return { pointer, problem: `links has a second link between "${a}" and "${b}"` };
    linked.add(key(a, b));
  }
  const host = devices.find((device) => device.host === true);
  const byHost = (device: ClusterDevice): boolean => host !== undefined && linked.has(key(device.class, host.class));
  const orHost = host ? `, nor any to the host class "${host.class}"` : '';
  for (const [i, device] of devices.entries()) {
    // what one host device writes, all others can read
    if (device !== host && device.count > 1 && !linked.has(key(device.class, device.class)) && !byHost(device)) {
      return { pointer: '/links', problem: `links has none among the ${device.count} devices of class "${device.class}"${orHost}` };
    }
    for (const other of devices.slice(i + 1)) {
      if (linked.has(key(device.class, other.class))) continue;
      const hostBetween = device !== host && other !== host;
      if (hostBetween && byHost(device) && byHost(other)) continue;
      return { pointer: '/links', problem: `links has none between the classes "${device.class}" and "${other.class}"${hostBetween ? orHost : ''}` };
    }
  }
  return undefined;
}
