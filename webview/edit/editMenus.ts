import { t } from '@vscode/l10n';
import type { GroupView } from '../../src/shared/layoutView';
import type { ToWebview } from '../../src/shared/messages';
import { scopeMembers, type PinOption } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import type { Grip } from '../graph/grips';
import { groupTitle } from '../graph/groups';
import type { EditContext } from './context';
import { cutMenu } from './cutMenu';
import { pairsOf } from './cuts';
import { groupMenu } from './groupMenu';
import { openMenu, type Menu } from './menu';
import { moveEntries } from './moveEntries';
import { moveScopeLabel, operatorMenu } from './operatorMenu';
import { pinMenu, pinMenuTitle, pinToLabel } from './pinMenu';

type SecondLevel =
  | { readonly kind: 'move'; readonly scope: string }
  /** `known`: where it may be pinned; null until the host said so */
  | { readonly kind: 'pin'; readonly operator: number; readonly scope: string; readonly known: readonly PinOption[] | null };

/** The menus of operators, groups and cuts, one open at a time. */
export interface EditMenus {
  /** opens the menu of what was taken hold of; pixels of the window. @returns false if it has none */
  readonly onMenu: (grip: Grip, x: number, y: number) => boolean;
  /** opens the menu of the cut after a stage. @returns false if there is nothing to edit */
  readonly menuAfterStage: (stage: number, x: number, y: number) => boolean;
  /** the host said more of where operators may move */
  readonly refresh: () => void;
  readonly pinOptionsCame: (message: Extract<ToWebview, { type: 'pinOptions' }>) => void;
  readonly close: () => void;
}

/** @param focus gives the focus back to the graph */
export function editMenus({ post, questions, editable, groupOf, operatorsOf, select, selectCut, choose }: EditContext, focus: () => void): EditMenus {
  let menu: { readonly menu: Menu; readonly fill: (shown: PlanView) => void } | null = null;
  /** the second level of the menu, while that is open */
  let level: SecondLevel | null = null;

  const open = (title: string, x: number, y: number, fill: (menu: Menu, shown: PlanView) => void): void => {
    const shown = editable()!;
    menu?.menu.close();
    const before = document.activeElement;
    const opened = openMenu(title, x, y, () => {
      menu = level = null;
      // back to where it was opened, if that is still there
      if (before instanceof HTMLElement && before !== document.body && before.isConnected) before.focus({ preventScroll: true });
      else focus();
    });
    menu = { menu: opened, fill: (now) => fill(opened, now) };
    fill(opened, shown);
  };
  /** The menu of an operator, or one of its second levels. @param focus label of the item that gets the focus; absent: the first that can be chosen */
  const fillOperator = (opened: Menu, shown: PlanView, operator: number, focus?: string): void => {
    const { name, id, foldable } = shown.operators[operator]!;
    const turn = (next: SecondLevel | null, from?: string): void => {
      level = next;
      const now = editable();
      if (now) fillOperator(opened, now, operator, from);
    };
    if (level?.kind === 'pin') {
      const { scope, known } = level;
      return opened.fill(pinMenu(shown, operator, scope, known, choose), { title: pinMenuTitle(name || id, scope), back: () => turn(null, pinToLabel(scope)) });
    }
    if (level?.kind === 'move') {
      const { scope } = level;
      const members = scopeMembers(shown.operators, scope);
      const stages = [...new Set(members.map((member) => shown.operators[member]!.stage))];
      const entries = moveEntries(shown, members, stages.length === 1 ? stages[0]! : -1, questions.options(members), choose);
      return opened.fill(entries, { title: moveScopeLabel(scope), back: () => turn(null, moveScopeLabel(scope)) });
    }
    const levels = {
      moveScope: (scope: string) => turn({ kind: 'move', scope }),
      pinTo(scope: string) {
        post({ type: 'pinOptions', operator, scope });
        turn({ kind: 'pin', operator, scope, known: null });
      },
    };
    opened.fill(operatorMenu(shown, operator, foldable ? [] : questions.options([operator]), choose, levels), focus === undefined ? {} : { focus });
  };

  /** The menu of a group, or where its scope may be pinned. @param focus label of the item that gets the focus */
  const fillGroup = (opened: Menu, shown: PlanView, group: GroupView, members: readonly number[], focus?: string): void => {
    const turn = (next: SecondLevel | null, from?: string): void => {
      level = next;
      const now = editable();
      if (now) fillGroup(opened, now, group, members, from);
    };
    if (level?.kind === 'pin') {
      const { operator, scope, known } = level;
      return opened.fill(pinMenu(shown, operator, scope, known, choose), { title: pinMenuTitle('', scope), back: () => turn(null, pinToLabel(scope)) });
    }
    const pinTo = (scope: string): void => {
      post({ type: 'pinOptions', operator: members[0]!, scope });
      turn({ kind: 'pin', operator: members[0]!, scope, known: null });
    };
    opened.fill(groupMenu(shown, group, members, members.length === 0 ? [] : questions.options(members), choose, pinTo), focus === undefined ? {} : { focus });
  };

  const onMenu = (grip: Grip, x: number, y: number): boolean => {
    const shown = editable();
    if (!shown) return false;
    if (grip.kind === 'operator') {
      select(grip);
      const { type, name, id } = shown.operators[grip.index]!;
      open(`${type} ${name || id}`, x, y, (opened, now) => fillOperator(opened, now, grip.index));
      return true;
    }
    if (grip.kind === 'group') {
      const group = groupOf(grip.index);
      if (!group) return false;
      select(grip);
      const members = operatorsOf(shown, grip);
      open(groupTitle(group), x, y, (opened, now) => fillGroup(opened, now, group, members));
      return true;
    }
    const pairs = pairsOf(shown, grip.tensors);
    if (pairs.length === 0) return false;
    selectCut(shown, grip.tensors);
    open(t('Cut'), x, y, (opened, now) => opened.fill(cutMenu(now, pairs, choose)));
    return true;
  };

  return {
    onMenu,
    menuAfterStage(stage, x, y) {
      const shown = editable();
      if (!shown || stage + 1 >= shown.plan!.stages.length) return false;
      open(t('Cut'), x, y, (opened, now) => opened.fill(cutMenu(now, [{ from: stage, to: stage + 1 }], choose)));
      return true;
    },
    refresh() {
      const shown = editable();
      if (menu && shown && level?.kind !== 'pin') menu.fill(shown);
    },
    pinOptionsCame({ operator, scope, options }) {
      const shown = editable();
      if (level?.kind !== 'pin' || level.operator !== operator || level.scope !== scope) return;
      level = { ...level, known: options };
      if (menu && shown) menu.fill(shown);
    },
    close: () => menu?.menu.close(),
  };
}
