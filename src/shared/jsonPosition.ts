/** A place in a text, both counted from 1, columns in UTF-16 units as editors count them. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Line and column of an offset. */
export function positionAt(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  let line = 1;
  for (let i = before.indexOf('\n'); i !== -1; i = before.indexOf('\n', i + 1)) line++;
  return { line, column: offset - lastBreak };
}

/** What is wrong with a JSON text, and where. */
export interface JsonFault {
  readonly offset: number;
  readonly problem: string;
}

const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
 
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

const MAX_DEPTH = 200;

/**
 * Walks a JSON text and tells where its values stand. `JSON.parse` gives no positions, or gives them in words that change with the
 * runtime, so this second look is taken once something is known to be wrong.
 *
 * @param visit called for every value, with its JSON pointer and its offset, and for every key (`key` set) before its value
 * @returns the first fault, or undefined if the text is JSON
 */
export function walkJson(text: string, visit: (pointer: string, offset: number, key?: string) => void): JsonFault | undefined {
  let at = 0;
  const skip = (): void => {
    while (at < text.length && (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t')) at++;
  };
  const fault = (expected: string): JsonFault => ({
    offset: at,
    problem: at >= text.length ? `the text ends where ${expected} should stand` : `expected ${expected}, found ${JSON.stringify([...text.slice(at, at + 2)][0])}`,
  });
  const string = (): string | undefined => {
    STRING.lastIndex = at;
    const found = STRING.exec(text);
    if (found === null) return undefined;
    at += found[0].length;
    return JSON.parse(found[0]) as string;
  };

  const value = (pointer: string, depth: number): JsonFault | undefined => {
    if (depth > MAX_DEPTH) return { offset: at, problem: `is nested deeper than ${MAX_DEPTH} levels` };
    skip();
    visit(pointer, at);
    if (text[at] === '{') return members(pointer, depth);
    if (text[at] === '[') return elements(pointer, depth);
    if (text[at] === '"') return string() === undefined ? fault('a string that ends, without line breaks and with valid escapes') : undefined;
    LITERAL.lastIndex = at;
    const found = LITERAL.exec(text);
    if (found === null) return fault('a value');
    at += found[0].length;
    return undefined;
  };

  const members = (pointer: string, depth: number): JsonFault | undefined => {
    at++;
    skip();
    if (text[at] === '}') return void at++;
    for (;;) {
      skip();
      const keyOffset = at;
      const key = text[at] === '"' ? string() : undefined;
      if (key === undefined) return fault('a key in double quotes');
      const child = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      visit(child, keyOffset, key);
      skip();
      if (text[at] !== ':') return fault('":"');
      at++;
      const wrong = value(child, depth + 1);
      if (wrong) return wrong;
      skip();
      if (text[at] === '}') return void at++;
      if (text[at] !== ',') return fault('"," or "}"');
      at++;
    }
  };

  const elements = (pointer: string, depth: number): JsonFault | undefined => {
    at++;
    skip();
    if (text[at] === ']') return void at++;
    for (let i = 0; ; i++) {
      const wrong = value(`${pointer}/${i}`, depth + 1);
      if (wrong) return wrong;
      skip();
      if (text[at] === ']') return void at++;
      if (text[at] !== ',') return fault('"," or "]"');
      at++;
    }
  };

  const wrong = value('', 0);
  if (wrong) return wrong;
  skip();
  return at < text.length ? fault('nothing more') : undefined;
}

/** Offset of the value at a JSON pointer; the start of the text if there is none. */
export function offsetOf(text: string, pointer: string): number {
  let found = 0;
  walkJson(text, (here, offset) => {
    if (here === pointer) found = offset;
  });
  return found;
}
