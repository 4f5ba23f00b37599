import { PICTURES, type FromWebview } from '../shared/messages';
import { CUT_STEPS, MOST_CHOSEN } from '../shared/planEdits';
import { methodChoices, objectiveChoices, optimizerChoices, type Choice, type PlanningChoice } from '../shared/planning';
import { scheduleChoices } from '../shared/timelineView';
import { boolean, list, oneOf, orNull, record, REFUSED, sole, such, text, variant, whole, type Read } from './messageReaders';

/** For each message, how each of its fields is read. */
type Readers = { readonly [T in FromWebview['type']]: Readonly<Record<Exclude<keyof Extract<FromWebview, { type: T }>, 'type'>, Read>> };

/** Pictures are large, but not without end. */
const MOST_PICTURE_CHARACTERS = 1 << 27;
const MOST_GROUPS = 100_000;

const index = whole(0);
const count = whole(1, 1_000_000);
const anyText = text(1 << 20);
const pictureText = text(MOST_PICTURE_CHARACTERS);
const ids = (choices: readonly Choice[]): readonly string[] => choices.map(({ id }) => id);
/** Choices have labels in the language of the panel, which is known only once everything is loaded. */
const choice = (choices: () => readonly Choice[]): Read => (value) => oneOf(ids(choices()))(value);

const planning = such<PlanningChoice>(
  record({ objective: choice(objectiveChoices), method: anyText, replicas: count, slots: count, microBatches: orNull(count), optimizer: choice(optimizerChoices) }),
  ({ objective, method, replicas }) => ids(methodChoices(objective, replicas)).includes(method),
);
/** A method that makes plans, for whatever objective. */
const method = choice(() => [...methodChoices('throughput', 1), ...methodChoices('latency', 1)]);
const timelineChoice = record({ schedule: orNull(choice(scheduleChoices)), microBatches: orNull(count) });
/** A device or a stage, and nothing besides: it becomes part of an edit as it is. */
const pinTarget = sole({ device: anyText, stage: index });
/** Ascending, each once: what comes out of a webview must not make the host work without end. */
const operators = such<readonly number[]>(list(index, MOST_CHOSEN), (value) => value.length > 0 && value.every((operator, i) => i === 0 || operator > value[i - 1]!));
const move = { operators, stage: index, along: boolean };
const editChoice = variant('kind', {
  move,
  cut: { from: index, to: index, step: oneOf(CUT_STEPS) },
  pin: { operator: index, scope: anyText, to: pinTarget },
  unpin: { operator: index, scope: anyText },
});

const readers: Readers = {
  ready: {},
  partition: { planning: orNull(planning) },
  save: {},
  layout: { showFoldable: boolean, grouped: boolean, expanded: list(anyText, MOST_GROUPS) },
  explain: { operator: index },
  compareMethods: {},
  comparePlan: { method: orNull(method) },
  endComparison: {},
  explainPlan: {},
  usePlan: {},
  timeline: { choice: timelineChoice },
  exportTrace: { choice: timelineChoice },
  timelineShown: { shown: boolean },
  moveOptions: { question: index, operators },
  previewMove: { question: index, move: record(move) },
  pinOptions: { operator: index, scope: anyText },
  edit: { choice: editChoice },
  undoEdit: {},
  redoEdit: {},
  resolveWithPins: {},
  savePicture: { what: oneOf(PICTURES), svg: pictureText, png: such<string>(pictureText, (value) => /^[A-Za-z0-9+/]*={0,2}$/.test(value)) },
  openSidecar: {},
  copy: { text: anyText },
};

/** A copy of the message, with no more than its own fields, if it is one that the view may send; undefined otherwise: what comes out of a webview is not to be believed. */
export function validateMessage(value: unknown): FromWebview | undefined {
  const message = variant('type', readers)(value);
  return message === REFUSED ? undefined : (message as FromWebview);
}
