import type { PlacementFile } from './placementFile';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The new placement with what an earlier one holds that this version does not know: fields of a later version, notes of other tools. Fields
 * inside stages and the certificate described the old plan and go with it.
 */
export function carryUnknown(previous: PlacementFile, next: PlacementFile): PlacementFile {
  return {
    ...unknownFields(previous, ['$schema', 'version', 'model', 'cluster', 'objective', 'training', 'replicas', 'costModel', 'certificate', 'stages', 'pins']),
    ...next,
    model: { ...unknownFields(previous.model, ['path', 'topology', 'operators', 'bound']), ...next.model },
    pins: next.pins.map((pin) => ({ ...unknownFields(previous.pins.find((old) => old.operator === pin.operator) ?? {}, ['operator', 'device', 'stage']), ...pin })),
  };
}

const unknownFields = (record: object, known: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !known.includes(key)));
