import { Ajv } from 'ajv';
import schema from '../../media/schemas/cluster.schema.json';
import { offsetOf, positionAt, walkJson } from '../shared/jsonPosition';
import { schemaFault, type JsonValueFault } from '../shared/schemaFault';
import { UserError } from '../shared/userError';
import type { ClusterFile } from './clusterFile';

/** Longest text that is read, in characters. */
const MAX_LENGTH = 1 << 20;
/** More devices than this in one cluster are taken for a slip of the pen. */
const MAX_DEVICES = 65_536;

/**
 * Reads a cluster file.
 *
 * @param subject what messages call the file: its path relative to what the user named
 * @throws UserError if the text is too long, not JSON, or not a cluster that models can be placed on
 */
export function parseCluster(text: string, subject: string): ClusterFile {
  if (text.length > MAX_LENGTH) throw new UserError(subject, `has ${text.length} characters, more than a cluster file can have.`, 'Is this a cluster file?');
  const json = text.startsWith('\ufeff') ? text.slice(1) : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    const fault = walkJson(json, () => undefined);
    throw at(subject, json, fault?.offset ?? 0, json.trim() === '' ? 'is empty' : `is not JSON: ${fault?.problem ?? 'it cannot be parsed'}`);
  }
  walkJson(json, (_pointer, offset, key) => {
    if (key === '__proto__') throw at(subject, json, offset, 'has a key "__proto__", which no cluster has');
  });
  const fault = newer(value) ?? clusterFault(value);
  if (fault) throw at(subject, json, offsetOf(json, fault.pointer), fault.problem);
  return value as ClusterFile;
}

function at(subject: string, text: string, offset: number, problem: string): UserError {
  const { line, column } = positionAt(text, offset);
  return new UserError(`${subject}:${line}:${column}`, `${problem}.`, 'Correct the file; its schema describes every field.');
}

function newer(value: unknown): JsonValueFault | undefined {
  const version = typeof value === 'object' && value !== null ? (value as { version?: unknown }).version : undefined;
  if (typeof version !== 'number' || version <= 1) return undefined;
  return { pointer: '/version', problem: `is of format ${version}, written for a newer Stagewright (this one reads format 1)` };
}

let compiled: ReturnType<Ajv['compile']> | undefined;

/** What is wrong with a cluster: the schema first, then what a schema cannot say. */
export function clusterFault(value: unknown): JsonValueFault | undefined {
  compiled ??= new Ajv({ strict: false, strictNumbers: true }).compile(schema);
  if (!compiled(value)) return withValue(schemaFault(compiled.errors?.[0]), value);
  const { devices, links } = value as ClusterFile;

  const seen = new Set<string>();
  let total = 0;
  for (const [i, device] of devices.entries()) {
    const pointer = `/devices/${i}`;
    if (seen.has(device.class)) return { pointer: `${pointer}/class`, problem: `devices has the class "${device.class}" twice` };
    seen.add(device.class);
    total += device.count;
    if (device.memoryBytes === undefined && device.host !== true) {
      return { pointer, problem: `devices[${i}] ("${device.class}") has no memoryBytes, which only host devices may leave out` };
    }
    if (Object.keys(device.peakFlops).length === 0) return { pointer: `${pointer}/peakFlops`, problem: `devices[${i}].peakFlops states no rate` };
    // 1e999 parses as Infinity, which JSON has no way to mean
    for (const [name, number] of [...Object.entries(device), ...Object.entries(device.peakFlops)]) {
      if (typeof number === 'number' && !Number.isFinite(number)) return { pointer, problem: `devices[${i}]: ${name} must be a finite number` };
    }
  }
  if (total > MAX_DEVICES) return { pointer: '/devices', problem: `devices are ${total} in all, more than ${MAX_DEVICES}` };
  const hosts = devices.filter((device) => device.host === true);
  if (hosts.length > 1) return { pointer: '/devices', problem: `devices has ${hosts.length} host classes (${hosts.map((host) => `"${host.class}"`).join(', ')}); there can be one` };

  for (const [i, link] of links.entries()) {
    for (const name of link.between) {
      if (!seen.has(name)) return { pointer: `/links/${i}/between`, problem: `links[${i}] names the class "${name}", which devices does not have` };
    }
    if (!Number.isFinite(link.bytesPerSecond)) return { pointer: `/links/${i}`, problem: `links[${i}]: bytesPerSecond must be a finite number` };
  }
  const linked = (a: string, b: string): boolean => links.some(({ between: [x, y] }) => (x === a && y === b) || (x === b && y === a));
  for (const device of devices) {
    if (device.host === true) continue;
    const host = hosts[0];
    if (device.count > 1 && !linked(device.class, device.class) && !(host && linked(device.class, host.class))) {
      return { pointer: '/links', problem: `links has none among the ${device.count} devices of class "${device.class}"${host ? `, nor between them and the host class "${host.class}"` : ''}` };
    }
    for (const other of devices) {
      if (other === device || linked(device.class, other.class)) continue;
      const byHost = host !== undefined && other !== host && linked(device.class, host.class) && linked(other.class, host.class);
      if (!byHost) return { pointer: '/links', problem: `links has none between the classes "${device.class}" and "${other.class}"` };
    }
  }
  return undefined;
}

/** Adds the value that was found to a fault, where it is a number, a string or the like. */
function withValue(fault: JsonValueFault, document: unknown): JsonValueFault {
  let value = document;
  for (const part of fault.pointer.split('/').slice(1)) value = (value as Record<string, unknown> | null)?.[part];
  return value === null || typeof value !== 'object' ? { ...fault, problem: `${fault.problem}, got ${JSON.stringify(value)}` } : fault;
}
