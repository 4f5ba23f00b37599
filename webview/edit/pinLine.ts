import { t } from '@vscode/l10n';
import { menuLink, type InspectorContext } from '../inspector/parts';
import { el, icon } from '../ui/dom';
import { pinText } from './pinText';

/** In the inspector, below where an operator is: where it is pinned, whether this plan keeps that, and the way to its menu. */
export function pinLine(context: InspectorContext, operator: number): Node[] {
  const { view } = context;
  if (view.plan?.stale !== null || view.operators[operator]!.foldable) return [];
  const pin = view.plan.pins?.find((other) => other.operator === operator);
  return [
    ...(pin === undefined ? [] : [el('p', { class: 'placed' }, icon(pin.kept ? 'pinned' : 'warning'), pinText(pin))]),
    menuLink(context, t('Move or pin…'), t('Move or pin this operator (M)'), { kind: 'operator', index: operator }),
  ];
}
