import { t } from '@vscode/l10n';
import type { Reference } from '../../src/shared/reference';
import type { PlanView, TensorView } from '../../src/shared/planView';
import { formatBytes } from '../../src/shared/format';
import { formatShape, shortName } from '../graph/boxText';
import type { Grip } from '../graph/grips';
import type { Selection } from '../state';
import { el, link, type Child } from '../ui/dom';

/** What the sections of the inspector need of the rest of the view. */
export interface InspectorContext {
  readonly view: PlanView;
  /** the plan that the one on view is compared with */
  readonly reference: Reference | null;
  readonly select: (selection: Selection) => void;
  readonly copy: (text: string) => void;
  /** opens the menu of an operator, a group or a cut; pixels of the window */
  readonly menu: (grip: Grip, x: number, y: number) => void;
}

export const section = (title: string, ...children: readonly Child[]): HTMLElement => el('section', {}, el('h3', {}, title), ...children);

/** Names and values, values aligned on the right; rows without a value are left out. */
export function facts(rows: readonly (readonly [string, string | Node | null])[]): HTMLElement {
  const list = el('dl', { class: 'facts-list' });
  for (const [name, value] of rows) {
    if (value !== null) list.append(el('div', {}, el('dt', {}, name), el('dd', {}, value)));
  }
  return list;
}

/** The way to a menu from the inspector: how else would one know of it? */
export function menuLink({ menu }: InspectorContext, text: string, title: string, grip: Grip): HTMLElement {
  const open = link(text, () => {
    const { left, bottom } = open.getBoundingClientRect();
    menu(grip, left, bottom + 2);
  }, title);
  open.setAttribute('aria-haspopup', 'menu');
  return el('p', { class: 'needs-host' }, open);
}

/** The number of a stage on its colour. */
export function stageSwatch(view: PlanView, stage: number): HTMLElement {
  const name = view.plan?.stages[stage]?.name;
  return el('span', { class: name === undefined ? 'swatch none' : `swatch stage-${stage % 8}` }, name ?? '–');
}

export function operatorLink({ view, select }: InspectorContext, index: number): HTMLElement {
  const operator = view.operators[index]!;
  const name = shortName(operator.name, operator.type) || operator.id;
  const row = link('', () => select({ kind: 'operator', index }), `${operator.type} ${operator.name || operator.id}`);
  row.classList.add('row');
  row.append(...(view.plan === null ? [] : [stageSwatch(view, operator.stage)]), el('span', { class: 'strong' }, operator.type.replace(/^.*:/, '')), el('span', { class: 'path' }, el('bdi', {}, name)));
  return row;
}

export function tensorLink({ view, select }: InspectorContext, index: number): HTMLElement {
  const tensor = view.tensors[index]!;
  const row = link('', () => select({ kind: 'tensor', index }), `${tensor.name}: ${describe(tensor)}`);
  row.classList.add('row');
  row.append(
    el('span', { class: 'strong' }, formatShape(tensor.shape)),
    el('span', { class: 'path' }, el('bdi', {}, tensorTitle(tensor))),
    el('span', { class: 'number' }, tensor.bytes === null ? '?' : formatBytes(tensor.bytes)),
  );
  return row;
}

function tensorTitle({ kind, name }: TensorView): string {
  if (kind === 'activation') return name;
  return kind === 'input' ? t({ message: 'input {0}', args: [name], comment: 'An input of the model and its name' }) : t({ message: 'weight {0}', args: [name], comment: 'A weight of the model and its name' });
}

export const describe = (tensor: TensorView): string =>
  `${tensor.elementType ?? t('type unknown')}, ${formatShape(tensor.shape)}${tensor.bytes === null ? '' : `, ${formatBytes(tensor.bytes)}`}`;

/** A list that shows the first few entries and the rest on request: a tensor may have hundreds of consumers. */
export function linkList(items: readonly number[], make: (index: number) => HTMLElement, most = 8): HTMLElement {
  const list = el('ul', { class: 'links' }, ...items.slice(0, most).map((item) => el('li', {}, make(item))));
  if (items.length > most) {
    const more = el('li', {}, link(t('{0} more', items.length - most), () => more.replaceWith(...items.slice(most).map((item) => el('li', {}, make(item))))));
    list.append(more);
  }
  return list;
}
