/** An element of an XML document: attributes and child elements; text is left out. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
}

const DEEPEST = 64;
const MOST_ELEMENTS = 100_000;

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * Parses the XML that tools write: elements and attributes. No document types and no entities of its own, so nothing can expand or be
 * fetched; time is linear, depth and size are bounded.
 *
 * @returns the root element, or what is wrong and where (offset)
 */
export function parseXml(text: string): XmlElement | { readonly problem: string; readonly offset: number } {
  const stack: { name: string; attributes: Map<string, string>; children: XmlElement[] }[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('<', at);
    const between = text.slice(at, open < 0 ? undefined : open);
    if (stack.length === 0 && between.trim().replace('\ufeff', '') !== '') return { problem: 'there is text outside of the root element', offset: at };
    if (open < 0) break;
    const skip = text.startsWith('<!--', open) ? '-->' : text.startsWith('<?', open) ? '?>' : undefined;
    if (skip !== undefined) {
      const end = text.indexOf(skip, open + 2);
      if (end < 0) return { problem: 'a comment or declaration has no end', offset: open };
      at = end + skip.length;
      continue;
    }
    if (text.startsWith('<!', open)) return { problem: 'document types and CDATA are not read', offset: open };
    const close = tagEnd(text, open);
    if (close < 0) return { problem: 'a tag has no end', offset: open };
    at = close + 1;
    if (text[open + 1] === '/') {
      const element = stack.pop();
      if (element?.name !== text.slice(open + 2, close).trim()) return { problem: `the tag ${text.slice(open, Math.min(close + 1, open + 60))} closes what is not open`, offset: open };
      continue;
    }
    const tag = /^([A-Za-z_][\w.:-]*)((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)$/.exec(text.slice(open + 1, close));
    if (!tag) return { problem: 'there is no proper tag', offset: open };
    if (++elements > MOST_ELEMENTS || stack.length >= DEEPEST) return { problem: 'there are too many elements, or they are nested too deep,', offset: open };
    const attributes = new Map<string, string>();
    for (const [, name, , value] of tag[2]!.matchAll(/([\w.:-]+)\s*=\s*(["'])(.*?)\2/gs)) attributes.set(name!, decode(value!));
    const element = { name: tag[1]!, attributes, children: [] };
    const parent = stack.at(-1);
    if (parent) parent.children.push(element);
    else if (root) return { problem: 'there is a second root element', offset: open };
    else root = element;
    if (tag[3] === '') stack.push(element);
  }
  if (stack.length > 0) return { problem: `<${stack.at(-1)!.name}> is not closed`, offset: text.length };
  return root ?? { problem: 'there is no element', offset: 0 };
}

/** The '>' that ends a tag: not one inside quotes. */
function tagEnd(text: string, open: number): number {
  let quote = '';
  for (let i = open + 1; i < text.length; i++) {
    const c = text[i]!;
    if (quote !== '') quote = c === quote ? '' : quote;
    else if (c === '"' || c === "'") quote = c;
    else if (c === '>') return i;
    else if (c === '<') return -1;
  }
  return -1;
}

const decode = (value: string): string => value.replaceAll(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => ENTITIES[name]!);

/** All elements of a name below an element, in document order. */
export function descendants(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...descendants(child, name)]);
}
