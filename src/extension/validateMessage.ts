import { PICTURES, type FromWebview } from '../shared/messages';
import { methodChoices, objectiveChoices, optimizerChoices } from '../shared/planning';
import { scheduleChoices } from '../shared/timelineView';

type Checks = { readonly [T in FromWebview['type']]: Readonly<Record<Exclude<keyof Extract<FromWebview, { type: T }>, 'type'>, (value: unknown) => boolean>> };

const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const isIndex = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= 1 << 20;

/** Pictures are large, but not without end. */
const MOST_PICTURE_CHARACTERS = 1 << 27;
const isPicture = (value: unknown): boolean => typeof value === 'string' && value.length <= MOST_PICTURE_CHARACTERS;

const isCount = (value: unknown): boolean => isIndex(value) && (value as number) >= 1 && (value as number) <= 1_000_000;
const isOne = (choices: readonly { readonly id: string }[]) => (value: unknown): boolean => choices.some(({ id }) => id === value);

function isPlanning(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { objective, method, replicas, slots, microBatches, optimizer } = value as Record<string, unknown>;
  if (!isOne(objectiveChoices())(objective) || !isCount(replicas) || !isCount(slots)) return false;
  return isOne(methodChoices(objective as string, replicas as number))(method) && (microBatches === null || isCount(microBatches)) && isOne(optimizerChoices())(optimizer);
}

function isTimelineChoice(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { schedule, microBatches } = value as Record<string, unknown>;
  return (schedule === null || isOne(scheduleChoices())(schedule)) && (microBatches === null || isCount(microBatches));
}

function isEditChoice(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, operator, stage, along, scope, to } = value as Record<string, unknown>;
  if (!isIndex(operator)) return false;
  if (kind === 'pin') return isText(scope) && isPinTarget(to);
  return kind === 'move' ? isIndex(stage) && isBoolean(along) : kind === 'unpin' && isText(scope);
}

/** A device or a stage, and nothing besides: it becomes part of an edit as it is. */
function isPinTarget(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { device, stage } = value as Record<string, unknown>;
  return Object.keys(value).length === 1 && (device === undefined ? isIndex(stage) : isText(device));
}

const checks: Checks = {
  ready: {},
  partition: { planning: (value) => value === null || isPlanning(value) },
  save: {},
  layout: { showFoldable: isBoolean, grouped: isBoolean, expanded: (value) => Array.isArray(value) && value.length <= 100_000 && value.every(isText) },
  explain: { operator: isIndex },
  compareMethods: {},
  explainPlan: {},
  usePlan: {},
  timeline: { choice: isTimelineChoice },
  exportTrace: { choice: isTimelineChoice },
  moveOptions: { operator: isIndex },
  pinOptions: { operator: isIndex, scope: isText },
  edit: { choice: isEditChoice },
  undoEdit: {},
  redoEdit: {},
  resolveWithPins: {},
  savePicture: { what: (value) => PICTURES.some((picture) => picture === value), svg: isPicture, png: (value) => isPicture(value) && /^[A-Za-z0-9+/]*={0,2}$/.test(value as string) },
  openSidecar: {},
  copy: { text: isText },
};

/** The message if it is one that the view may send, with no more than its own fields; undefined otherwise: what comes out of a webview is not to be believed. */
export function validateMessage(value: unknown): FromWebview | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const read = (name: string): unknown => (Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined);
  const type = read('type');
  if (typeof type !== 'string' || !Object.hasOwn(checks, type)) return undefined;
  const fields = Object.entries(checks[type as FromWebview['type']]);
  if (!fields.every(([name, check]) => (check as (value: unknown) => boolean)(read(name)))) return undefined;
  return Object.fromEntries([['type', type], ...fields.map(([name]) => [name, read(name)])]) as FromWebview;
}
