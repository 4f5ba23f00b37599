import type { LayoutView } from '../../src/shared/layoutView';
import type { PlanView } from '../../src/shared/planView';
import { METRICS } from '../../src/shared/query/metrics';
import { FLAGS, STAGE_FIELDS, TEXT_FIELDS } from '../../src/shared/query/parseQuery';
import type { Language } from '../../src/shared/language';
import { textOf, type Bundle } from '../unit/l10n/sources';

/** A language in which every word that was translated stands in brackets, and what is filled in outside of them: what is in none was never translated. */
export const pseudoLanguage = (bundle: Bundle): Language => ({
  name: 'en-x-pseudo',
  words: Object.fromEntries(Object.entries(bundle).map(([key, message]) => [key, bracketed(textOf(message))])),
});

const bracketed = (text: string): string =>
  text.split(/(\{\w+\})/).map((part) => (/^\{\w+\}$/.test(part) || !/\p{L}/u.test(part) ? part : `⟦${part}⟧`)).join('');

/** Names that are the same in every language: of what a model, a plan and its picture hold, and of what people type. */
export function namesIn(view: PlanView, layout: LayoutView, ...more: readonly string[]): ReadonlySet<string> {
  const { operators, tensors, plan } = view;
  const names = [
    view.modelName,
    ...operators.flatMap(({ id, name, type }) => [id, type, ...pathsOf(name)]),
    ...tensors.flatMap(({ name, elementType, shape }) => [name, elementType ?? '', ...(shape ?? []).map((size) => (typeof size === 'string' ? size : ''))]),
    ...layout.groups.flatMap(({ label }) => pathsOf(label)),
    ...(plan?.stages.flatMap(({ device, deviceClass }) => [device, deviceClass]) ?? []),
    ...(plan ? [plan.cluster.name, plan.cluster.from, plan.certificate.method] : []),
    ...view.free.map(({ symbol }) => symbol),
    ...Object.keys(plan?.bound ?? {}),
    ...TEXT_FIELDS, ...FLAGS, ...METRICS, ...STAGE_FIELDS, 'time>1ms', 'stage:2', 'bytes>=10MB',
    '1F1B', 'GPipe', 'Adam', 'SGD', 'ONNX Runtime',
    ...more,
  ];
  return new Set(names.filter((name) => /\p{L}/u.test(name)));
}

const pathsOf = (name: string): string[] => [name, ...Array.from(name.matchAll(/(?<=.)[/.]/g), ({ index }) => name.slice(0, index))];

/** Numbers with their units. */
const QUANTITY = /\d[\d.,]*(?:e[+-]?\d+)?\s?(?:[kMGTP]?(?:B|FLOP)(?:\/B)?|ns|µs|ms|s)?(?![\p{L}\d])/gu;

/** What of a text is neither translated nor a name nor a number; '' if all of it is. What was cut for want of room ends or begins with an ellipsis. */
export function untranslated(text: string, names: ReadonlySet<string>): string {
  let rest = text.replaceAll(/⟦[^⟦⟧]*⟧/g, ' ').replace(/⟦[^⟦⟧]*…$/, ' ').replace(/^…[^⟦⟧]*⟧/, ' ').trim();
  if (!/\p{L}/u.test(rest)) return '';
  if (names.has(rest)) return '';
  if (rest.endsWith('…') && [...names].some((name) => name.startsWith(rest.slice(0, -1)))) return '';
  if (rest.startsWith('…') && [...names].some((name) => name.endsWith(rest.slice(1)))) return '';
  for (const name of [...names].sort((a, b) => b.length - a.length)) {
    for (let at = rest.indexOf(name); at >= 0; at = rest.indexOf(name, at + 1)) {
      const whole = !/[\p{L}\d]/u.test(`${rest[at - 1] ?? ''}${rest[at + name.length] ?? ''}`);
      if (whole) rest = `${rest.slice(0, at)} ${rest.slice(at + name.length)}`;
    }
  }
  rest = rest.replaceAll(QUANTITY, ' ');
  return /\p{L}/u.test(rest) ? rest.trim() : '';
}

/** In the page, before its own scripts: keeps what is written on canvases. */
export const KEEP_DRAWN = `
  window.drawn = new Set();
  for (const method of ['fillText', 'strokeText']) {
    const original = CanvasRenderingContext2D.prototype[method];
    CanvasRenderingContext2D.prototype[method] = function (text, ...rest) { window.drawn.add(String(text)); return original.call(this, text, ...rest); };
  }`;

/** In the page: every text of the document, of parts that are hidden too, what is said for those who cannot see it, and what was drawn since the last time. */
export const ALL_TEXTS = `(() => {
  const found = [...window.drawn];
  window.drawn.clear();
  const attributes = ['aria-label', 'aria-roledescription', 'aria-description', 'aria-valuetext', 'title', 'placeholder', 'alt'];
  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return void (node.data.trim() !== '' && found.push(node.data));
    if (node instanceof Element) {
      if (node.localName === 'script' || node.localName === 'style') return;
      for (const name of attributes) if (node.hasAttribute(name)) found.push(node.getAttribute(name));
      if (node.shadowRoot) node.shadowRoot.childNodes.forEach(visit);
    }
    node.childNodes.forEach(visit);
  };
  visit(document.body);
  return [...new Set(found)];
})()`;
