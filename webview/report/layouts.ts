import type { LayoutView } from '../../src/shared/layoutView';
import { LAYOUT_ENGINE, PLAIN_LAYOUT, type FromPageLayout, type PageLayoutRequest, type PlainLayout, type ToPageLayout } from '../../src/shared/pageLayout';
import type { PlanView } from '../../src/shared/planView';

/** Milliseconds that a worker may be busy with what nobody waits for any more, before another one takes its place. */
const GRACE = 1_000;

/** Asks for a picture; only the last one that was asked for is given. */
export type AskForLayout = (view: PlanView, request: PageLayoutRequest) => void;

/**
 * Pictures made while the page is read, by the engine that a report of a large model carries: in a worker made of the script's text, or, where a browser
 * allows none, plain ones on the page's own thread.
 */
export function pageLayouts(onLayout: (layout: LayoutView) => void): AskForLayout {
  let worker: Worker | null = null;
  let refused = false;
  let handedOver: PlanView | null = null;
  let last = 0;
  let answered = 0;
  let grace: ReturnType<typeof setTimeout> | undefined;

  const end = (): void => {
    clearTimeout(grace);
    grace = undefined;
    worker?.terminate();
    worker = handedOver = null;
  };
  const plain: AskForLayout = (view, request) => {
    const id = last;
    void (globalThis as unknown as Record<typeof PLAIN_LAYOUT, PlainLayout>)[PLAIN_LAYOUT](view, request).then((layout) => id === last && onLayout(layout));
  };
  const start = (): Worker => {
    const url = URL.createObjectURL(new Blob([document.getElementById(LAYOUT_ENGINE)!.textContent], { type: 'text/javascript' }));
    try {
      return new Worker(url);
    } finally {
      URL.revokeObjectURL(url);
    }
  };

  const ask: AskForLayout = (view, request) => {
    const id = ++last;
    if (refused) return plain(view, request);
    try {
      worker ??= start();
    } catch {
      refused = true;
      return plain(view, request);
    }
    const asked = worker;
    asked.onmessage = ({ data }: MessageEvent<FromPageLayout>) => {
      clearTimeout(grace);
      grace = undefined;
      answered = data.id;
      if (data.id === last) onLayout(data.layout);
    };
    asked.onerror = () => {
      end();
      refused = true;
      plain(view, request);
    };
    asked.postMessage({ id, request, view: handedOver === view ? null : view } satisfies ToPageLayout);
    handedOver = view;
    if (answered < id - 1) {
      clearTimeout(grace);
      grace = setTimeout(() => {
        end();
        answered = last;
        ask(view, request);
      }, GRACE);
    }
  };
  return ask;
}
