import { t } from '@vscode/l10n';
import type { InspectorContext } from '../inspector/parts';
import { el, icon, link } from '../ui/dom';
import { pinText } from './pinText';

/** In the inspector, below where an operator is: where it is pinned, whether this plan keeps that, and the way to its menu. */
export function pinLine({ view, menu }: InspectorContext, operator: number): Node[] {
  if (view.plan?.stale !== null || view.operators[operator]!.foldable) return [];
  const pin = view.plan.pins?.find((other) => other.operator === operator);
  const open = link(t('Move or pin…'), () => {
    const { left, bottom } = open.getBoundingClientRect();
    menu(operator, left, bottom + 2);
  }, t('Move or pin this operator (M)'));
  open.setAttribute('aria-haspopup', 'menu');
  return [...(pin === undefined ? [] : [el('p', { class: 'placed' }, icon(pin.kept ? 'pinned' : 'warning'), pinText(pin))]), el('p', {}, open)];
}
