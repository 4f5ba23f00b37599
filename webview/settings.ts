import { t } from '@vscode/l10n';
import { methodChoices, objectiveChoices, optimizerChoices, USUAL_PLANNING, type PlanningChoice } from '../src/shared/planning';
import type { State } from './state';
import { button, dropdown, textField } from './ui/components';
import { el } from './ui/dom';

/** Devices of one stage, or slots of one device, that are offered. */
const NUMBERS = [1, 2, 4, 8, 16, 32, 64];

const numbers = NUMBERS.map((number) => ({ id: String(number), label: String(number) }));

/** What a plan is made for: a strip below the header, opened on request. Nothing is solved before "Solve". */
export function settings(onSolve: (choice: PlanningChoice) => void): { readonly element: HTMLElement; readonly update: (state: State) => void } {
  let choice: PlanningChoice = USUAL_PLANNING;
  /** a plan that comes sets the fields, unless somebody is choosing */
  let shownPlan: unknown = null;
  const change = (part: Partial<PlanningChoice>): void => {
    choice = { ...choice, ...part };
    render();
  };
  const objective = dropdown({ label: t('Objective'), choices: objectiveChoices(), onChange: (id) => change({ objective: id }) });
  const method = dropdown({ label: t('Method'), choices: methodChoices('throughput', 1), onChange: (id) => change({ method: id }) });
  const replicas = dropdown({ label: t('Devices per stage, at most'), choices: numbers, onChange: (id) => change({ replicas: Number(id) }) });
  const slots = dropdown({ label: t('Subgraphs per device, at most'), choices: numbers.slice(0, 4), onChange: (id) => change({ slots: Number(id) }) });
  const optimizer = dropdown({ label: t('Optimiser'), choices: optimizerChoices(), onChange: (id) => change({ optimizer: id }) });
  const microBatches = textField({ label: t('Micro-batches'), placeholder: t('{0} per device', 4), onInput: (text) => change({ microBatches: /^[1-9]\d{0,5}$/.test(text.trim()) ? Number(text) : null }) });
  const field = (label: string, control: HTMLElement): HTMLElement => el('div', { class: 'field' }, el('span', { class: 'quiet', 'aria-hidden': 'true' }, label), control);
  const fields = {
    replicas: field(t('Devices per stage'), replicas.element),
    slots: field(t('Subgraphs per device'), slots.element),
    microBatches: field(t('Micro-batches'), microBatches.element),
    optimizer: field(t('Optimiser'), optimizer.element),
  };
  const element = el(
    'div', { class: 'settings', role: 'group', 'aria-label': t('What the plan is made for') },
    field(t('Objective'), objective.element), field(t('Method'), method.element), fields.replicas, fields.slots, fields.microBatches, fields.optimizer,
    button({ label: t({ message: 'Solve', comment: 'Looks for the best plan' }), kind: 'primary', onClick: () => onSolve(choice) }),
  );

  function render(): void {
    const trains = choice.objective === '1f1b' || choice.objective === 'gpipe';
    const latency = choice.objective === 'latency';
    const choices = methodChoices(choice.objective, latency ? 1 : choice.replicas);
    if (!choices.some(({ id }) => id === choice.method)) choice = { ...choice, method: 'auto' };
    objective.set(choice.objective);
    method.offer(choices);
    method.set(choice.method);
    replicas.set(String(choice.replicas));
    slots.set(String(choice.slots));
    optimizer.set(choice.optimizer);
    fields.replicas.hidden = latency;
    fields.slots.hidden = !latency;
    fields.microBatches.hidden = fields.optimizer.hidden = !trains;
  }
  render();
  return {
    element,
    update: (state) => {
      element.hidden = !state.settingsOpen || state.screen !== 'ready';
      const plan = state.view?.plan ?? null;
      if (plan === shownPlan) return;
      shownPlan = plan;
      if (plan !== null) change({ objective: plan.objective });
    },
  };
}
