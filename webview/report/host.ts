import type { FromWebview, ToWebview } from '../../src/shared/messages';
import type { ReportData } from '../../src/shared/reportData';
import { themes } from './themes';

/** Stands in for VS Code in a report: answers the panel's questions from the page itself. Runs before the panel's own script. */

const data = JSON.parse(document.getElementById('report-data')!.textContent) as ReportData;
const send = (message: ToWebview): void => void setTimeout(() => dispatchEvent(new MessageEvent('message', { data: message })));
let state: unknown;

/** Hands a text to the reader as a file. */
function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

const UNKNOWN = 'This report carries no explanations of single operators: the graph is too large. Open the plan in VS Code.';

function answer(message: FromWebview): void {
  switch (message.type) {
    case 'ready':
      return send({ type: 'plan', view: data.view, dirty: false });
    case 'layout':
      return send({ type: 'layout', layout: data.layouts[message.showFoldable ? 1 : 0] });
    case 'explain':
      return send({ type: 'explanation', operator: message.operator, text: data.explanations[message.operator] ?? UNKNOWN });
    case 'explainPlan':
      return send({ type: 'planExplanation', statements: data.statements, running: null, failed: data.statements === null ? 'This report was made without an explanation.' : null });
    case 'timeline': {
      const view = data.timelines.find(({ schedule }) => schedule === message.choice.schedule) ?? data.timelines[0] ?? null;
      return send({ type: 'timeline', view, failed: view === null ? 'This plan is not one for a pipeline.' : null });
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
  acquireVsCodeApi: () => ({ postMessage: answer, getState: () => state, setState: (next: unknown) => (state = next) }),
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
