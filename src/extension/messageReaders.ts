/**
 * Readers of what is not to be believed: each gives a copy with just what it knows, or REFUSED. What they read they read once, and only own
 * data properties: nothing is inherited, and no getter is called.
 */

export const REFUSED = Symbol('refused');

export type Read = (value: unknown) => unknown;

/** A value that passes a check, as it is; for what has no parts. */
export const only = (check: (value: unknown) => boolean): Read => (value) => (check(value) ? value : REFUSED);

export const boolean: Read = only((value) => typeof value === 'boolean');

/** A whole number from `from` to `to`. */
export const whole = (from: number, to = Number.MAX_SAFE_INTEGER): Read => only((value) => Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to);

/** A text of at most so many UTF-16 units. */
export const text = (most: number): Read => only((value) => typeof value === 'string' && value.length <= most);

export const oneOf = (choices: readonly string[]): Read => only((value) => choices.some((choice) => choice === value));

export const orNull = (read: Read): Read => (value) => (value === null ? null : read(value));

/** What another reader takes, if it also passes a check as a whole. */
export const such = <T>(read: Read, check: (value: T) => boolean): Read => (value) => {
  const taken = read(value);
  return taken !== REFUSED && check(taken as T) ? taken : REFUSED;
};

/** At most so many elements. */
export const list = (element: Read, most: number): Read => (value) => {
  if (!Array.isArray(value) || value.length > most) return REFUSED;
  const taken: unknown[] = [];
  for (let i = 0; i < value.length; i++) {
    const item = element(own(value, String(i)));
    if (item === REFUSED) return REFUSED;
    taken.push(item);
  }
  return taken;
};

/** An object with all of these fields; others are left out. */
export const record = (fields: Readonly<Record<string, Read>>): Read => (value) => {
  if (typeof value !== 'object' || value === null) return REFUSED;
  const taken: [string, unknown][] = [];
  for (const [name, read] of Object.entries(fields)) {
    const field = read(own(value, name));
    if (field === REFUSED) return REFUSED;
    taken.push([name, field]);
  }
  return Object.fromEntries(taken);
};

/** An object that has one field and no other: one of these. */
export const sole = (fields: Readonly<Record<string, Read>>): Read => (value) => {
  const [name, ...others] = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return name !== undefined && others.length === 0 && Object.hasOwn(fields, name) ? record({ [name]: fields[name]! })(value) : REFUSED;
};

/** An object of one of several kinds, which its field `key` names. */
export const variant = (key: string, kinds: Readonly<Record<string, Readonly<Record<string, Read>>>>): Read => (value) => {
  const kind = typeof value === 'object' && value !== null ? own(value, key) : undefined;
  if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) return REFUSED;
  return record({ [key]: () => kind, ...kinds[kind] })(value);
};

const own = (value: object, name: string): unknown => Object.getOwnPropertyDescriptor(value, name)?.value;
