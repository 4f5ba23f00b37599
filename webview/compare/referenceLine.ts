import { t } from '@vscode/l10n';
import type { Reference } from '../../src/shared/reference';
import { el } from '../ui/dom';

/** In the inspector, below where an operator is: where the other plan has it. */
export function referenceLine({ stages, stageOf, moved }: Reference, operator: number): Node[] {
  const index = stageOf[operator] ?? -1;
  const stage = stages[index];
  if (stage === undefined) return [];
  const said = moved.has(operator) ? t('Stage {0} on {1} in the other plan', stage.name, stage.device) : t('The same in the other plan: stage {0}', stage.name);
  return [el('p', { class: 'placed elsewhere' }, el('span', { class: `swatch stage-${index % 8}` }, stage.name), said)];
}
