/** A message of protobuf's text format: words of enumerations are `{ word }`, lists of numbers are packed, lists of messages repeated. */
export interface Message {
  readonly [field: string]: Value;
}
type Value = string | number | { readonly word: string } | readonly number[] | Message | readonly Message[];

/** Protobuf's text format. */
export const pbtxt = (message: Message): string => fields(message, '');

function fields(message: Message, indent: string): string {
  return Object.entries(message)
    .map(([name, value]) => field(name, value, indent))
    .join('');
}

function field(name: string, value: Value, indent: string): string {
  if (typeof value === 'string') return `${indent}${name}: ${quoted(value)}\n`;
  if (typeof value === 'number') return `${indent}${name}: ${value}\n`;
  if (isList(value)) return typeof value[0] === 'object' ? (value as readonly Message[]).map((item) => block(name, item, indent)).join('') : `${indent}${name}: [${value.join(', ')}]\n`;
  if ('word' in value) return `${indent}${name}: ${String(value['word'])}\n`;
  return block(name, value as Message, indent);
}

const isList = (value: Value): value is readonly number[] | readonly Message[] => Array.isArray(value);

const block = (name: string, message: Message, indent: string): string => `${indent}${name} {\n${fields(message, `${indent}  `)}${indent}}\n`;

/** UTF-8 bytes beyond printable ASCII as octal escapes. */
function quoted(text: string): string {
  const bytes = [...Buffer.from(text, 'utf8')].map((byte) => (byte === 0x22 || byte === 0x5c ? `\\${String.fromCharCode(byte)}` : byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`));
  return `"${bytes.join('')}"`;
}
