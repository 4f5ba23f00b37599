import { t } from '@vscode/l10n';
import { formatSeconds } from '../src/shared/format';
import { FEWEST_GROUPED, MOST_UNGROUPED } from '../src/shared/layoutView';
import { objectiveName } from '../src/shared/planning';
import type { PlanView } from '../src/shared/planView';
import type { State } from './state';
import { button, iconButton } from './ui/components';
import { el, icon } from './ui/dom';

export interface HeaderEvents {
  readonly onPartition: () => void;
  readonly onSave: () => void;
  readonly onSearch: () => void;
  readonly onFit: () => void;
  readonly onToggleFoldable: () => void;
  readonly onToggleGroups: () => void;
  readonly onToggleInspector: () => void;
  readonly onToggleSettings: () => void;
  readonly onOpenSidecar: () => void;
  readonly onUse: () => void;
  readonly onPicture: () => void;
  readonly onShowWarnings: () => void;
}

export interface Header {
  readonly element: HTMLElement;
  readonly update: (state: State) => void;
}

/** One line: what model, for what cluster, how good; and what can be done. Below it, if need be, that the plan is stale. */
export function header(events: HeaderEvents): Header {
  const title = el('h1', { class: 'title' });
  const facts = el('div', { class: 'facts' });
  const verdict = el('div', { class: 'verdict' });
  const warnings = el('button', { type: 'button', class: 'warnings link' });
  warnings.addEventListener('click', events.onShowWarnings);
  /** what only a host can do is not there in a report */
  const needsHost = <E extends HTMLElement>(element: E): E => {
    element.classList.add('needs-host');
    return element;
  };
  const partition = needsHost(button({ label: t('Partition…'), kind: 'primary', onClick: events.onPartition }));
  const repartition = needsHost(button({ label: t('Re-partition…'), onClick: events.onPartition }));
  const savePrimary = needsHost(button({ label: t('Save'), kind: 'primary', title: t('Write the placement file beside the model'), onClick: events.onSave }));
  const saved = el('span', { class: 'saved needs-host' }, icon('check'), t('Saved'));
  const foldable = iconButton({ label: t('Show operators computed beforehand'), icon: 'eye', onClick: events.onToggleFoldable });
  const groups = iconButton({ label: t('Group operators'), icon: 'group-by-ref-type', onClick: events.onToggleGroups });
  groups.classList.add('needs-engine');
  const sidecar = needsHost(iconButton({ label: t('Open the placement file as text'), icon: 'go-to-file', onClick: events.onOpenSidecar }));
  const use = needsHost(iconButton({ label: t('Export, split, verify or measure the plan'), icon: 'tools', onClick: events.onUse }));
  const inspector = iconButton({ label: t('Toggle inspector'), icon: 'layout-sidebar-right', onClick: events.onToggleInspector });
  const settings = needsHost(iconButton({ label: t('Choose objective and method'), icon: 'settings', onClick: events.onToggleSettings }));
  const graphTools = el(
    'div', { class: 'tools', role: 'group', 'aria-label': t('Graph') },
    iconButton({ label: t('Search'), title: t('Search operators (/)'), icon: 'search', onClick: events.onSearch }),
    iconButton({ label: t({ message: 'Fit', comment: 'Shows the whole graph' }), title: t('Show the whole graph (0)'), icon: 'screen-full', onClick: events.onFit }),
    foldable, groups, iconButton({ label: t('Save a picture of the graph'), icon: 'device-camera', onClick: events.onPicture }), sidecar, use, inspector,
  );
  const staleText = el('span');
  const stale = el('div', { class: 'stale', role: 'status' }, icon('warning'), staleText, needsHost(button({ label: t('Partition again…'), onClick: events.onPartition })));
  const element = el(
    'header', { class: 'header' },
    el('div', { class: 'bar' }, el('div', { class: 'what' }, title, facts), verdict, el('div', { class: 'actions' }, warnings, graphTools, settings, partition, repartition, saved, savePrimary)),
    stale,
  );

  let shown: PlanView | null = null;
  /** of the view, how many operators there are, and how many of them are computed beforehand */
  let counts = { all: 0, foldable: 0 };

  const update = (state: State): void => {
    const { view } = state;
    const plan = view?.plan ?? null;
    if (view !== shown) counts = { all: view?.operators.length ?? 0, foldable: view?.operators.reduce((sum, { foldable: is }) => sum + (is ? 1 : 0), 0) ?? 0 };
    shown = view;
    title.textContent = state.modelName;
    title.title = state.modelName;
    facts.replaceChildren(...(plan === null ? [] : [plan.cluster.name, objectiveName(plan.objective)].map((fact) => el('span', { class: 'fact' }, fact))));
    verdict.replaceChildren(
      ...(plan === null
        ? []
        : [
            el('strong', {}, t('{0} per sample', formatSeconds(plan.certificate.value))),
            el('span', { class: plan.certificate.optimal ? 'certificate optimal' : 'certificate' }, icon(plan.certificate.optimal ? 'verified-filled' : 'info'), plan.certificate.sentence),
          ]),
    );
    if (plan !== null) verdict.title = `${t('{0} per sample', formatSeconds(plan.certificate.value))}; ${plan.certificate.sentence}`;
    const count = view?.warnings.length ?? 0;
    warnings.hidden = count === 0;
    warnings.replaceChildren(icon('warning'), ' ', count === 1 ? t('1 warning') : t('{0} warnings', count));
    graphTools.hidden = view === null || state.screen !== 'ready';
    partition.hidden = view === null || plan !== null || state.screen !== 'ready';
    repartition.hidden = plan === null;
    settings.hidden = view === null || state.screen !== 'ready' || view.operators.length === 0;
    settings.setAttribute('aria-expanded', String(state.settingsOpen));
    settings.classList.toggle('pressed', state.settingsOpen);
    savePrimary.hidden = plan === null || !state.dirty;
    saved.hidden = plan === null || state.dirty;
    sidecar.hidden = plan === null || state.dirty;
    use.hidden = plan === null;
    foldable.hidden = counts.foldable === 0;
    foldable.setAttribute('aria-pressed', String(state.showFoldable));
    foldable.classList.toggle('pressed', state.showFoldable);
    const drawn = counts.all - (state.showFoldable ? 0 : counts.foldable);
    groups.hidden = drawn < FEWEST_GROUPED || drawn > MOST_UNGROUPED;
    groups.setAttribute('aria-pressed', String(state.grouped));
    groups.classList.toggle('pressed', state.grouped);
    inspector.setAttribute('aria-pressed', String(state.inspectorOpen));
    inspector.classList.toggle('pressed', state.inspectorOpen);
    const changed = plan?.stale ?? null;
    stale.hidden = changed === null;
    staleText.textContent = changed === null ? '' : t('The model has changed since this plan was made: {0}.', changed);
  };
  return { element, update };
}
