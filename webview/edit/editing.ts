import './edit.css';
import type { FromWebview, ToWebview } from '../../src/shared/messages';
import type { EditChoice, EditedView, MoveOption, PinOption } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import type { GraphEvents } from '../graph/graphView';
import { dragHint } from './dragHint';
import { editBar } from './editBar';
import { openMenu, type Menu } from './menu';
import { operatorMenu } from './operatorMenu';
import { pinMenu, pinMenuTitle, pinToLabel } from './pinMenu';

export interface EditingOptions {
  readonly post: (message: FromWebview) => void;
  /** the plan whose picture is on the screen; null where none is, or a newer one has no picture yet */
  readonly view: () => PlanView | null;
  readonly select: (operator: number) => void;
  /** gives the focus back to the graph */
  readonly focus: () => void;
}

export interface Editing {
  /** the line below the header */
  readonly element: HTMLElement;
  readonly graphEvents: Pick<GraphEvents, 'onMenu' | 'canDrag' | 'onDrag' | 'onDrop' | 'onDragEnd'>;
  readonly update: (view: PlanView | null, dirty: boolean) => void;
  /** Takes what concerns edits from the host. */
  readonly receive: (message: ToWebview) => void;
}

/** Changing a plan by hand: menus, drags, and the line that says what it costs. The host makes the changes; nothing here is kept over a reload. */
export function editing({ post, view, select, focus }: EditingOptions): Editing {
  let edited: EditedView | null = null;
  let refused = '';
  let menu: { readonly operator: number; readonly menu: Menu } | null = null;
  /** where an operator may move, as far as the host has been asked */
  let options: { readonly operator: number; readonly known: readonly MoveOption[] | null } | null = null;
  /** the second level of the menu, while that is open: what is to be pinned, and where it may be as far as the host has been asked */
  let pinning: { readonly scope: string; readonly known: readonly PinOption[] | null } | null = null;
  let dirty = false;
  const hint = dragHint();
  const bar = editBar({
    onUndo: () => post({ type: 'undoEdit' }),
    onRedo: () => post({ type: 'redoEdit' }),
    onResolve: () => post({ type: 'resolveWithPins' }),
    onSave: () => post({ type: 'save' }),
  });

  // what is typed in a field is undone there: VS Code, which listens to the window, would undo an edit of the plan
  document.body.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z' && event.composedPath()[0] instanceof HTMLInputElement) event.stopPropagation();
  });

  const editable = (): PlanView | null => {
    const shown = view();
    // in a report there is nobody to make the change
    return shown?.plan && shown.plan.stale === null && !document.body.classList.contains('report') ? shown : null;
  };
  const choose = (choice: EditChoice): void => {
    refused = '';
    post({ type: 'edit', choice });
  };
  const ask = (operator: number): void => {
    options = { operator, known: null };
    post({ type: 'moveOptions', operator });
  };
  /** @param focus label of the item that gets the focus; absent: the first that can be chosen */
  const fill = (focus?: string): void => {
    const shown = editable();
    if (!menu || !shown) return;
    const { operator } = menu;
    if (pinning) {
      const { scope, known } = pinning;
      const { name, id } = shown.operators[operator]!;
      const back = (): void => {
        pinning = null;
        fill(pinToLabel(scope));
      };
      menu.menu.fill(pinMenu(shown, operator, scope, known, choose), { title: pinMenuTitle(name || id, scope), back });
    } else menu.menu.fill(operatorMenu(shown, operator, options?.operator === operator ? options.known : null, choose, pinTo), focus === undefined ? {} : { focus });
  };
  const pinTo = (scope: string): void => {
    if (!menu) return;
    pinning = { scope, known: null };
    post({ type: 'pinOptions', operator: menu.operator, scope });
    fill();
  };
  const optionOf = (operator: number, stage: number): MoveOption | undefined => (options?.operator === operator ? options.known?.find((option) => option.stage === stage) : undefined);

  return {
    element: bar.element,
    graphEvents: {
      onMenu(operator, x, y) {
        const shown = editable();
        if (!shown) return false;
        menu?.menu.close();
        select(operator);
        ask(operator);
        const { type, name, id } = shown.operators[operator]!;
        const opened = openMenu(`${type} ${name || id}`, x, y, () => {
          menu = pinning = null;
          focus();
        });
        menu = { operator, menu: opened };
        fill();
        return true;
      },
      canDrag: (operator) => editable()?.operators[operator]?.foldable === false,
      onDrag(operator, stage, x, y) {
        const shown = editable();
        if (!shown) return;
        if (options?.operator !== operator || !hint.visible()) ask(operator);
        hint.show(shown, operator, stage, optionOf(operator, stage), x, y);
      },
      onDrop(operator, stage) {
        const shown = editable();
        if (!shown || stage < 0 || shown.operators[operator]?.stage === stage) return;
        select(operator);
        choose({ kind: 'move', operator, stage, along: (optionOf(operator, stage)?.alone ?? null) !== null });
      },
      onDragEnd: hint.hide,
    },
    update(shown, isDirty) {
      dirty = isDirty;
      bar.update({ view: shown, edited, refused, dirty });
    },
    receive(message) {
      if (message.type === 'plan') {
        edited = message.edited ?? null;
        refused = '';
        options = null;
        menu?.menu.close();
      } else if (message.type === 'editRefused') {
        refused = message.reason;
        bar.update({ view: view(), edited, refused, dirty });
      } else if (message.type === 'moveOptions' && options?.operator === message.operator) {
        options = { operator: message.operator, known: message.options };
        if (pinning === null) fill();
      } else if (message.type === 'pinOptions' && menu?.operator === message.operator && pinning?.scope === message.scope) {
        pinning = { scope: message.scope, known: message.options };
        fill();
      }
    },
  };
}
