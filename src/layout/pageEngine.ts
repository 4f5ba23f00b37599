import './ownThread';
import { PLAIN_LAYOUT, type FromPageLayout, type PlainLayout, type ToPageLayout } from '../shared/pageLayout';
import { unattended } from '../shared/progress';
import type { PlanView } from '../shared/planView';
import { CancelledError } from '../shared/userError';
import { makeCachedElk } from './columnLayout';
import { layoutPlan } from './layoutPlan';

/** How long a layout may look for a good picture, ms; after that it takes a plain one. */
const DEADLINE = 8_000;

interface WorkerScope {
  onmessage: (event: { readonly data: ToPageLayout }) => void;
  readonly postMessage: (message: FromPageLayout) => void;
}

/** Entry of the layout engine that a report carries. The page runs it, and makes a worker of the same text. */
if ('WorkerGlobalScope' in globalThis) serve(globalThis as unknown as WorkerScope);
else Object.assign(globalThis, { [PLAIN_LAYOUT]: ((view, request) => layoutPlan(view, { ...request, deadlineMilliseconds: -1 })) satisfies PlainLayout });

/** Only the last question is answered: between two columns an older one gives way. */
function serve(scope: WorkerScope): void {
  const elk = makeCachedElk();
  let view: PlanView | null = null;
  let last = 0;
  scope.onmessage = ({ data: { id, view: given, request } }) => {
    last = id;
    view = given ?? view;
    layoutPlan(view!, { ...request, elk, deadlineMilliseconds: DEADLINE }, { ...unattended, cancelled: () => last !== id }).then(
      (layout) => scope.postMessage({ id, layout }),
      (error: unknown) => {
        // whoever hears of an error in a worker is the page
        if (!(error instanceof CancelledError)) setTimeout(() => { throw error; });
      },
    );
  };
}
