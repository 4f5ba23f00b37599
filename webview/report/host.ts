import '../words';
import { t } from '@vscode/l10n';
import type { FromWebview, ToWebview } from '../../src/shared/messages';
import type { ReportData } from '../../src/shared/reportData';
import { LAYOUT_ENGINE, REPORT_DATA } from '../../src/shared/pageLayout';
import { pageLayouts } from './layouts';
import { themes } from './themes';

/** Stands in for VS Code in a report: answers the panel's questions from the page itself. Runs before the panel's own script. */

/** The data is in the page compressed: that of a large model takes a tenth of its room. */
async function unpack(base64: string): Promise<ReportData> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).json() as Promise<ReportData>;
}

const unpacked = unpack(document.getElementById(REPORT_DATA)!.textContent);
const send = (message: ToWebview): void => void setTimeout(() => dispatchEvent(new MessageEvent('message', { data: message })));
const askForLayout = pageLayouts((layout) => send({ type: 'layout', layout }));
let state: unknown;

/** Hands a text to the reader as a file. */
function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function answer(data: ReportData, message: FromWebview): void {
  switch (message.type) {
    case 'ready':
      return send({ type: 'plan', view: data.view, dirty: false });
    case 'layout':
      // what a page shows first is in it; the rest is made where there is an engine
      if (document.getElementById(LAYOUT_ENGINE) !== null && (message.grouped || message.expanded.length > 0)) return askForLayout(data.view, message);
      return send({ type: 'layout', layout: data.layouts[message.showFoldable ? 1 : 0] });
    case 'explain':
      return send({ type: 'explanation', operator: message.operator, text: data.explanations[message.operator] ?? t('This report carries no explanations of single operators: the graph is too large. Open the plan in VS Code.') });
    case 'explainPlan':
      return send({ type: 'planExplanation', statements: data.statements, running: null, failed: data.statements === null ? t('This report was made without an explanation.') : null });
    case 'timeline': {
      const view = data.timelines.find(({ schedule }) => schedule === message.choice.schedule) ?? data.timelines[0] ?? null;
      return send({ type: 'timeline', view, failed: view === null ? t('This plan is not one for a pipeline.') : null });
    }
    case 'savePicture':
      return download(`${data.view.modelName}.${message.what}.svg`, message.svg);
    case 'copy':
      return void navigator.clipboard?.writeText(message.text);
    default:
      // what needs a host is not shown
  }
}

Object.assign(globalThis, {
  acquireVsCodeApi: () => ({ postMessage: (message: FromWebview) => void unpacked.then((data) => answer(data, message)), getState: () => state, setState: (next: unknown) => (state = next) }),
});

const queries = { contrast: matchMedia('(prefers-contrast: more), (forced-colors: active)'), dark: matchMedia('(prefers-color-scheme: dark)') };

/** Colours follow the system, as the reader has it. */
function applyTheme(): void {
  const { bodyClass, variables } = themes[queries.contrast.matches ? 'contrast' : queries.dark.matches ? 'dark' : 'light'];
  document.documentElement.removeAttribute('style');
  for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(`--vscode-${name}`, value);
  document.body.className = `report ${bodyClass}`;
}
for (const query of Object.values(queries)) query.addEventListener('change', applyTheme);
applyTheme();
