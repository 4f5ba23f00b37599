import { getL10nJson } from '@vscode/l10n-dev';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A message as a bundle has it: with comments for translators where a word is ambiguous. */
export type Message = string | { readonly message: string; readonly comment: readonly string[] };
export type Bundle = Readonly<Record<string, Message>>;

export const textOf = (message: Message): string => (typeof message === 'string' ? message : message.message);

interface Source {
  /** relative to the root, with slashes */
  readonly path: string;
  readonly text: string;
}

/** The files that may say something to people. */
export const sources: readonly Source[] = ['src', 'webview'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }))
    .filter(({ text }) => text.includes('l10n')),
);

/** The strings of the sources, sorted. The extractor knows `l10n.t` alone: `t` of an import by name is written out for it. */
export async function extracted(): Promise<Bundle> {
  const spelledOut = sources.map(({ text }) => ({
    extension: '.ts',
    contents: text.replace(/^import \{ t \} from '@vscode\/l10n';$/m, "import * as l10n from '@vscode/l10n';").replaceAll(/(?<![\w.$])t\(/g, 'l10n.t('),
  }));
  const bundle: Bundle = await getL10nJson(spelledOut);
  return Object.fromEntries(Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A place where something is said. */
export interface Call {
  /** 'src/engine/pins.ts:12' */
  readonly place: string;
  /** its key in the bundle; null if that cannot be known without running the program */
  readonly key: string | null;
  readonly message: string;
  /** names of what is filled in; null if that cannot be known */
  readonly filled: readonly string[] | null;
  /** whether it is said while a module is being loaded */
  readonly atLoad: boolean;
}

/** Every call of `t` and of `vscode.l10n.t`. */
export function calls(): Call[] {
  return sources.flatMap(({ path, text }) => {
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const named = /^import \{ t \} from '@vscode\/l10n';$/m.test(text);
    const found: Call[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) {
        const callee = node.expression.getText(file);
        if (callee === 'vscode.l10n.t' || (named && callee === 't')) {
          found.push({ place: `${path}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`, ...said(node), atLoad: !isInFunction(node) });
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    return found;
  });
}

function said({ arguments: [first, ...rest] }: ts.CallExpression): Pick<Call, 'key' | 'message' | 'filled'> {
  if (first !== undefined && ts.isStringLiteralLike(first)) return { key: first.text, message: first.text, filled: filledBy(rest) };
  if (first !== undefined && ts.isObjectLiteralExpression(first)) {
    const { message, comment, args } = Object.fromEntries(first.properties.flatMap((part) => (ts.isPropertyAssignment(part) ? [[part.name.getText(), part.initializer] as const] : [])));
    // without a comment the extractor passes an object over
    const about: readonly ts.Expression[] = comment === undefined ? [] : ts.isArrayLiteralExpression(comment) ? comment.elements : [comment];
    const comments = about.filter(ts.isStringLiteralLike).map(({ text }) => text);
    const known = message !== undefined && ts.isStringLiteralLike(message) && comments.length > 0 && comments.length === about.length;
    if (known) return { key: `${message.text}/${comments.join('')}`, message: message.text, filled: args === undefined ? [] : ts.isArrayLiteralExpression(args) ? args.elements.map((_, i) => String(i)) : filledBy([args]) };
  }
  return { key: null, message: '', filled: null };
}

/** Arguments fill in by position, one object by its keys. */
function filledBy(args: readonly ts.Expression[]): readonly string[] | null {
  const [only] = args;
  if (args.length === 1 && only !== undefined && ts.isObjectLiteralExpression(only)) return only.properties.map((part) => part.name?.getText() ?? '?');
  if (args.some(ts.isSpreadElement) || (args.length === 1 && only?.getText() === 'args')) return null;
  return args.map((_, i) => String(i));
}

function isInFunction(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node.parent; at !== undefined; at = at.parent) if (ts.isFunctionLike(at)) return true;
  return false;
}

/** What is to be filled into a message, each once, sorted. */
export const placeholders = (text: string): string[] => [...new Set(Array.from(text.matchAll(/\{(\w+)\}/g), ([, name]) => name!))].sort();
