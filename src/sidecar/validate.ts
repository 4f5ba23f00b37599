import { Ajv } from 'ajv';
import schema from '../../media/schemas/placement.schema.json';
import { schemaFault, type JsonValueFault } from '../shared/schemaFault';
import { clusterFault } from '../cost/readCluster';
import type { PlacementFile } from './placementFile';

let compiled: ReturnType<Ajv['compile']> | undefined;

/**
 * What is wrong with a placement: the schema first, then what a schema cannot say (devices that the cluster lacks, operators listed
 * twice, a model outside the folder).
 *
 * @returns the first fault, or undefined if the placement is valid
 */
export function placementFault(value: unknown): JsonValueFault | undefined {
  compiled ??= new Ajv({ strict: false, strictNumbers: true, allowUnionTypes: true }).compile(schema);
  if (!compiled(value)) return schemaFault(compiled.errors?.[0]);
  return meaningFault(value as PlacementFile);
}

function meaningFault(file: PlacementFile): JsonValueFault | undefined {
  const path = pathFault(file.model.path);
  if (path !== undefined) return { pointer: '/model/path', problem: `model.path ${JSON.stringify(file.model.path)} ${path}` };
  if (file.certificate.lowerBound > file.certificate.value) {
    return { pointer: '/certificate/lowerBound', problem: 'certificate.lowerBound is above certificate.value' };
  }

  const { from: _from, ...cluster } = file.cluster;
  const inCluster = clusterFault(cluster);
  if (inCluster) return { pointer: `/cluster${inCluster.pointer}`, problem: `cluster: ${inCluster.problem}` };
  const profileProblem = profileFault(file);
  if (profileProblem) return profileProblem;
  const counts = new Map(file.cluster.devices.map((device) => [device.class, device.count]));
  const devices = file.cluster.devices.reduce((sum, { count }) => sum + count, 0);
  const deviceFault = (device: string): string | undefined => {
    const [name = '', number = ''] = device.split(':');
    const count = counts.get(name);
    if (count === undefined) return `"${device}" is of a class that the cluster does not have`;
    return Number(number) < count ? undefined : `"${device}" is beyond the cluster's ${count} device${count === 1 ? '' : 's'} of that class`;
  };

  const trains = file.objective === '1f1b' || file.objective === 'gpipe';
  if (trains !== (file.training !== undefined)) {
    return { pointer: '/objective', problem: trains ? `the objective ${file.objective} needs "training"` : `"training" does not belong to the objective ${file.objective}` };
  }

  const names = new Set<string>();
  const stageOf = new Map<string, string>();
  const operators = new Map<string, string>();
  for (const [i, stage] of file.stages.entries()) {
    if (names.has(stage.name)) return { pointer: `/stages/${i}/name`, problem: `two stages are named "${stage.name}"` };
    names.add(stage.name);
    const device = deviceFault(stage.device);
    if (device !== undefined) return { pointer: `/stages/${i}/device`, problem: `stages[${i}].device ${device}` };
    const other = stageOf.get(stage.device);
    // one sample's latency: an accelerator may run several subgraphs, one after the other
    if (other !== undefined && file.objective !== 'latency') return { pointer: `/stages/${i}/device`, problem: `stages "${other}" and "${stage.name}" are both on ${stage.device}` };
    stageOf.set(stage.device, stage.name);
    const [name = '', first = ''] = stage.device.split(':');
    for (let k = 1; k < (stage.replicas ?? 1); k++) {
      const device = `${name}:${Number(first) + k}`;
      const fault = deviceFault(device);
      if (fault !== undefined) return { pointer: `/stages/${i}/replicas`, problem: `stages[${i}].replicas: ${fault}` };
      const other = stageOf.get(device);
      if (other !== undefined) return { pointer: `/stages/${i}/replicas`, problem: `stages "${other}" and "${stage.name}" are both on ${device}` };
      stageOf.set(device, stage.name);
    }
    for (const [j, [id]] of stage.operators.entries()) {
      const where = { pointer: `/stages/${i}/operators/${j}` };
      if (id === '') return { ...where, problem: `stages[${i}].operators[${j}] has an empty identity` };
      const twice = operators.get(id);
      if (twice !== undefined) return { ...where, problem: `operator "${id}" is listed twice, in stage "${twice}" and in stage "${stage.name}"` };
      operators.set(id, stage.name);
    }
  }

  const pinned = new Set<string>();
  for (const [i, pin] of file.pins.entries()) {
    if ('device' in pin && 'stage' in pin) return { pointer: `/pins/${i}`, problem: `pins[${i}] has both a "device" and a "stage"` };
    const device = 'device' in pin ? deviceFault(pin.device) : undefined;
    if (device !== undefined) return { pointer: `/pins/${i}/device`, problem: `pins[${i}].device ${device}` };
    if ('stage' in pin && pin.stage >= devices) {
      return { pointer: `/pins/${i}/stage`, problem: `pins[${i}].stage ${pin.stage} is beyond the ${devices} stage${devices === 1 ? '' : 's'}, from 0, that the cluster's devices make at most` };
    }
    if (pinned.has(pin.operator)) return { pointer: `/pins/${i}/operator`, problem: `operator "${pin.operator}" is pinned twice` };
    pinned.add(pin.operator);
  }
  return undefined;
}

function profileFault({ costModel: { profile }, cluster }: PlacementFile): JsonValueFault | undefined {
  if (!profile) return undefined;
  const path = pathFault(profile.path);
  if (path !== undefined) return { pointer: '/costModel/profile/path', problem: `costModel.profile.path ${JSON.stringify(profile.path)} ${path}` };
  if (cluster.devices.some((device) => device.class === profile.class)) return undefined;
  return { pointer: '/costModel/profile/class', problem: `costModel.profile.class "${profile.class}" is a class that the cluster does not have` };
}

/** Why a relative path is not allowed in a placement, or undefined if it is. */
function pathFault(path: string): string | undefined {
  if (path.includes('\0')) return 'contains a zero character';
  if (path.includes('\\')) return "must have '/' between its parts";
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is absolute; it must be relative to the placement';
  const parts = path.split('/');
  if (parts.includes('..')) return 'leaves the folder of the placement';
  if (parts.some((part) => part === '' || part === '.')) return 'has an empty part';
  return undefined;
}
