import { t } from '@vscode/l10n';
import './timeline.css';
import { formatPercent } from '../../src/shared/format';
import { scheduleChoices, type TimelineChoice, type TimelineView } from '../../src/shared/timelineView';
import type { Picture } from '../../src/shared/picture';
import type { State } from '../state';
import { button, dropdown, iconButton, progressRing } from '../ui/components';
import { el } from '../ui/dom';
import { comfortableHeight } from './geometry';
import { memoryTop } from './memoryScale';
import { SYNC_LANE } from './rows';
import { summaryOf } from './speak';
import { timelineCanvas, type TimelineEvents } from './timelineView';

export interface TimelinePaneEvents extends TimelineEvents {
  readonly onAsk: (choice: TimelineChoice) => void;
  /** it came to the front, or another tab did */
  readonly onSeen: (seen: boolean) => void;
  readonly onExport: (choice: TimelineChoice) => void;
  readonly onPicture: (picture: Picture) => void;
  /** the height at which everything is legible, CSS pixels */
  readonly onHeight: (pixels: number) => void;
}

export interface TimelinePane {
  readonly element: HTMLElement;
  readonly update: (state: State) => void;
  readonly onShow: () => void;
  readonly onHide: () => void;
  /** Gives a picture as soon as there is something to draw, while the pane is in sight. */
  readonly takePicture: () => void;
  readonly themeChanged: () => void;
}

/** Height of what stands above the canvas, the tabs included. */
const ABOVE = 96;

/** The plan over time, computed when the tab first comes to the front, and again for each other plan or choice. */
export function timelinePane(events: TimelinePaneEvents): TimelinePane {
  const canvas = timelineCanvas(events);
  const schedule = dropdown({ label: t('Schedule'), position: 'below', choices: [], onChange: (id) => ask({ schedule: id, microBatches: kept(id) }) });
  const microBatches = dropdown({ label: t('Micro-batches'), position: 'below', choices: [], onChange: (id) => ask({ schedule: shown?.schedule ?? null, microBatches: Number(id) }) });
  const unit = el('span', { class: 'quiet', 'aria-hidden': 'true' });
  const summary = el('p', { class: 'summary', role: 'status' });
  const legend = el('ul', { class: 'legend quiet', 'aria-label': t('What is drawn how') });
  const notes = el('ul', { class: 'notes' });
  const head = el(
    'div', { class: 'lead-in' },
    el('div', { class: 'field' }, el('span', { class: 'quiet', 'aria-hidden': 'true' }, t('Schedule')), schedule.element),
    el('div', { class: 'field' }, unit, microBatches.element),
    summary,
    el(
      'div', { class: 'actions' },
      iconButton({ label: t('Show all of the time'), icon: 'screen-full', title: t('Show all of the time (0)'), onClick: canvas.fitAll }),
      iconButton({ label: t('Save a picture of the timeline'), icon: 'device-camera', onClick: savePicture }),
      el('span', { class: 'needs-host' }, button({ label: t('Export trace…'), title: t('Chrome trace JSON, for Perfetto'), onClick: () => shown && events.onExport(choiceOf(shown)) })),
    ),
  );
  const busy = el('p', { class: 'running', role: 'status' }, progressRing(), t('running the pipeline'));
  const failure = el('p', { class: 'failure', role: 'status' });
  const element = el('div', { class: 'timeline' }, head, notes, canvas.element, legend, busy, failure);
  let shown: TimelineView | null = null;
  let state: State | null = null;
  let inFront = false;
  /** the plan that was asked about last */
  let asked: unknown = null;

  function savePicture(): void {
    const picture = shown === null ? null : canvas.picture();
    if (picture !== null) events.onPicture(picture);
    // what has just come into sight has its size with the next frame
    else if (element.checkVisibility() && (state?.timeline.failed ?? null) === null) requestAnimationFrame(savePicture);
  }
  const ask = (choice: TimelineChoice): void => {
    asked = state?.view?.plan ?? null;
    events.onAsk(choice);
  };
  /** the number of micro-batches stays if the other schedule can deal them out, too */
  const kept = (id: string): number | null => (shown === null || (id === 'interleaved' && shown.microBatches % shown.devices.length !== 0) ? null : shown.microBatches);
  const askOnce = (): void => {
    const plan = state?.view?.plan ?? null;
    if (plan !== null && asked !== plan) ask({ schedule: null, microBatches: null });
  };

  const render = (view: TimelineView): void => {
    shown = view;
    const trains = view.schedule !== 'stream';
    schedule.offer(scheduleChoices().filter(({ id }) => view.offered.includes(id)));
    schedule.set(view.schedule);
    microBatches.offer(view.offeredMicroBatches.map((count) => ({ id: String(count), label: String(count) })));
    microBatches.set(String(view.microBatches));
    unit.textContent = trains ? t('Micro-batches') : t('Samples');
    summary.replaceChildren(...summaryOf(view).map((text, i) => el('span', { class: i === 0 ? 'total' : 'fact' }, text)));
    const top = memoryTop(view.devices);
    const { chunks, syncs } = kindsOf(view);
    const key = (kind: string, text: string): HTMLElement => el('li', {}, el('span', { class: `key ${kind}`, 'aria-hidden': 'true' }), text);
    legend.replaceChildren(
      ...(trains ? [key('forward', t({ message: 'forward', comment: 'Legend: the forward pass' })), key('backward', t({ message: 'backward', comment: 'Legend: the backward pass' }))] : [key('forward', t({ message: 'computing', comment: 'Legend' }))]),
      key('waiting', t({ message: 'waiting', comment: 'Legend' })),
      key('transfer', t({ message: 'receives above, sends below', comment: 'Legend' })),
      ...(syncs ? [key('sync', t({ message: 'adding up gradients', comment: 'Legend' }))] : []),
      ...(chunks ? [key('chunk', t({ message: 'second chunk', comment: 'Legend: the second chunk of the model that a device holds' }))] : []),
      key('memory', top >= 1 ? t({ message: 'memory, weights dark', comment: 'Legend' }) : t({ message: 'memory, weights dark; full height is {0} of the device’s', args: [formatPercent(top)], comment: 'Legend' })),
    );
    notes.replaceChildren(...view.notes.map((note) => el('li', {}, note)));
    canvas.show(view);
    events.onHeight(ABOVE + 22 * view.notes.length + comfortableHeight(view.devices.length));
  };

  return {
    element,
    update: (next) => {
      state = next;
      const { view, running, failed } = next.timeline;
      if (view !== null && view !== shown) {
        render(view);
        asked = next.view?.plan ?? null;
      }
      if (view === null) shown = null;
      for (const part of [head, notes, canvas.element, legend]) part.hidden = view === null;
      busy.hidden = !running || view !== null;
      element.setAttribute('aria-busy', String(running));
      failure.hidden = failed === null;
      failure.textContent = failed ?? '';
      const { selection } = next;
      canvas.markStage(selection?.kind === 'stage' ? selection.index : selection?.kind === 'operator' ? (next.view?.operators[selection.index]?.stage ?? -1) : -1);
      if (inFront) askOnce();
    },
    onShow() {
      inFront = true;
      events.onSeen(true);
      askOnce();
    },
    onHide() {
      inFront = false;
      events.onSeen(false);
    },
    takePicture: savePicture,
    themeChanged: canvas.themeChanged,
  };
}

/** Which of the rarer kinds of work there are. */
const kindsOf = ({ devices }: TimelineView): { readonly chunks: boolean; readonly syncs: boolean } => ({
  chunks: devices.some(({ slices }) => slices.chunk.some((chunk) => chunk > 0)),
  syncs: devices.some(({ slices }) => slices.lane.includes(SYNC_LANE)),
});

const choiceOf = ({ schedule, microBatches }: TimelineView): TimelineChoice => ({ schedule, microBatches });
