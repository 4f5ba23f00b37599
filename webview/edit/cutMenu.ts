import { t } from '@vscode/l10n';
import type { CutMove, EditChoice } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import { icon } from '../ui/dom';
import type { StagePair } from './cuts';
import type { MenuEntry } from './menu';

/** What can be done with the cuts between some pairs of stages; a tensor may go to several. */
export function cutMenu({ plan }: PlanView, pairs: readonly StagePair[], choose: (choice: EditChoice) => void): MenuEntry[] {
  const name = (stage: number): string => plan?.stages[stage]?.name ?? '?';
  return pairs.flatMap(({ from, to }): MenuEntry[] => {
    const item = (label: string, mark: string, detail: string, step: CutMove['step']): MenuEntry => ({
      kind: 'item', label, mark: icon(mark), detail, reason: null, onChoose: () => choose({ kind: 'cut', from, to, step }),
    });
    return [
      { kind: 'heading', text: t('Cut between stages {0} and {1}', name(from), name(to)) },
      item(t('Move one step earlier'), 'arrow-left', t({ message: 'Alt+←', comment: 'Keys that move a cut' }), 'earlier'),
      item(t('Move one step later'), 'arrow-right', t({ message: 'Alt+→', comment: 'Keys that move a cut' }), 'later'),
      item(t('Move to the best place between these two stages'), 'target', '', 'best'),
    ];
  });
}
